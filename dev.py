#!/usr/bin/env python3
"""The one tool of a developer: standard library only, the same on Linux and Windows.

    python3 dev.py demo            see the program at work with a demo company
    python3 dev.py test [ARGS]     run the tests; ARGS go to pytest
    python3 dev.py check           format, lint, types, layers, the house's figures, translations
    python3 dev.py bench NAME ...  run benchmarks/NAME.py; --json FILE keeps the figures
    python3 dev.py faults [NAME...]  break things for long and count what is lost: docs/faults.md
    python3 dev.py shots DIR       render every page into DIR
    python3 dev.py lock            write the requirements files anew

Nothing has to be prepared: the first run makes .venv, installs what is locked and the project
itself (.venv/bin/agent-desktop runs this folder's code) and, when it may (root, or sudo without a
password), the system packages that are missing.
"""

from __future__ import annotations

import ctypes
import glob
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements-dev.txt"
STAMP = VENV / "installed-lock"
# What the installed project is made from: its name, its commands, its version and its place.
PROJECT = (ROOT / "pyproject.toml", ROOT / "agent_desktop" / "__init__.py")
PROJECT_STAMP = VENV / "installed-project"
PYTHONS = ((3, 11), (3, 12))
WINDOWS = sys.platform == "win32"
LINUX = sys.platform.startswith("linux")

# What Qt needs from a Debian-like system: the file it loads -> the package that brings it.
LIBRARIES = {
    "libglib-2.0.so.0": "libglib2.0-0",
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libxkbcommon.so.0": "libxkbcommon0",
}
# ... and to draw on an X server, which the demo on a screen and some tests do.
SCREEN_LIBRARIES = {
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
}
# Programs that only tests start, by name or path; a test whose program is missing is skipped.
TEST_PROGRAMS = {
    "Xvfb": "xvfb",
    "openbox": "openbox",
    "xdotool": "xdotool",
    "setxkbmap": "x11-xkb-utils",
    "dbus-daemon": "dbus",
    "gnome-keyring-daemon": "gnome-keyring",
    "pulseaudio": "pulseaudio",
    "/usr/sbin/debootstrap": "debootstrap",
    "baresip": "baresip-core",
    "sipp": "sip-tester",
    "/usr/lib/postgresql/*/bin/postgres": "postgresql",
    "/usr/sbin/nats-server": "nats-server",
    "ip": "iproute2",
    "/usr/sbin/iptables": "iptables",
    "gcc": "gcc",
    "/usr/include/stdio.h": "libc6-dev",
}


# Tests of sound, floods and the window's own time: beside another worker they tell of it as well.
ALONE = (
    "tests/telephony/test_pbx_sound.py",
    "tests/telephony/test_sound_pulse.py",
    "tests/telephony/test_flood.py",
    "tests/stories/test_flood_stories.py",
    "tests/stories/test_gui_time.py",
)

# Where faults are made on purpose (docs/faults.md).
FAULTS = ("tests/faults",)


class Stop(Exception):
    """The work cannot go on; the text tells the developer why and what to do."""


def say(text: str) -> None:
    """Tell what happens next, at once, also through a pipe."""
    print(f"==> {text}", flush=True)


def run(command: list[str], **environment: str) -> int:
    """Run a command in the project's folder and return its exit status.

    Python keeps what it has compiled, also where the shell forbids it: pip would leave all
    libraries uncompiled, and each of our processes would compile them anew, for seconds.
    """
    given = {**os.environ, "PYTHONDONTWRITEBYTECODE": "", **environment}
    try:
        return subprocess.run(command, cwd=ROOT, env=given).returncode
    except OSError as error:
        raise Stop(f"{command[0]} cannot be started: {error.strerror}") from None


# ---------------------------------------------------------------- system packages


