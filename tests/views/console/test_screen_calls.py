"""On a real X server with a window manager: a whole consultation typed at a keyboard."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.views.call_screen import MARINA
from tests.x_server import needs_x_server, x_server

pytestmark = [*needs_x_server, pytest.mark.timeout(180)]
OTHER = "+5511991110099"
CHILD = """
import sys
sys.argv = ["call_screen", *{arguments!r}]
from tests.views.call_screen import main
main()
"""


def pictures() -> list[str]:
    """A folder for pictures, if somebody wants to look: AGENT_DESKTOP_PICTURES."""
    folder = os.environ.get("AGENT_DESKTOP_PICTURES", "")
    return [folder, "dark"] if folder and Path(folder).is_dir() else []


def test_a_consultation_and_a_conference_are_typed() -> None:
    with x_server("us") as screen:
        desk = screen.start(CHILD.format(arguments=pictures()))
        desk.hears("shown")
        screen.activate("Agent Desktop")
        desk.hears("ready")
        screen.types("the crew first")
        desk.hears(f"rings {MARINA}")
        screen.types(" is there")
        desk.hears("text the crew first is there")
        desk.hears("may answer")
        screen.press("F9")
        desk.hears(f"{MARINA} talking")

        screen.press("shift", "F8")
        desk.hears("ran call.transfer")
        screen.types("lima")
        screen.press("Return")
        desk.hears("6105 talking")
        assert f"{MARINA} held" in desk.heard

        desk.forget()
        screen.press("ctrl", "shift", "F8")
        desk.hears(f"{MARINA} talking")
        desk.hears("6105 held")

        desk.forget()
        screen.press("shift", "F7")
        desk.hears("ran call.keypad")
        screen.types("12#x*")
        desk.hears("digits *")
        assert [each for each in desk.heard if each.startswith("digits")] == [
            "digits 1",
            "digits 2",
            "digits #",
            "digits *",
        ]
        screen.press("Escape")

        screen.press("ctrl", "F8")
        desk.hears(f"{MARINA} talking together")
        desk.hears("6105 talking together")
        desk.forget()
        screen.press("ctrl", "F11")
        desk.hears("6105 ended together")
        assert f"{MARINA} ended" not in desk.heard
        screen.press("ctrl", "F9")
        desk.hears(f"{MARINA} ended")
