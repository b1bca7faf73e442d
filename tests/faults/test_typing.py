"""At most a second of typing is lost: who never pauses is kept as well as who does."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit

from agent_desktop.desk.background import Background
from agent_desktop.models.store import draft
from agent_desktop.models.store.stores import Stores
from agent_desktop.views.kit.draft_keeper import LONGEST_MS, PAUSE_MS, DraftKeeper
from tests import given
from tests.faults.fault_run import FaultRun
from tests.waiting import until_in_qt

PLACE = "note:steady"
KEY_MS = 40
#: With fewer keys nothing would have to be kept yet.
FEWEST = 60


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    with closing(given.some_stores(tmp_path)) as opened:
        yield opened


def kept(stores: Stores) -> str:
    """What would be there again after a kill now."""
    return draft.load(stores, PLACE).get("text", draft.DraftField("")).text


@pytest.mark.fault("steady-typing")
def test_who_types_without_a_pause_loses_less_than_a_second(
    qapp: QApplication, stores: Stores, fault: FaultRun
) -> None:
    assert PAUSE_MS == 500
    assert LONGEST_MS < 1000
    background, editor = Background(), QPlainTextEdit()
    background.stores = stores
    try:
        keeper, typed, worst = DraftKeeper(background), "", 0.0
        restored: list[object] = []
        held = keeper.keep(PLACE, {"text": editor}, editor)
        held.restored.connect(restored.append)
        until_in_qt(lambda: bool(restored))
        at: list[float] = []
        for number in range(max(fault.wanted(120, 1500), FEWEST)):
            letter = "abcdefghij"[number % 10]
            QTest.keyClicks(editor, letter)
            typed += letter
            at.append(time.monotonic())
            QTest.qWait(KEY_MS)
            found = kept(stores)
            assert typed.startswith(found)
            if len(found) < len(typed):
                worst = max(worst, time.monotonic() - at[len(found)])
            fault.done += 1
        # Every letter but the last second's was kept while keys came without a pause.
        assert len(kept(stores)) > len(typed) // 2
        fault.says(f"oldest letter not kept: {worst * 1000:.0f} ms")
        if fault.is_long:
            assert worst < 1.0 + KEY_MS / 1000
        until_in_qt(lambda: kept(stores) == typed)
    finally:
        background.stop()
        editor.deleteLater()