def loads(library: str) -> bool:
    """Whether the dynamic linker finds this library, which is what counts in the end."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def on_screen() -> bool:
    """Whether a window would be seen by somebody."""
    return not LINUX or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def root_prefix() -> list[str] | None:
    """What to put before a command that root must run; None when we may not."""
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True).returncode == 0:
        return [sudo, "-n"]
    return None


def missing_packages(needed: dict[str, str], wanted: dict[str, str]) -> tuple[set[str], set[str]]:
    """Of what is needed, and of what is only wanted: the packages whose thing is not there."""

    def there(thing: str) -> bool:
        if ".so." in thing:
            return loads(thing)
        return bool(shutil.which(thing) or glob.glob(thing))

    return (
        {package for thing, package in needed.items() if not there(thing)},
        {package for thing, package in wanted.items() if not there(thing)},
    )


def install_packages(packages: list[str]) -> bool:
    """Install Debian packages if we may, else print the one line to type. True when installed."""
    line = "apt-get install -y --no-install-recommends " + " ".join(packages)
    apt = shutil.which("apt-get")
    prefix = root_prefix() if apt else None
    if prefix is None:
        who = ("sudo " if shutil.which("sudo") else "as root: ") if apt else "as on Debian: "
        say(f"system packages are missing; please type\n    {who}{line}")
        return False
    say(f"installing system packages: {' '.join(packages)}")
    apt_get = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
    subprocess.run([*apt_get, "update"], capture_output=True)
    done = subprocess.run([*apt_get, *line.split()[1:]], capture_output=True, text=True)
    if done.returncode != 0:
        print(done.stdout + done.stderr, flush=True)
    return done.returncode == 0


def ensure_system(screen: bool, tests: bool) -> None:
    """What the verb needs from the system is there, or the work stops with the line to type."""
    if not LINUX:
        return
    needed = {**LIBRARIES, **(SCREEN_LIBRARIES if screen else {})}
    wanted = {**SCREEN_LIBRARIES, **TEST_PROGRAMS} if tests else {}
    must, may = missing_packages(needed, wanted)
    if not fits([in_venv("python")]):
        must |= missing_venv_package()
    if not must | may or install_packages(sorted(must | may)):
        return
    if must:
        raise Stop("without these packages nothing runs: " + " ".join(sorted(must)))
    say("going on without them: the tests that need them are skipped")


# ---------------------------------------------------------------- .venv


def in_venv(program: str) -> str:
    """The path of a program of .venv."""
    return str(VENV / ("Scripts" if WINDOWS else "bin") / (program + (".exe" if WINDOWS else "")))


def answers(command: list[str], code: str) -> str | None:
    """What this Python prints for a line of code; None when it does not run."""
    try:
        done = subprocess.run(
            [*command, "-c", code], stdin=subprocess.DEVNULL, capture_output=True, timeout=60
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.decode(errors="replace").strip() if done.returncode == 0 else None


def fits(command: list[str]) -> bool:
    """Whether this Python runs and has a version the project supports."""
    told = answers(command, "import sys; print(*sys.version_info[:2])")
    return told is not None and told in {f"{major} {minor}" for major, minor in PYTHONS}


def find_python() -> list[str]:
    """A supported Python: the one that runs this file if it fits, else one beside it."""
    names = [[f"python{major}.{minor}"] for major, minor in reversed(PYTHONS)]
    launcher = [["py", f"-{major}.{minor}"] for major, minor in reversed(PYTHONS)]
    for command in [[sys.executable], *(launcher if WINDOWS else names)]:
        if fits(command):
            return command
    version = "{}.{}".format(*sys.version_info[:2])
    raise Stop(f"Python 3.11 or 3.12 is needed; this is {version} and no other was found")


def missing_venv_package() -> set[str]:
    """Debian keeps what `python -m venv` needs in a package of its own."""
    python = find_python()
    if answers(python, "import ensurepip") is not None:
        return set()
    return {answers(python, "import sys; print('python3.%d-venv' % sys.version_info[1])") or ""}


def make_venv() -> None:
    """Make .venv anew with a supported Python."""
    python = find_python()
    say(f"making {VENV.name} with {answers(python, 'import sys; print(sys.version.split()[0])')}")
    if run([*python, "-m", "venv", "--clear", str(VENV)]) != 0:
        raise Stop(f"{VENV} could not be made")


def ensure_venv() -> None:
    """A usable .venv with exactly what is locked; one that is up to date costs nothing."""
    if not fits([in_venv("python")]):
        make_venv()
    if not LOCK.exists():
        raise Stop(f"{LOCK.name} is missing: the checkout is not complete")
    digest = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if STAMP.exists() and STAMP.read_text() == digest:
        return
    say("installing the locked packages (some 150 MB the first time)")
    began = time.monotonic()
    if answers([in_venv("python")], "import pip") is None:  # an attempt that was broken off
        run([in_venv("python"), "-m", "ensurepip", "--default-pip"])
    pip = [in_venv("python"), "-m", "pip", "--disable-pip-version-check", "--no-input"]
    install = ["install", "--quiet", "--require-hashes", "--only-binary=:all:", "-r", str(LOCK)]
    if run([*pip, *install], PIP_ROOT_USER_ACTION="ignore") != 0:
        raise Stop("the packages could not be installed; pip says why above. Run this again then")
    STAMP.write_text(digest)
    PROJECT_STAMP.unlink(missing_ok=True)
    say(f"installed in {time.monotonic() - began:.0f} s")


def ensure_project() -> None:
    """The command agent-desktop of .venv runs the code of this folder; takes no network.

    A .venv that is a link is another checkout's: the command there stays that one's. Our own
    `python` below puts this folder first in any case.
    """
    if VENV.is_symlink():
        return
    made_of = [str(ROOT).encode(), *(path.read_bytes() for path in PROJECT)]
    digest = hashlib.sha256(b"\0".join(made_of)).hexdigest()
    there = PROJECT_STAMP.exists() and Path(in_venv("agent-desktop")).exists()
    if there and PROJECT_STAMP.read_text() == digest:
        return
    say("installing the project itself")
    pip = [in_venv("python"), "-m", "pip", "--disable-pip-version-check", "--no-input", "install"]
    how = ["--quiet", "--no-index", "--no-deps", "--no-build-isolation", "--editable", str(ROOT)]
    if run([*pip, *how], PIP_ROOT_USER_ACTION="ignore") != 0:
        raise Stop("the project could not be installed into .venv; pip says why above")
    PROJECT_STAMP.write_text(digest)


def prepare(screen: bool = False, tests: bool = False) -> None:
    """Everything a verb needs before it can run."""
    ensure_system(screen, tests)
    ensure_venv()
    ensure_project()


def python(*arguments: str, **environment: str) -> int:
    """Run .venv's Python with the project importable."""
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return run([in_venv("python"), *arguments], PYTHONPATH=os.pathsep.join(paths), **environment)


