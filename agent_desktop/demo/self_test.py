"""`agent-desktop --self-test`: the main job once, without a person.

It makes a profile and a centre of its own, does the steps of a first call with real keys, and
prints one JSON object: versions, what the phone can do, and the milliseconds of each step. The
exit status is 0 only if the ticket that was written stands in the central database.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from typing import Any

import psycopg

from agent_desktop import __version__
from agent_desktop.demo.callers import CALLERS, CallerKind
from agent_desktop.demo.demo_centre import DemoCentre
from agent_desktop.telephony.missing_features import missing_features

_PACKAGES = ("PySide6_Essentials", "SQLAlchemy", "psycopg", "sqlcipher3-wheels")
_ACCOUNTS = 200
SUBJECT = "No supply since this morning"


def main(with_window: bool = False) -> int:
    """Run the test; `with_window` shows it on the screen. Returns the exit status."""
    if not with_window:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
    folder = Path(tempfile.mkdtemp(prefix="ad-self-test-"))
    report: dict[str, Any] = {"ok": False, "versions": _versions(), "milliseconds": {}}
    try:
        _walk(folder, report)
    except Exception as error:  # noqa: BLE001 - whatever it is, the report says it
        report["error"] = f"{type(error).__name__}: {error}"
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(json.dumps(report, indent=2, ensure_ascii=False))
    sys.stdout.flush()
    return 0 if report["ok"] else 1


def _versions() -> dict[str, str]:
    found = {"agent-desktop": __version__, "python": platform.python_version()}
    for name in _PACKAGES:
        found[name] = metadata.version(name)
    return found | {"system": platform.platform()}


def _walk(folder: Path, report: dict[str, Any]) -> None:
    steps: dict[str, float] = report["milliseconds"]
    centre = DemoCentre(folder / "centre", _ACCOUNTS, durable=False)
    try:
        with _timed(steps, "centre"):
            centre.start()
        report["versions"]["postgresql"] = _asked(centre, "show server_version")
        _first_call(folder, centre, report)
        number = report["ticket"]
        found = "select count(*) from crm.ticket where number = %s and subject = %s"
        report["ok"] = _asked(centre, found, number, SUBJECT) == 1
    finally:
        centre.destroy()


def _first_call(folder: Path, centre: DemoCentre, report: dict[str, Any]) -> None:
    from agent_desktop.app import make_application
    from agent_desktop.demo.first_call import FirstCall, demo_settings

    steps: dict[str, float] = report["milliseconds"]
    settings = demo_settings(folder, centre.server)
    make_application(settings)
    agent = FirstCall(settings)
    caller = CALLERS[CallerKind.KNOWN]
    try:
        with _timed(steps, "open_program"):
            agent.open_program()
        with _timed(steps, "sign_in"):
            agent.sign_in()
        with _timed(steps, "first_sync"):
            agent.wait_in_sync()
        report["phone"] = _phone(agent.shift.phone.line)
        with _timed(steps, "ring_with_customer_start"):
            agent.ring(caller)
        with _timed(steps, "answer"):
            agent.answer()
        with _timed(steps, "verify"):
            agent.verify(caller.answers)
            agent.sees_account("Marina Albuquerque")
        with _timed(steps, "ticket"):
            report["ticket"] = agent.write_ticket(SUBJECT)
        with _timed(steps, "wrap_up"):
            agent.hang_up()
            agent.finish("outage")
        with _timed(steps, "sync"):
            agent.wait_in_sync()
    finally:
        agent.close()


def _phone(line: Any) -> dict[str, object]:
    return {
        "engine": line.engine,
        "codecs": list(line.codecs),
        "transports": list(line.transports),
        "sound": line.sound.value,
        "sound_device": line.sound_device,
        "srtp": line.has_srtp,
        "lacks": list(missing_features(line, line.sound)),
    }


def _asked(centre: DemoCentre, query: str, *values: object) -> Any:
    with psycopg.connect(centre.admin_dsn) as connection:
        row = connection.execute(query.encode(), values).fetchone()
    return row[0] if row else None


@contextmanager
def _timed(steps: dict[str, float], name: str) -> Iterator[None]:
    began = time.perf_counter()
    try:
        yield
    finally:
        steps[name] = round((time.perf_counter() - began) * 1000, 1)
