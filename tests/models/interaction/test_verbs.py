"""Interactions from protocol number to finish, and to the right account."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select
from uuid6 import uuid7

from agent_desktop.errors import Refused
from agent_desktop.models.account import verbs as accounts
from agent_desktop.models.account import verification
from agent_desktop.models.account.record import FactKind
from agent_desktop.models.interaction import verbs as interaction
from agent_desktop.models.interaction.record import (
    Interaction,
    InteractionCall,
    InteractionDirection,
    InteractionStatus,
)
from agent_desktop.models.interaction.values import NewInteraction
from agent_desktop.models.service_order import verbs as service_order
from agent_desktop.models.service_order.values import NewItem, NewServiceOrder
from agent_desktop.models.site.site import DialSettings, NumberForm
from agent_desktop.models.store import local
from agent_desktop.models.store import reading as row
from agent_desktop.models.store.changes import Changes
from agent_desktop.models.store.numbers import is_protocol
from agent_desktop.models.ticket import verbs as ticket
from agent_desktop.models.ticket.values import NewTicket
from tests import given
from tests.models.conftest import ANA, PAULO, TODAY, Company


def begun(company: Company, number: str = "+5511987654321") -> Interaction:
    return interaction.begin(company.stores, NewInteraction(number=number, queue="Outages"))


def unsent(company: Company, kind: str) -> int:
    with company.stores.local.reading() as c:
        here = local.intent.c.kind == kind
        return c.execute(select(func.count()).select_from(local.intent).where(here)).scalar_one()


def a_call(interaction_id: UUID | None, **more: object) -> InteractionCall:
    base = {"id": uuid7(), "interaction_id": interaction_id, "number": "+5511987654321",
            "started_at": datetime.now(UTC)}  # fmt: skip
    return InteractionCall(**{**base, **more})  # type: ignore[arg-type]


def test_a_contact_has_its_protocol_number_at_once(company: Company) -> None:
    one = begun(company)
    assert is_protocol(one.protocol)
    assert one.protocol.startswith(f"{TODAY:%Y%m%d}")
    assert (one.agent_id, one.agent_name) == (ANA.id, ANA.name)
    assert one.status is InteractionStatus.OPEN
    assert one.pending


def test_two_contacts_never_share_a_number(company: Company) -> None:
    assert begun(company).protocol != begun(company).protocol


def test_without_numbers_nothing_begins_and_nothing_is_kept(company: Company) -> None:
    with company.stores.local.writing() as c:
        c.exec_driver_sql("DELETE FROM number_block")
    with pytest.raises(Refused) as refused:
        begun(company)
    assert refused.value.reasons == {"": "numbers_used_up"}
    assert interaction.open_of_agent(company.stores) == ()


def test_open_contacts_of_this_agent_are_known(company: Company) -> None:
    first, second = begun(company), begun(company)
    interaction.finish(company.stores, first.id, "bill.copy")
    given.row(company.stores, "interaction", agent_id=PAULO.id, status="open")
    mirrored = given.row(company.stores, "interaction", agent_id=ANA.id, status="open")
    assert {one.id for one in interaction.open_of_agent(company.stores)} == {second.id, mirrored}


def test_the_known_caller_gets_the_interaction_with_its_calls(company: Company) -> None:
    one = begun(company)
    call = interaction.log_call(company.stores, a_call(one.id))
    found = interaction.assign(company.stores, one.id, company.id("marina"), company.id("husband"))
    assert (found.account_id, found.contact_id) == (company.id("marina"), company.id("husband"))
    with row.reading(company.stores) as r:
        assert r.get(InteractionCall, call.id).account_id == found.account_id
    shown = accounts.overview(company.stores, company.id("marina")).interactions
    assert shown[0].id == one.id


def test_an_unknown_account_cannot_be_assigned(company: Company) -> None:
    with pytest.raises(Refused):
        interaction.assign(company.stores, begun(company).id, uuid4())


def test_notes_are_kept_whole_and_sent_once(company: Company) -> None:
    one = begun(company)
    for text in ("Wh", "Whole str", "Whole street dark"):
        interaction.note(company.stores, one.id, text)
    assert interaction.get(company.stores, one.id).notes == "Whole street dark"
    assert unsent(company, "interaction.change") == 1


def test_notes_do_not_take_back_other_changes(company: Company) -> None:
    one = begun(company)
    interaction.set_reason(company.stores, one.id, "outage.known")
    interaction.note(company.stores, one.id, "a")
    interaction.note(company.stores, one.id, "ab")
    found = interaction.get(company.stores, one.id)
    assert (found.reason, found.notes) == ("outage.known", "ab")


def test_saying_the_same_again_sends_nothing(company: Company) -> None:
    one = begun(company)
    interaction.set_reason(company.stores, one.id, "bill.copy")
    interaction.set_reason(company.stores, one.id, "bill.copy")
    assert unsent(company, "interaction.change") == 1


def test_a_caller_may_act_for_the_customer(company: Company) -> None:
    one = begun(company)
    assert interaction.act_for(company.stores, one.id, " Carla (daughter) ").acting_for == (
        "Carla (daughter)"
    )


def test_a_call_is_completed_when_it_ends(company: Company) -> None:
    one = begun(company)
    call = a_call(one.id)
    interaction.log_call(company.stores, call)
    ended = a_call(one.id, id=call.id, started_at=call.started_at,
                   ended_at=datetime.now(UTC), end_reason="hung_up_there")  # fmt: skip
    assert interaction.log_call(company.stores, ended).end_reason == "hung_up_there"


def test_a_call_nobody_answered_belongs_to_no_interaction(company: Company) -> None:
    call = interaction.log_call(company.stores, a_call(None, end_reason="missed"))
    assert (call.interaction_id, call.agent_id, call.pending) == (None, ANA.id, True)
    assert unsent(company, "interaction.call") == 1


def test_a_contact_is_finished_with_a_reason(company: Company) -> None:
    found = interaction.finish(company.stores, begun(company).id, "bill.copy")
    assert found.status is InteractionStatus.FINISHED
    assert (found.reason, found.ended_at is not None) == ("bill.copy", True)


def test_without_a_reason_it_stays_open(company: Company) -> None:
    one = begun(company)
    with pytest.raises(Refused) as refused:
        interaction.finish(company.stores, one.id, "")
    assert refused.value.reasons == {"reason": "reason_missing"}
    assert interaction.get(company.stores, one.id).status is InteractionStatus.OPEN


def test_finishing_twice_is_one_finish(company: Company) -> None:
    one = begun(company)
    interaction.finish(company.stores, one.id, "bill.copy")
    interaction.finish(company.stores, one.id, "bill.copy")
    assert unsent(company, "interaction.finish") == 1


def test_anothers_interaction_is_not_mine_to_change(company: Company) -> None:
    theirs = given.row(company.stores, "interaction", agent_id=PAULO.id, status="open")
    with pytest.raises(Refused) as refused:
        interaction.note(company.stores, theirs, "hello")
    assert refused.value.reasons == {"": "not_yours"}


def test_earlier_contacts_of_a_number_are_found_however_it_was_written(company: Company) -> None:
    for at, number in enumerate(("11987654321", "5511987654321", "01187654321", "+5511900000000")):
        given.row(company.stores, "interaction", number=number, protocol=str(at),
                  agent_id=PAULO.id, status="finished")  # fmt: skip
    found = interaction.recent_for_number(company.stores, 5511987654321)
    assert {one.protocol for one in found} == {"0", "1", "2", "2026112100000070"}


# -- the wrong account --------------------------------------------------------------------------
def test_moving_takes_everything_written_in_it_along(company: Company) -> None:
    stores, wrong, right = company.stores, company.id("marina"), company.id("pedro")
    one = begun(company)
    interaction.assign(stores, one.id, wrong)
    interaction.log_call(stores, a_call(one.id))
    made = ticket.create(
        stores, NewTicket(wrong, "Dark", interaction_id=one.id, unit_id=company.id("acacias"))
    )
    ticket.add_note(stores, made.id, "called back")
    order = service_order.create(
        stores,
        NewServiceOrder(wrong, "Meter", interaction_id=one.id, meter_id=company.id("meter"),
                        items=(NewItem("Labour"),)),
    )  # fmt: skip

    moved = interaction.move(stores, one.id, right)

    assert moved.account_id == right
    here = accounts.overview(stores, right)
    assert [t.id for t in here.tickets] == [made.id]
    assert here.tickets[0].unit_id is None
    assert [o.id for o in here.orders] == [order.id]
    assert [i.id for i in here.interactions] == [one.id]
    assert ticket.view(stores, made.id).notes[0].account_id == right
    assert service_order.view(stores, order.id).items[0].account_id == right
    left = accounts.overview(stores, wrong)
    assert made.id not in {t.id for t in left.tickets}
    assert order.id not in {o.id for o in left.orders}
    assert one.id not in {i.id for i in left.interactions}


def test_other_work_of_the_first_account_stays(company: Company) -> None:
    one = begun(company)
    interaction.assign(company.stores, one.id, company.id("marina"))
    interaction.move(company.stores, one.id, company.id("pedro"))
    left = accounts.overview(company.stores, company.id("marina"))
    assert company.id("ticket") in {t.id for t in left.tickets}


def test_the_caller_must_be_verified_anew(company: Company) -> None:
    one = begun(company)
    interaction.assign(company.stores, one.id, company.id("marina"), company.id("husband"))
    verification.check(
        company.stores, one.id, company.id("marina"), FactKind.BIRTH_ON, "12/03/1986"
    )
    moved = interaction.move(company.stores, one.id, company.id("pedro"))
    assert (moved.verified_count, moved.contact_id) == (0, None)


def test_assigning_to_another_account_moves(company: Company) -> None:
    one = begun(company)
    interaction.assign(company.stores, one.id, company.id("marina"))
    interaction.assign(company.stores, one.id, company.id("pedro"))
    assert unsent(company, "interaction.move") == 1


def test_moving_tells_both_accounts(company: Company) -> None:
    one = begun(company)
    interaction.assign(company.stores, one.id, company.id("marina"))
    heard: list[Changes] = []
    company.stores.listen(heard.append)
    interaction.move(company.stores, one.id, company.id("pedro"))
    assert heard[0].kinds["account"] == {company.id("marina"), company.id("pedro")}


def test_an_unknown_account_takes_nothing(company: Company) -> None:
    with pytest.raises(Refused) as refused:
        interaction.move(company.stores, begun(company).id, uuid4())
    assert refused.value.reasons == {"": "unknown_account"}


def test_what_was_dialled_is_written_down_without_the_prefixes_of_the_pbx(
    company: Company,
) -> None:
    stores = company.stores
    plan = DialSettings("br", "11", "15", "0", NumberForm.CARRIER)
    stores.site = replace(stores.site, dial_plan=plan)
    new = NewInteraction(number="0987654321", direction=InteractionDirection.OUTBOUND)
    assert interaction.begin(stores, new).number == "+5511987654321"
    call = a_call(None, number="00152125550100", direction=InteractionDirection.OUTBOUND)
    assert interaction.log_call(stores, call).number == "+552125550100"
    # Who rings is written as the PBX said.
    assert interaction.log_call(stores, a_call(None, number="0987654321")).number == "0987654321"
