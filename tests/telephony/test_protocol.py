"""Every message survives its line; nothing hostile survives decoding."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime
from typing import get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from agent_desktop.telephony import message
from agent_desktop.telephony.call import Call, CallState, Direction, LineSettings
from agent_desktop.telephony.message import (
    Answer,
    Beat,
    CallChanged,
    OpenLine,
    QualityChanged,
)
from agent_desktop.telephony.protocol import (
    LONGEST_LINE,
    Inbox,
    Outbox,
    ProtocolError,
    decode,
    encode,
)
from agent_desktop.telephony.quality import Quality

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
times = st.datetimes(min_value=datetime(1970, 1, 2), timezones=st.just(UTC))  # noqa: DTZ001
st.register_type_strategy(str, texts)
st.register_type_strategy(datetime, times)
# JSON has no other numbers; quality.measured gives no other figures.
st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))
messages = st.one_of(
    [st.from_type(kind) for kind in (*get_args(message.Order), *get_args(message.Report))]
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


@given(messages, st.integers(1, 2**53))
def test_round_trip(sent: message.Message, seq: int) -> None:
    line = encode(sent, seq)
    assert line.count(b"\n") == 1
    assert decode(line) == (seq, sent)


@given(st.lists(messages, max_size=6), st.integers(1, 400))
def test_any_cut_of_the_stream_gives_the_same_messages(
    sent: list[message.Message], size: int
) -> None:
    outbox, inbox = Outbox(), Inbox()
    stream = b"".join(outbox.line(each) for each in sent)
    heard = []
    for at in range(0, len(stream), size):
        heard += inbox.feed(stream[at : at + size])
    assert heard == sent


@given(st.binary(max_size=200))
@example(b"[" * 60_000)
@example(b"9" * 5_000)
@example(b'{"v":1,"seq":1,"t":"answer","call_id":"\\ud800"}')
@example(b'{"v":1,"seq":true,"t":"beat"}')
@example(b'{"v":1,"seq":0,"t":"beat"}')
@example(b'{"v":2,"seq":1,"t":"beat"}')
@example(b'{"v":1,"seq":1,"t":["beat"]}')
@example(b'{"v":1,"seq":1,"t":"mute","call_id":"1","on":1}')
@example(b'{"v":1,"seq":1,"t":"answer"}')
@example(b"null")
def test_hostile_bytes_are_refused_clearly(data: bytes) -> None:
    with pytest.raises(ProtocolError, match=r"."):
        decode(data)


@given(st.sampled_from(sorted(message.KINDS)), st.dictionaries(texts, json_values), json_values)
def test_hostile_fields_are_refused_or_understood(
    kind: str, fields: dict[str, object], call: object
) -> None:
    data = {"call": call, "line": call, "settings": call, **fields}
    line = json.dumps({**data, "v": 1, "seq": 1, "t": kind}).encode()
    with contextlib.suppress(ProtocolError):
        decode(line)


@pytest.mark.parametrize("figure", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_is_not_finite_is_not_sent(figure: float) -> None:
    with pytest.raises(ProtocolError, match="not finite"):
        encode(QualityChanged("1", Quality(mos=figure)), 1)


@pytest.mark.parametrize("figure", ["NaN", "Infinity", "-Infinity", "1e999", "9" * 400, "true"])
def test_a_number_that_is_not_finite_is_not_believed(figure: str) -> None:
    line = encode(QualityChanged("1", Quality(mos=2.5)), 1)
    with pytest.raises(ProtocolError, match=r"quality\.mos"):
        decode(line.replace(b"2.5", figure.encode()))


def test_a_whole_number_is_a_figure_too() -> None:
    line = encode(QualityChanged("1", Quality(mos=2.0)), 1)
    assert decode(line.replace(b"2.0", b"2")) == decode(line)


def test_time_without_zone_is_refused() -> None:
    call = Call("1", Direction.INBOUND, CallState.RINGING, "77", datetime(2026, 3, 4, tzinfo=UTC))
    line = encode(CallChanged(call), 1).replace(b"+00:00", b"")
    with pytest.raises(ProtocolError, match="time zone"):
        decode(line)


def test_unknown_fields_of_a_newer_partner_are_skipped() -> None:
    line = b'{"v":1,"seq":7,"t":"answer","call_id":"1","colour":"red"}'
    assert decode(line) == (7, Answer("1"))


def test_a_line_without_end_is_refused() -> None:
    with pytest.raises(ProtocolError, match="without end"):
        list(Inbox().feed(b"x" * (LONGEST_LINE + 1)))


def test_a_line_too_long_is_not_sent() -> None:
    with pytest.raises(ProtocolError, match="too long"):
        encode(Answer("x" * LONGEST_LINE), 1)


def test_a_missing_line_is_noticed() -> None:
    inbox = Inbox()
    with pytest.raises(ProtocolError, match="follows"):
        list(inbox.feed(encode(Beat(), 1) + encode(Beat(), 3)))


def test_the_secret_travels_but_is_never_shown() -> None:
    order = OpenLine(LineSettings("1001", secret="hunter2"))
    assert b"hunter2" in encode(order, 1)
    assert "hunter2" not in repr(order)