# ---------------------------------------------------------------- verbs


def demo(arguments: list[str]) -> int:
    """Show the program with a demo company; without a screen, leave pictures of each step."""
    prepare(screen=on_screen())
    if on_screen():
        return python("-m", "agent_desktop", "demo", *arguments)
    say("no display: the demo walks its road offscreen and leaves pictures")
    return python("-m", "agent_desktop", "demo", *arguments, QT_QPA_PLATFORM="offscreen")


def test(arguments: list[str]) -> int:
    """Run the tests; further arguments go to pytest. All of them run on two cores; those of a
    file, since they share what they start, on one. What listens to a clock runs alone after, and
    once more what failed: a test that fails twice is at fault, once may be the busy machine."""
    prepare(tests=True)
    if any(Path(word.partition("::")[0]).exists() for word in arguments):
        return python("-m", "pytest", "--durations=15", *arguments)
    spread = ["--numprocesses=2", "--dist=loadfile", *(f"--ignore={file}" for file in ALONE)]
    together = python("-m", "pytest", "--cache-clear", "--durations=15", *spread, *arguments)
    status = python("-m", "pytest", *ALONE, *arguments) or together
    if status == 1:
        say("once more what failed, one after the other")
        return python("-m", "pytest", "--last-failed", "--lfnf=none", *arguments)
    return status


