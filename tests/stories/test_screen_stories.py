"""On a real screen, with a window manager and a keyboard: calls and links take nobody's keys."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from agent_desktop.demo.caller_control import DemoCustomer
from tests import source
from tests.stories.story import MARINA, Centre, Computer
from tests.x_server import ANOTHER_PROGRAM, Program, Screen, needs_x_server, x_server

pytestmark = needs_x_server

#: 29 characters, as in the design's first experiment: pop-up windows kept 8 or 9 of them.
SENTENCE = "lamp 218 dark since Monday ok"
KEY_PAUSE_MS = 60
META, CTRL, F9 = 133, 37, 75


@dataclass
class SeenDesk:
    """The desk on the screen, and what it told."""

    screen: Screen
    program: Program
    folder: Path

    def told(self, key: str) -> list[Any]:
        """All values told under this name, in order."""
        facts = [json.loads(line) for line in self.program.heard if line.startswith("{")]
        return [fact[key] for fact in facts if key in fact]

    def until(self, key: str, value: object) -> None:
        self.program.until(lambda: value in self.told(key), f"{key} {value}")

    def another_program(self) -> Program:
        """Another program comes to the front."""
        other = self.screen.start(ANOTHER_PROGRAM)
        self.screen.activate("Another program")
        other.hears("focus here")
        self.until("focus", "")
        other.forget()
        return other


@pytest.fixture
def desk(centre: Centre, customer: DemoCustomer, tmp_path: Path) -> Iterator[SeenDesk]:
    computer = Computer(tmp_path / "c", centre.server, profile=f"x{uuid4().hex[:8]}")
    place = [str(computer.folder), computer.server, computer.profile]
    with x_server() as screen:
        program = screen.start(f"from tests.stories.screen_desk import main\nmain(*{place!r})")
        seen = SeenDesk(screen, program, computer.settings.folder)
        program.until(lambda: seen.told("port"), "the line is open")
        yield seen


def test_a_call_takes_none_of_29_characters_and_enter_and_space_never_answer(
    desk: SeenDesk, customer: DemoCustomer
) -> None:
    typing = subprocess.Popen(
        ["xdotool", "type", "--delay", str(KEY_PAUSE_MS), SENTENCE], env=desk.screen.environment
    )
    desk.until("text", SENTENCE[:5])
    customer.call(desk.told("port")[0], MARINA.number, **MARINA.facts)
    desk.until("text", SENTENCE)
    typing.wait(30)
    desk.until("call", "ringing")
    rang = desk.program.heard.index('{"call": "ringing"}')
    typed = desk.program.heard.index(json.dumps({"text": SENTENCE}))
    assert rang < typed, "it rang too late to disturb anybody"
    assert desk.told("text") == [SENTENCE[:n] for n in range(1, len(SENTENCE) + 1)]
    # Long after the first 400 ms of the ring, too.
    more = SENTENCE
    for _ in range(4):
        for key, letter in (("space", " "), ("Return", "\n"), ("KP_Enter", "\n")):
            desk.screen.press(key)
            more += letter
            desk.until("text", more)
    assert set(desk.told("call")) == {"ringing"}
    assert desk.told("focus") == []


def test_a_call_is_answered_and_ended_from_another_program(
    desk: SeenDesk, customer: DemoCustomer
) -> None:
    other = desk.another_program()
    customer.call(desk.told("port")[0], MARINA.number, **MARINA.facts)
    desk.until("call", "ringing")
    # A press within the first 400 ms of a ring does nothing: press until one counts.
    presses = 0
    while "talking" not in desk.told("call") and presses < 200:
        desk.screen.strike(META, F9)
        desk.screen.types("x")
        presses += 1
        other.hears(f"text {'x' * presses}")
        _hear_more(desk.program)
    desk.until("call", "talking")
    desk.screen.strike(CTRL, META, F9)
    desk.until("call", "ended")
    desk.screen.types("y")
    other.hears(f"text {'x' * presses}y")
    assert not [said for said in other.heard if said.startswith("focus")]


def _hear_more(program: Program) -> None:
    """Take in what it has said until now."""
    while not program.lines.empty():
        program.heard.append(program.lines.get_nowait())


def test_a_link_of_another_program_comes_to_the_dial_field_and_calls_nobody(
    desk: SeenDesk,
) -> None:
    desk.another_program()
    start = [sys.executable, "-m", "agent_desktop", "--profile", str(desk.folder)]
    done = subprocess.run(
        [*start, "tel:+55-11-98765-4321"],
        env=desk.screen.environment,
        cwd=source.ROOT,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0
    desk.until("dial", "+5511987654321")
    desk.until("focus", "console.dial")
    desk.screen.press("Escape")
    desk.until("dial", "")
    # Escape gives the focus back to the ticket.
    desk.screen.types("ok")
    desk.until("text", "ok")
    assert desk.told("call") == []
