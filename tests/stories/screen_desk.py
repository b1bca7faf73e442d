"""A desk in a process of its own on a real screen, where somebody writes a ticket.

`main(FOLDER, SERVER, PROFILE)`. It tells by lines of JSON what happens: `port` when customers can
call, then each `text` of the ticket, each `call` (its state), `focus` and number in the dial field.
"""

from __future__ import annotations

import json
from pathlib import Path

from PySide6.QtWidgets import QPlainTextEdit, QWidget

from agent_desktop.app import make_application
from agent_desktop.demo import callers as cast
from agent_desktop.system.single_instance import StartOutcome, enter, place_of
from agent_desktop.telephony.call import Call
from tests.stories.story import Computer, Desk


def tell(**facts: object) -> None:
    """One line of JSON for the test."""
    print(json.dumps(facts), flush=True)


def write_ticket(desk: Desk) -> QPlainTextEdit:
    """Put the caret into the description of a new ticket of Marina's."""
    desk.finds(cast.MARINA.name)
    desk.sees_account(cast.MARINA.name)
    desk.waits_for_quiet()
    desk.presses("Ctrl+Shift+T")
    desk.waits_for_quiet()
    desk.types_into("ticket.description.edit", "")
    return desk.part("ticket.description.edit", QPlainTextEdit)


def follow(desk: Desk, description: QPlainTextEdit) -> None:
    """Tell from now on what happens."""
    description.textChanged.connect(lambda: tell(text=description.toPlainText()))
    shift = desk.road.shift

    def tell_call(call: Call) -> None:
        tell(call=call.state.value)

    shift.phone.call_changed.connect(tell_call)
    shift.window.console.dial.textChanged.connect(lambda number: tell(dial=number))


def main(folder: str, server: str, profile: str) -> None:
    """Until it is ended."""
    computer = Computer(Path(folder), server, profile=profile)
    application = make_application(computer.settings)
    desk = Desk(computer, None).opens().signs_in().is_in_sync()
    door = place_of(computer.settings.folder)
    assert enter(door) is StartOutcome.FIRST
    desk.road.app.take_links(door)
    follow(desk, write_ticket(desk))

    def tell_focus(_old: QWidget | None, now: QWidget | None) -> None:
        tell(focus=now.objectName() if now is not None else "")

    application.focusChanged.connect(tell_focus)
    tell(port=desk.road.shift.phone.line.port)
    application.exec()