def check(arguments: list[str]) -> int:
    """Format, lint, types, unused code, layers, the house, translations: all of them, then what
    failed."""
    prepare()
    steps = {
        "format": ["-m", "ruff", "format", "--check", "."],
        "lint": ["-m", "ruff", "check", "."],
        "types": ["-m", "mypy", "--strict", "agent_desktop", "tools", "dev.py"],
        "unused code": ["-m", "tools.unused_code"],
        "layers": ["-m", "pytest", "-q", "tests/test_layers.py"],
        "house": ["-m", "pytest", "-q", "tests/test_house.py", "tests/test_public_faces.py"],
        "translations": ["-m", "pytest", "-q", "tests/test_translations.py"],
    }
    failed = []
    for name, command in steps.items():
        say(name)
        if python(*command) != 0:
            failed.append(name)
    say(f"check failed: {', '.join(failed)}" if failed else "check: all good")
    return 1 if failed else 0


def bench(arguments: list[str]) -> int:
    """Run one benchmark; it prints a table and writes its figures where --json says."""
    names = sorted(path.stem for path in (ROOT / "benchmarks").glob("[a-z]*.py"))
    if not arguments or arguments[0] not in names:
        raise Stop(f"which benchmark? There are: {', '.join(names) or 'none yet'}")
    prepare(screen=on_screen())
    return python(str(ROOT / "benchmarks" / f"{arguments[0]}.py"), *arguments[1:])


def faults(arguments: list[str]) -> int:
    """The long forms of the faults, all or those named; --rounds N instead of each one's own."""
    names, rounds, left = [], "", list(arguments)
    while left:
        word = left.pop(0)
        if word == "--rounds" and left and left[0].isdecimal():
            rounds = left.pop(0)
        elif word.startswith("-"):
            raise Stop("python3 dev.py faults [NAME...] [--rounds N]; names are in docs/faults.md")
        else:
            names.append(word)
    prepare(tests=True)
    long = {
        "AGENT_DESKTOP_FAULTS_LONG": "1",
        "AGENT_DESKTOP_FAULTS_ROUNDS": rounds,
        "AGENT_DESKTOP_FAULTS_NAMES": ",".join(names),
    }
    return python("-m", "pytest", "-q", "-s", "--timeout=0", *FAULTS, **long)


def shots(arguments: list[str]) -> int:
    """Render every page, light and dark, in two sizes."""
    if not arguments:
        raise Stop("where to? python3 dev.py shots DIR")
    prepare()
    return python("-m", "tools.shots", *arguments, QT_QPA_PLATFORM="offscreen")


def lock(arguments: list[str]) -> int:
    """Write the requirements files anew: both systems, both Pythons, hashes, no addresses."""
    ensure_venv()
    ensure_project()
    common = ["-m", "uv", "pip", "compile", "pyproject.toml", "--universal", "--quiet"]
    common += ["--python-version", "3.11", "--generate-hashes", "--no-emit-index-url"]
    common += ["--no-emit-find-links", "--custom-compile-command", "python3 dev.py lock"]
    for target, extra in {"requirements.txt": [], LOCK.name: ["--group", "dev"]}.items():
        say(f"writing {target}")
        if python(*common, *extra, "--output-file", target, *arguments) != 0:
            raise Stop(f"{target} could not be written; uv says why above")
    return 0


VERBS = {
    "demo": demo,
    "test": test,
    "check": check,
    "bench": bench,
    "faults": faults,
    "shots": shots,
    "lock": lock,
}


def main(words: list[str]) -> int:
    """Do the verb; all words after it are its own."""
    if not words or words[0] not in VERBS:
        print(__doc__)
        return 0 if words in (["help"], ["-h"], ["--help"]) else 2
    try:
        return VERBS[words[0]](words[1:])
    except Stop as problem:
        print(f"dev.py: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
