"""What is written down of a call."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from uuid6 import uuid7

from agent_desktop.desk.call_record import record_of, was_tried
from agent_desktop.desk.session import Session
from agent_desktop.models.account.record import Account
from agent_desktop.models.interaction.record import Interaction, InteractionDirection
from agent_desktop.telephony.call import Call, CallState, Direction, EndReason
from agent_desktop.telephony.quality import Quality

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
CALL = Call(str(uuid7()), Direction.OUTBOUND, CallState.DIALLING, "+5511987654321", NOW)


def ended(reason: EndReason, after: float = 20.0, **more: object) -> Call:
    call = replace(CALL, **more)  # type: ignore[arg-type]
    return call.moved(CallState.ENDED, NOW + timedelta(seconds=after), reason)


def test_everything_known_of_a_call_is_written_down() -> None:
    heard = Quality("opus/48000", 4.25, 0.5, 31.5, 4.4, 900, 901)
    call = ended(
        EndReason.TRANSFERRED, display_name="<b>Z</b>", queue="Outages", dialled="0800",
        pbx_call_id="p-1", answered_at=NOW, quality=heard, end_status=200,
    )  # fmt: skip
    account = Account(uuid7(), name="Marina")
    session = Session("s", NOW, interaction=Interaction(uuid7()), account=account, confirmed=True,
                      handing_to="4201")  # fmt: skip
    found = record_of(call, session)
    assert found.id == UUID(call.id)
    assert (found.interaction_id, found.account_id) == (session.interaction.id, account.id)  # type: ignore[union-attr]
    assert found.direction is InteractionDirection.OUTBOUND
    assert (found.display_name, found.queue, found.dialled) == ("<b>Z</b>", "Outages", "0800")
    assert (found.end_reason, found.end_status, found.transferred_to) == (
        "transferred",
        200,
        "4201",
    )
    assert (found.codec, found.jitter_ms, found.lost_percent) == ("opus/48000", 4.25, 0.5)
    assert (found.delay_ms, found.mos) == (31.5, 4.4)
    asked = record_of(replace(call, consult_for="another"), session)
    assert asked.transferred_to == ""


def test_a_match_names_no_account_and_a_mailbox_none_at_all() -> None:
    matched = Session("s", NOW, account=Account(uuid7()))
    for session in (matched, None):
        found = record_of(CALL, session)
        assert (found.account_id, found.interaction_id, found.mos) == (None, None, 0.0)


@pytest.mark.parametrize(
    ("reason", "after", "tried"),
    [
        (EndReason.BUSY, 1, True),
        (EndReason.NO_ANSWER, 30, True),
        (EndReason.FAILED, 0, True),
        (EndReason.DECLINED, 3, True),
        (EndReason.LOST, 2, True),
        (EndReason.HUNG_UP_HERE, 4.9, False),
        (EndReason.HUNG_UP_HERE, 5, True),
    ],
)
def test_what_was_tried(reason: EndReason, after: float, tried: bool) -> None:
    assert was_tried(ended(reason, after)) is tried


def test_what_was_no_try() -> None:
    assert not was_tried(CALL)
    assert not was_tried(ended(EndReason.HUNG_UP_THERE, answered_at=NOW))
    assert not was_tried(ended(EndReason.MISSED, direction=Direction.INBOUND))
