"""A desk in a process of its own that takes a call, types, and waits to be killed.

`python -m tests.stories.typing_desk FOLDER SERVER PROFILE notes|ticket|steady|back`. It prints a
line of JSON when its telephone line is open (`{"port": ...}`) and one when what it typed is said
to be saved (`{"saved": true, "page": ..., "protocol": ..., "cursor": ...}`). The test calls in
between.
`steady` types notes without a pause and tells each letter; `back` is the life after: it tells when
the notes are on the screen again, with the caret in them.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPlainTextEdit

from agent_desktop.app import make_application
from agent_desktop.demo.callers import CALLERS, CallerKind
from agent_desktop.demo.first_call import FirstCall
from agent_desktop.telephony.call import CallState
from tests.rings import FileRing
from tests.stories.story import Computer, Desk

NOTES = "Transformer hums since the storm"
SUBJECT = "Hum at the pole"
DESCRIPTION = "Customer hears a hum, mostly at night"
#: The caret is put so many letters before the end.
BACK = 6
#: Between two letters of somebody who types fast and does not stop.
PAUSE_MS = 50
MARINA = CALLERS[CallerKind.KNOWN]


def computer_at(folder: Path, server: str, profile: str) -> Computer:
    """The computer of this desk; its keyring is a file, so that it outlives the process."""
    return Computer(folder, server, ring=FileRing(folder / "ring.json"), profile=profile)


def tell(**facts: object) -> None:
    """One line of JSON for the test."""
    print(json.dumps(facts), flush=True)


def take_call(road: FirstCall) -> None:
    """Wait for the customer's call, answer it and verify the customer."""
    shift = road.shift
    road.wait(lambda: any(c.state is CallState.RINGING for c in shift.phone.calls()), "a ring", 60)
    road.wait(lambda: shift.desk.sessions[-1].identification is not None, "looked up")
    road.answer()
    road.verify(MARINA.answers)
    road.sees_account("Marina Albuquerque")


def type_notes(desk: Desk) -> None:
    """Write call notes."""
    desk.presses("Ctrl+Shift+N")
    desk.types(NOTES)
    desk.presses(*["Left"] * BACK)
    desk.sees("Saved")


def type_ticket(desk: Desk) -> None:
    """Begin a ticket and leave it half written."""
    desk.presses("Ctrl+Shift+T")
    desk.waits(lambda: desk.focus == "ticket.subject.edit", "the form")
    desk.waits_for_quiet()
    desk.types(SUBJECT)
    desk.types_into("ticket.description.edit", DESCRIPTION)
    desk.presses(*["Left"] * BACK)
    desk.sees("Saved on this workstation")


def type_steadily(desk: Desk) -> None:
    """Write call notes, a letter each 50 ms, until killed."""
    desk.presses("Ctrl+Shift+N")
    for n in range(10_000):
        desk.types("abcdefghij"[n % 10])
        tell(letters=n + 1, ns=time.monotonic_ns())
        QTest.qWait(PAUSE_MS)


def come_back(desk: Desk) -> None:
    """Signed in again: tell when the half-written notes can be gone on with."""
    desk.waits(
        lambda: desk.focus == "notes.text" and desk.text_in("notes.text"),
        "the notes with the caret in them",
    )
    tell(text=desk.text_in("notes.text"), page=desk.page.value, ns=time.monotonic_ns())


def main(folder: str, server: str, profile: str, what: str) -> None:
    """Walk up to the half-written text, then do nothing until killed."""
    computer = computer_at(Path(folder), server, profile)
    application = make_application(computer.settings)
    desk = Desk(computer, None).opens().signs_in()
    if what == "back":
        come_back(desk)
        application.exec()
    desk.is_in_sync()
    tell(port=desk.road.shift.phone.line.port)
    take_call(desk.road)
    desk.waits_for_quiet()
    {"notes": type_notes, "ticket": type_ticket, "steady": type_steadily}[what](desk)
    desk.waits_for_quiet()
    focus = desk.part(desk.focus, QPlainTextEdit)
    tell(
        saved=True,
        page=desk.page.value,
        protocol=desk.protocol,
        session=desk.session.id,
        focus=desk.focus,
        cursor=focus.textCursor().position(),
    )
    application.exec()


if __name__ == "__main__":
    main(*sys.argv[1:5])
