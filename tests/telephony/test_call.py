"""The table of moves, one case per cell."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest

from agent_desktop.telephony.call import (
    Act,
    Call,
    CallState,
    Direction,
    EndReason,
    LineSettings,
    may_move,
)
from agent_desktop.telephony.call_book import CallBook

AT = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
D, R, T, H, X, E = CallState
ALLOWED = {
    *((D, T), (D, E), (R, T), (R, E), (T, H), (T, X), (T, E)),
    *((H, T), (H, X), (H, E), (X, H), (X, E)),
}
#: One row an act; what an ordinary call, a consultation and a member of a conference may do in
#: DIALLING, RINGING, TALKING, HELD, TRANSFERRING and ENDED.
ACTS = """
answer      .y....  .y....  .y....
reject      .y....  .y....  .y....
hang_up     y.yyy.  y.yyy.  y.yyy.
hold        ..y...  ..y...  ..y...
resume      ...y..  ...y..  ...y..
mute        y.yy..  y.yy..  y.yy..
digits      y.yy..  y.yy..  y.yy..
transfer    ..yy..  ..yy..  ......
consult     ..yy..  ..yy..  ..yy..
conference  ..yy..  ..yy..  ..yy..
complete    ......  y.yy..  ......
swap        ......  ..yy..  ......
back        ......  y.yy..  ......
drop        ......  ......  ..yy..
leave       ......  ......  ..yy..
"""
KINDS = ({}, {"consult_for": "2"}, {"in_conference": True})
CELLS = [
    (Act(name), state, facts, row[at] == "y")
    for name, *rows in map(str.split, ACTS.strip().splitlines())
    for facts, row in zip(KINDS, rows, strict=True)
    for at, state in enumerate(CallState)
]


def _call(state: CallState) -> Call:
    return Call("1", Direction.INBOUND, state, "+5511987654321", AT)


@pytest.mark.parametrize(("before", "after"), list(product(CallState, CallState)))
def test_move(before: CallState, after: CallState) -> None:
    allowed = before is after or (before, after) in ALLOWED
    assert may_move(before, after) is allowed
    if allowed:
        assert _call(before).moved(after, AT).state is after
    else:
        with pytest.raises(ValueError):
            _call(before).moved(after, AT)


def test_every_act_has_its_row() -> None:
    assert {act for act, *_ in CELLS} == set(Act)


@pytest.mark.parametrize(("act", "state", "facts", "allowed"), CELLS)
def test_act(act: Act, state: CallState, facts: dict[str, Any], allowed: bool) -> None:
    assert replace(_call(state), **facts).may(act) is allowed


def test_first_answer_is_kept_over_hold_and_resume() -> None:
    later = datetime(2026, 3, 4, 12, 5, tzinfo=UTC)
    call = _call(R).moved(T, AT).moved(H, later).moved(T, later)
    assert (call.answered_at, call.state_since) == (AT, later)


def test_the_secret_is_never_shown() -> None:
    assert "hunter2" not in repr(LineSettings("1001", secret="hunter2"))


@pytest.mark.parametrize(("before", "after"), list(product(CallState, CallState)))
def test_book_takes_only_allowed_moves(before: CallState, after: CallState) -> None:
    book = CallBook()
    assert book.enter(_call(before)) == ""
    fault = book.enter(_call(after))
    allowed = before is not E and (before is after or (before, after) in ALLOWED)
    assert (fault == "") is allowed
    known = book.find("1")
    assert known is not None
    assert known.state is (after if allowed else before)


def test_book_loses_live_calls_only() -> None:
    book = CallBook()
    book.enter(_call(T))
    lost = book.lose_all()
    assert [(c.state, c.end_reason) for c in lost] == [(E, EndReason.LOST)]
    assert (book.live(), book.lose_all()) == ((), ())
