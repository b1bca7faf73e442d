"""The agent's own calls: which are in the list, in what order, under whose name."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from uuid6 import uuid7

from agent_desktop.models.interaction import call_log
from agent_desktop.models.interaction import verbs as interaction
from agent_desktop.models.interaction.call_log import Which
from agent_desktop.models.interaction.record import InteractionCall, InteractionDirection
from agent_desktop.models.interaction.values import NewInteraction
from agent_desktop.models.store import outbox
from agent_desktop.models.store.changes import Changes
from agent_desktop.models.store.stores import Stores
from tests import given
from tests.models.conftest import ANA, PAULO, Company, ago

OUT = InteractionDirection.OUTBOUND
MARINA_NUMBER = "+5511987654321"


def missed(number: str = "+5511900001111", minutes: float = 5, **more: object) -> InteractionCall:
    call = InteractionCall(
        uuid7(),
        number=number,
        started_at=ago(minutes=minutes),
        ended_at=ago(minutes=minutes - 0.3),
        end_reason="missed",
    )
    return replace(call, **more)  # type: ignore[arg-type]


def logged(stores: Stores, *calls: InteractionCall) -> list[UUID]:
    return [interaction.log_call(stores, call).id for call in calls]


def in_the_mirror(stores: Stores, **values: object) -> UUID:
    """A call that came from the centre."""
    base = {"agent_id": ANA.id, "direction": "inbound", "end_reason": "missed",
            "number": "+5511900002222", "started_at": ago(hours=1),
            "ended_at": ago(minutes=59)}  # fmt: skip
    return given.row(stores, "interaction_call", **{**base, **values})


def listed(stores: Stores, *args: object, **more: object) -> list[UUID]:
    return [one.call.id for one in call_log.recent(stores, *args, **more)]  # type: ignore[arg-type]


def test_calls_from_here_and_from_the_centre_newest_first(stores: Stores) -> None:
    sent = in_the_mirror(stores, started_at=ago(minutes=30))
    old, new = logged(stores, missed(minutes=60), missed(minutes=1))
    assert listed(stores) == [new, sent, old]
    assert [one.call.pending for one in call_log.recent(stores)] == [True, False, True]


def test_only_own_calls_of_thirty_days(stores: Stores) -> None:
    in_the_mirror(stores, agent_id=PAULO.id)
    in_the_mirror(stores, agent_id=None)
    in_the_mirror(stores, started_at=ago(days=31))
    kept = in_the_mirror(stores, started_at=ago(days=29))
    assert listed(stores) == [kept]


def test_missed_is_what_rang_and_nobody_answered(stores: Stores) -> None:
    one = missed()
    lost = missed(end_reason="lost", minutes=6)
    others = (
        missed(end_reason="declined"),
        missed(answered_at=ago(minutes=4), end_reason="hung_up_there"),
        missed(direction=OUT, end_reason="no_answer"),
        missed(ended_at=None, end_reason=""),
    )
    logged(stores, one, lost, *others)
    assert listed(stores, Which.MISSED) == [one.id, lost.id]
    assert listed(stores, Which.OUTBOUND) == [others[2].id]
    assert call_log.missed_unseen(stores) == 2


def test_pages_go_back_in_time(stores: Stores) -> None:
    calls = [missed(minutes=n) for n in (1, 2, 3, 4)]
    ids = logged(stores, *calls)
    assert listed(stores, limit=2) == ids[:2]
    assert listed(stores, limit=2, before=calls[1].started_at) == ids[2:]


def test_what_was_seen_no_longer_counts(stores: Stores) -> None:
    ids = [*logged(stores, missed(minutes=1)), in_the_mirror(stores)]
    heard: list[Changes] = []
    stores.listen(heard.append)
    call_log.mark_seen(stores, ids)
    assert call_log.missed_unseen(stores) == 0
    assert [one.call.seen_at is None for one in call_log.recent(stores)] == [False, False]
    assert set(ids) <= heard[-1].kinds["interaction_call"]
    before = len(heard)
    call_log.mark_seen(stores, ids)
    call_log.mark_seen(stores, [in_the_mirror(stores, agent_id=PAULO.id), uuid7()])
    assert len(heard) == before


def test_seeing_an_unsent_call_waits_for_the_call(stores: Stores) -> None:
    [call_id] = logged(stores, missed())
    call_log.mark_seen(stores, [call_id])
    with stores.local.writing() as c:
        sent = outbox.take_next(c, 10)
    assert [intent.kind for intent in sent] == ["interaction.call", "call.seen"]
    assert list(sent[1].depends_on) == [sent[0].n]


# -- names ----------------------------------------------------------------------------------------
def test_the_account_of_the_interaction_is_sure(company: Company) -> None:
    stores = company.stores
    begun = interaction.begin(stores, NewInteraction(number=MARINA_NUMBER))
    interaction.assign(stores, begun.id, company.id("pedro"))
    call = missed(MARINA_NUMBER, interaction_id=begun.id, answered_at=ago(minutes=4))
    logged(stores, call)
    [found] = call_log.recent(stores)
    assert (found.account_name, found.is_sure) == ("Pedro Albuquerque", True)


@pytest.mark.parametrize(
    ("number", "name"),
    [
        (MARINA_NUMBER, "Marina Albuquerque"),
        ("011987654321", "Marina Albuquerque"),
        ("+5511987651111", "João Conceição"),  # stored without the ninth digit
        ("+551133334444", ""),  # shared by three
        ("+5511955550000", ""),  # was the bakery's until 2022
        ("+5511944440000", ""),  # of a closed account
        ("+5511900000000", ""),  # nobody's
        ("4201", ""),
        ("", ""),
    ],
)
def test_a_number_that_is_one_accounts_alone_has_its_name(
    company: Company, number: str, name: str
) -> None:
    [call_id] = logged(company.stores, missed(number))
    found = call_log.find(company.stores, call_id)
    assert (found.account_name, found.is_sure) == (name, False)
    assert (found.account_id is not None) == bool(name)


def test_numbers_are_shown_as_everywhere_and_extensions_by_name(company: Company) -> None:
    given.row(company.stores, "agent", user_name="iara", name="Iara Lopes", extension="4105",
              active=True)  # fmt: skip
    given.row(company.stores, "agent", name="Otto", extension="4106", active=False)
    ids = logged(company.stores, *(missed(n) for n in ("011987654321", "4105", "4106", "")))
    found = [call_log.find(company.stores, one) for one in ids]
    assert [one.number for one in found] == ["+55 11 98765-4321", "4105", "4106", ""]
    assert [one.colleague for one in found] == ["", "Iara Lopes", "", ""]


# -- the one to call back -------------------------------------------------------------------------
def test_the_newest_missed_call_that_was_not_returned(stores: Stores) -> None:
    assert call_log.newest_missed(stores) is None
    withheld, returned, waiting = missed("", 1), missed("+551", 5), missed("+552", 9)
    logged(stores, withheld, returned, waiting, missed("+551", 2, direction=OUT))
    found = call_log.newest_missed(stores)
    assert found is not None
    assert found.call.id == waiting.id


def test_who_got_through_later_need_not_be_called_back(stores: Stores) -> None:
    logged(stores, missed("+551", 9), missed("+551", 3, answered_at=datetime.now(UTC)))
    assert call_log.newest_missed(stores) is None


def test_a_call_missed_again_after_the_call_back_waits_again(stores: Stores) -> None:
    first, again = missed("+551", 9), missed("+551", 2)
    logged(stores, first, missed("+551", 5, direction=OUT), again)
    found = call_log.newest_missed(stores)
    assert found is not None
    assert found.call.id == again.id
    assert timedelta(0) < datetime.now(UTC) - (found.call.started_at or datetime.now(UTC))
