"""The start of the program: what was asked for, the log, and the last net for errors.

`agent-desktop [LINK]` opens the desktop, or hands the link to the one that is open;
`agent-desktop admin …` works on the central database;
`agent-desktop hub …` stands between many desks and the centre;
`agent-desktop demo` shows the program with a company, a centre and callers of its own;
`agent-desktop --self-test` does the main job once without a person.
Only the standard library is imported here: the sign-in page must be painted soon.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from agent_desktop import __version__
from agent_desktop.system.single_instance import InstancePlace, StartOutcome, enter, place_of

_OTHER_WAYS = """\
other ways to start it (each has a --help of its own):
  %(prog)s demo         show the program with a company, a centre and callers of its own
  %(prog)s admin ...    work on the central database: make, upgrade, agents, backups
  %(prog)s hub ...      serve many desks in front of the centre
  %(prog)s --self-test  do the main job once without a person
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run what the command line asks for; returns the exit status."""
    words = list(sys.argv[1:] if argv is None else argv)
    match words:
        case ["admin", *rest]:
            from agent_desktop.central.admin import main as administer

            return administer(rest)
        case ["demo", *rest]:
            from agent_desktop.demo.demo_command import main as show

            return show(rest)
        case ["hub", *rest]:
            from agent_desktop.hub.service import main as serve_hub

            return serve_hub(rest)
        # The program's other processes, when it is frozen into one folder and has no `-m`.
        case ["--phone-process", *rest]:
            from agent_desktop.telephony.engine.engine import main as serve_phone

            return serve_phone(rest)
        case ["fetch-snapshot"]:
            from agent_desktop.sync.bootstrap_process import main as fetch_snapshot

            return fetch_snapshot()
    options = _parse(words)
    if options.self_test:
        from agent_desktop.demo.self_test import main as test_self

        return test_self(options.with_window)
    return _open_desktop(options)


def _parse(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="agent-desktop",
        description="The agent's desktop.",
        epilog=_OTHER_WAYS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    parser.add_argument("--profile", type=Path, help="folder with this desk's files")
    parser.add_argument("--self-test", action="store_true", help="do the main job once, tell JSON")
    parser.add_argument("--with-window", action="store_true", help="let the self-test be seen")
    parser.add_argument("link", nargs="?", default="", help="tel:, sip: or callto: to offer")
    parser.add_argument(
        "--first-paint", action="store_true", help="end as soon as the sign-in page can be used"
    )
    return parser.parse_args(words)


def _open_desktop(options: argparse.Namespace) -> int:
    from agent_desktop.app import run
    from agent_desktop.settings import load
    from agent_desktop.system.log_file import keep_log

    settings = load()
    if options.profile is not None:
        folder = options.profile.absolute()
        settings = replace(settings, data_folder=str(folder.parent), profile=folder.name)
    if options.first_paint:
        return run(settings, only_first_paint=True)
    place, entry = _enter(settings.folder, options.link)
    if entry is StartOutcome.NO_ANSWER:
        print("The program runs already and does not answer.", file=sys.stderr)
    if entry is not StartOutcome.FIRST:
        return 0 if entry is StartOutcome.HANDED_OVER else 1
    keep_log(settings.folder, settings.log_level)
    return run(settings, place=place, link=options.link)


def _enter(profile: Path, link: str) -> tuple[InstancePlace | None, StartOutcome]:
    """The place where later starts of the profile are heard, and how this start ends."""
    try:
        place = place_of(profile)
        return place, enter(place, link)
    except OSError as fault:  # no safe place to meet: each start is on its own
        print(f"later starts are not heard: {fault}", file=sys.stderr)
        return None, StartOutcome.FIRST


if __name__ == "__main__":
    sys.exit(main())
