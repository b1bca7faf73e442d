"""No event of the whole road keeps the GUI thread busy for longer than 50 ms of its CPU time."""

from __future__ import annotations

import sys

import pytest

from agent_desktop.demo import callers as cast
from tests.gui_time import GuiTime
from tests.stories.story import MARINA, PADARIA, Desk

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no CPU clock of other threads")


def _is_prepared(desk: Desk) -> None:
    """Some seconds after the sign-in, as long as it takes until the first call."""
    desk.waits(lambda: desk.road.shift.is_prepared, "all pages are made")
    desk.waits_for_quiet()


def test_the_first_call_of_a_shift(desk: Desk) -> None:
    _is_prepared(desk)
    with GuiTime() as watch:
        desk.takes_call(MARINA)
        desk.waits_for_quiet()
        desk.writes_ticket("No supply since this morning")
        desk.hangs_up()
        desk.finishes("outage")
        desk.waits_for_quiet()
        desk.rings_from(PADARIA)
        desk.answers()
        desk.verifies(PADARIA)
        desk.sees_account(cast.PADARIA.name)
        desk.waits_for_quiet()
    assert not watch.slow, watch.told()


def test_looking_around(desk: Desk) -> None:
    """Home, worklist, identify, an account and its orders, without a call."""
    _is_prepared(desk)
    with GuiTime() as watch:
        for key in ("Alt+3", "Alt+2", "Alt+1"):
            desk.presses(key)
            desk.waits_for_quiet()
        desk.finds(cast.MARINA.name)
        desk.sees_account(cast.MARINA.name)
        desk.waits_for_quiet()
        desk.presses("Ctrl+Shift+O")
        desk.waits_for_quiet()
    assert not watch.slow, watch.told()
