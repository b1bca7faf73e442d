"""A desk that is started again after a kill, and tells how far it is.

`_restarted_desk.py FOLDER SERVER PROFILE USER` with the password on standard input. What runs is
what `agent-desktop` runs (door, log, window, all the rest); nothing of the tests is loaded but the
keyring, which is a file because it has to outlive the first process; the system's own is looked
for all the same. The sign-in button is pressed as soon as the page has been painted. Lines of
JSON: `page` (the sign-in page is painted), `signed_in`, `back` (the half-written notes are painted
with their text and the caret in them, the event loop is free) and `line` (the call is back and the
line is ready). Each carries the time and the processor seconds of the process so far.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from PySide6.QtCore import QEvent, QObject, QTimer  # noqa: E402
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QWidget  # noqa: E402

from agent_desktop import app as programs  # noqa: E402
from agent_desktop.settings import Settings  # noqa: E402
from agent_desktop.system.log_file import keep_log  # noqa: E402
from agent_desktop.system.single_instance import enter, place_of  # noqa: E402
from tests.rings import FileRing  # noqa: E402

NOTES = "notes.text"


def tell(what: str, **facts: object) -> None:
    """One line to whoever measures."""
    import json

    at, used = time.monotonic_ns(), time.process_time()
    print(json.dumps({"t": what, "ns": at, "cpu": used, **facts}), flush=True)


class KeptRing(FileRing):
    """A keyring in a file, behind the price of the system's."""

    _is_looked_for = False

    def get_password(self, service: str, username: str) -> str | None:
        """Return the kept keys; the first time, look for the system's keyring before."""
        if not self._is_looked_for:
            from agent_desktop.system.credentials import system_keyring

            self._is_looked_for = True
            system_keyring()
        return super().get_password(service, username)


class Watch(QObject):
    """Presses the sign-in button, and sees when the agent can go on typing."""

    def __init__(self, program: programs.App, password: str) -> None:
        super().__init__(program)
        self._program = program
        self._password = password
        self._seen: QPlainTextEdit | None = None
        self._page = programs.FirstPaint(program.sign_in, self._press)
        program.signed_in.connect(self._on_signed_in)
        QApplication.instance().focusChanged.connect(self._on_focus)  # type: ignore[union-attr]

    def _press(self) -> None:
        tell("page")
        self._program.sign_in.password.set_value(self._password)
        self._program.sign_in.button.click()

    def _on_signed_in(self) -> None:
        tell("signed_in")
        phone = self._program.shift.phone  # type: ignore[union-attr]
        phone.line_changed.connect(self._on_phone)
        phone.call_changed.connect(self._on_phone)

    def _on_phone(self) -> None:
        phone = self._program.shift.phone  # type: ignore[union-attr]
        if phone.line.state.value == "ready" and phone.calls():
            phone.line_changed.disconnect(self._on_phone)
            phone.call_changed.disconnect(self._on_phone)
            tell("line")

    def _on_focus(self, _before: QWidget | None, now: QWidget | None) -> None:
        if self._seen is None and isinstance(now, QPlainTextEdit) and now.objectName() == NOTES:
            self._seen = now
            now.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Never swallows an event; the caret is there and the text, once both are painted."""
        notes = self._seen
        is_paint = event.type() is QEvent.Type.Paint
        if is_paint and notes is not None and notes.hasFocus() and notes.toPlainText():
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self._tell_back)
        return False

    def _tell_back(self) -> None:
        shift = self._program.shift
        assert self._seen is not None
        assert shift is not None
        tell("back", text=self._seen.toPlainText(), page=shift.desk.page.kind.value)


def main(folder: str, server: str, profile: str, user: str) -> int:
    """Do what `agent-desktop` does, with a watch beside it."""
    password = sys.stdin.readline().rstrip("\n")
    settings = Settings(server=server, user=user, data_folder=folder, profile=profile,
                        accepts_loopback_calls=True)  # fmt: skip
    door = place_of(settings.folder)
    enter(door)
    keep_log(settings.folder)
    application = programs.make_application(settings)
    program = programs.App(settings, None, KeptRing(Path(folder) / "ring.json"))
    watch = Watch(program, password)
    program.loaded.connect(lambda: programs._open_door(program, door, ""))
    program.start()
    status = application.exec()
    watch.deleteLater()
    return status


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:5]))
