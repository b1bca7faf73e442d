"""Nothing typed is lost: the desktop is killed while somebody types, and all of it is back."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from PySide6.QtWidgets import QApplication, QPlainTextEdit

from agent_desktop.demo.caller_control import DemoCustomer
from agent_desktop.desk.session import PageKind
from tests.stories import typing_desk
from tests.stories.story import MARINA, Centre, Computer, Desk

ROOT = Path(__file__).parents[2]
Story = dict[str, Any]


class TypingDesk:
    """The desktop in a process that can be killed."""

    def __init__(self, computer: Computer, what: str) -> None:
        place = [str(computer.folder), computer.server, computer.profile, what]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.stories.typing_desk", *place],
            stdout=subprocess.PIPE,
            cwd=ROOT,
        )

    def tells(self) -> Story:
        """The next line it tells; fails when it has ended."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the typing desk has ended"
        return dict(json.loads(line))

    def is_killed(self) -> None:
        """kill -9."""
        if self._process.poll() is None:
            os.kill(self._process.pid, signal.SIGKILL)
        self._process.wait(10)
        if self._process.stdout:
            self._process.stdout.close()


@pytest.fixture
def killed(
    centre: Centre, customer: DemoCustomer, program: QApplication, tmp_path: Path
) -> Iterator[Callable[[str], tuple[Desk, Story]]]:
    """A desk that was killed while typing `notes` or a `ticket`, started again and signed in,
    and what it had told before."""
    computer = typing_desk.computer_at(tmp_path / "c", centre.server, f"k{uuid4().hex[:8]}")
    desk = Desk(computer, customer)
    typing: list[TypingDesk] = []

    def kill_while_typing(what: str) -> tuple[Desk, Story]:
        typing.append(TypingDesk(computer, what))
        port = int(typing[0].tells()["port"])
        customer.call(port, MARINA.number, **MARINA.facts)
        told = typing[0].tells()
        typing[0].is_killed()
        return desk.opens().signs_in(), told

    yield kill_while_typing
    for one in typing:
        one.is_killed()
    desk.closes()


def test_call_notes_are_back_with_the_cursor_and_so_is_the_call(
    killed: Callable[[str], tuple[Desk, Story]], centre: Centre
) -> None:
    desk, before = killed("notes")
    desk.sees_account("Marina Albuquerque")
    assert desk.session.id == before["session"]
    assert desk.protocol == before["protocol"]
    desk.waits(lambda: desk.text_in("notes.text") == typing_desk.NOTES, "the notes")
    desk.waits(lambda: desk.focus == "notes.text", f"the caret in the notes, not {desk.focus}")
    desk.waits_for_quiet()
    notes = desk.part("notes.text", QPlainTextEdit)
    assert notes.textCursor().position() == before["cursor"]

    assert desk.session.live_call is not None
    desk.types("!")
    assert "!" in desk.text_in("notes.text")
    desk.hangs_up()
    desk.finishes()
    desk.is_in_sync()
    kept = "select notes, status from crm.interaction where protocol = %s"
    at = before["cursor"]
    text = typing_desk.NOTES[:at] + "!" + typing_desk.NOTES[at:]
    assert centre.asked(kept, before["protocol"]) == (text, "finished")


def test_a_half_written_ticket_is_back_with_the_cursor(
    killed: Callable[[str], tuple[Desk, Story]], centre: Centre
) -> None:
    desk, before = killed("ticket")
    desk.waits(lambda: desk.page is PageKind.TICKET_NEW, "the form of the ticket")
    made = [page.objectName() for page in desk.road.shift.window.work_area.pages()]
    assert made[0] == "page.ticket_new", "the agent waits for no other page"
    assert desk.session.id == before["session"]
    desk.waits(
        lambda: desk.text_in("ticket.description.edit") == typing_desk.DESCRIPTION,
        "the description",
    )
    assert desk.text_in("ticket.subject.edit") == typing_desk.SUBJECT
    desk.waits(lambda: desk.focus == before["focus"], f"the caret where it was, not {desk.focus}")
    description = desk.part("ticket.description.edit", QPlainTextEdit)
    assert description.textCursor().position() == before["cursor"]

    desk.waits_for_quiet()
    desk.presses("Ctrl+Return")
    desk.waits(lambda: desk.page is PageKind.TICKET, "the saved ticket")
    desk.hangs_up()
    desk.finishes()
    desk.is_in_sync()
    assert centre.count("ticket", subject=typing_desk.SUBJECT) == 1
