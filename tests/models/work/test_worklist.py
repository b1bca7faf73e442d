"""What there is to do, the figures of the day, and the lists people choose from."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from agent_desktop.models.interaction import verbs as interaction
from agent_desktop.models.interaction.values import NewInteraction
from agent_desktop.models.site import code_list
from agent_desktop.models.ticket import verbs as ticket
from agent_desktop.models.ticket.values import NewTicket
from agent_desktop.models.work import worklist
from agent_desktop.models.work.values import WorkKind
from tests import given
from tests.models.conftest import ANA, PAULO, Company, ago, as_second_level


def codes(company: Company) -> list[str]:
    return [item.code for item in worklist.mine(company.stores)]


def test_paused_work_comes_after_work_that_runs(company: Company) -> None:
    assert codes(company) == ["TK-20418", "TK-20290"]


def test_what_is_over_its_time_comes_first(company: Company) -> None:
    given.row(company.stores, "ticket", number="TK-1", account_id=company.id("pedro"),
              assignee_id=ANA.id, priority="low", status="open", created_at=ago(days=9),
              due_at=ago(days=1))  # fmt: skip
    assert codes(company) == ["TK-1", "TK-20418", "TK-20290"]


def test_an_unfinished_contact_is_work_too(company: Company) -> None:
    begun = interaction.begin(company.stores, NewInteraction(number="+5511900000000"))
    item = next(i for i in worklist.mine(company.stores) if i.kind is WorkKind.INTERACTION)
    assert (item.id, item.code, item.customer) == (begun.id, begun.protocol, "+5511900000000")


def test_a_line_names_the_customer_and_has_its_clock(company: Company) -> None:
    first = worklist.mine(company.stores)[0]
    assert (first.kind, first.customer) == (WorkKind.TICKET, "Marina Albuquerque")
    assert first.clock is not None


def test_others_work_is_not_mine(company: Company) -> None:
    given.row(company.stores, "ticket", number="TK-2", assignee_id=PAULO.id, status="open")
    assert "TK-2" not in codes(company)


def test_second_level_gets_what_its_team_has_not_taken(company: Company) -> None:
    as_second_level(company)
    assert codes(company) == ["TK-20500"]


# -- home ---------------------------------------------------------------------------------------
def test_an_empty_day_has_no_averages(company: Company) -> None:
    figures = worklist.home(company.stores)
    assert (figures.handled, figures.handling_seconds, figures.first_contact_percent) == (
        0, None, None,
    )  # fmt: skip
    assert (figures.open_tickets, figures.near_breach) == (2, 1)
    assert figures.next_breach_at is not None


def test_the_day_counts_finished_contacts_and_what_they_left_open(company: Company) -> None:
    stores, pedro = company.stores, company.id("pedro")
    now = datetime.now(UTC)
    for minutes in (4, 6):
        given.row(stores, "interaction", agent_id=ANA.id, account_id=pedro, status="finished",
                  started_at=now, ended_at=now + timedelta(minutes=minutes))  # fmt: skip
    given.row(stores, "interaction", agent_id=ANA.id, status="finished",
              started_at=ago(days=2), ended_at=ago(days=2))  # fmt: skip
    given.row(stores, "interaction", agent_id=PAULO.id, status="finished", started_at=now)
    here = interaction.begin(stores, NewInteraction(account_id=pedro))
    ticket.create(stores, NewTicket(pedro, "Bill", interaction_id=here.id))
    interaction.finish(stores, here.id, "bill.high")
    figures = worklist.home(stores)
    assert figures.handled == 3
    assert figures.first_contact_percent == 67
    assert figures.handling_seconds is not None
    assert 195 <= figures.handling_seconds <= 215


# -- lists --------------------------------------------------------------------------------------
def test_lists_come_as_a_tree_in_their_order(company: Company) -> None:
    for position, code in enumerate(("bill", "outage", "outage.known", "bill.copy")):
        parent = code.rpartition(".")[0]
        given.row(company.stores, "code_entry", list="reason", code=code, parent_code=parent,
                  position=position, active=True)  # fmt: skip
    given.row(company.stores, "code_entry", list="reason", code="old", active=False)
    given.row(company.stores, "code_entry", list="not_ready", code="lunch", active=True)
    assert [entry.code for entry in code_list.reasons(company.stores)] == [
        "bill", "bill.copy", "outage", "outage.known",
    ]  # fmt: skip
    assert [entry.code for entry in code_list.not_ready(company.stores)] == ["lunch"]


def test_complaints_have_their_regulated_types(company: Company) -> None:
    for code in ("complaint", "complaint.voltage", "outage"):
        given.row(company.stores, "code_entry", list="category", code=code,
                  parent_code=code.rpartition(".")[0], active=True)  # fmt: skip
    found = code_list.complaint_types(company.stores)
    assert [entry.code for entry in found] == ["complaint.voltage"]


def test_teams_by_level_and_products_by_name(company: Company) -> None:
    given.row(company.stores, "product", code="S2", name="Seal", unit_price_cents=1840)
    given.row(company.stores, "product", code="M1", name="Meter", unit_price_cents=48600)
    assert [team.name for team in code_list.teams(company.stores)] == [
        "Utilities", "Field operations",
    ]  # fmt: skip
    assert [one.name for one in code_list.products(company.stores)] == ["Meter", "Seal"]
