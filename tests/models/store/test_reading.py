"""Reading records: no look-up on the way from a ring to a page may walk a whole table."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from agent_desktop.models.account import identification, verification
from agent_desktop.models.account import verbs as accounts
from agent_desktop.models.account.identification import CallerFacts
from agent_desktop.models.account.record import Account
from agent_desktop.models.interaction import verbs as interaction
from agent_desktop.models.interaction.record import Interaction
from agent_desktop.models.interaction.values import NewInteraction
from agent_desktop.models.service_order import verbs as service_order
from agent_desktop.models.store import reading as rows
from agent_desktop.models.store import search
from agent_desktop.models.store.encrypted_file import bare
from agent_desktop.models.store.stores import Stores
from agent_desktop.models.ticket import verbs as ticket
from agent_desktop.models.ticket.record import Ticket
from agent_desktop.models.work import worklist
from tests.models.conftest import Company


@contextmanager
def statements(stores: Stores) -> Iterator[list[str]]:
    """Every statement the mirror is asked while this lasts, with its values."""
    heard: list[str] = []
    with stores.mirror.reading() as c:
        driver = bare(c)  # what was used last is lent first: all questions here go this way
    driver.set_trace_callback(heard.append)
    try:
        yield heard
    finally:
        driver.set_trace_callback(None)
    assert heard


def scans(stores: Stores, heard: list[str]) -> list[str]:
    """Steps that walk a whole table, as SQLite plans these statements."""
    found = []
    with stores.mirror.reading() as c:
        for sql in heard:
            if sql.startswith(("SELECT", "WITH")):
                plan = bare(c).execute(f"EXPLAIN QUERY PLAN {sql}").fetchall()
                found += [f"{step[3]} in {sql}" for step in plan if step[3].startswith("SCAN")]
    fine = ("VIRTUAL TABLE", "SCAN kept", "SCAN main.directory_name_config")
    return [step for step in found if not any(word in step for word in fine)]


def _everything(company: Company) -> dict[str, Any]:
    stores, marina = company.stores, company.id("marina")
    return {
        "identify": lambda: identification.identify(stores, CallerFacts("+5511987654321")),
        "identify by tax id": lambda: identification.identify(
            stores, CallerFacts("", typed_tax_id="39053344705")
        ),
        "identify without area": lambda: identification.identify(stores, CallerFacts("98765-4321")),
        "overview": lambda: accounts.overview(stores, marina),
        "glance": lambda: accounts.glance(stores, marina),
        "questions": lambda: verification.questions(stores, marina),
        "ticket": lambda: ticket.view(stores, company.id("ticket")),
        "order": lambda: service_order.view(stores, company.id("order")),
        "near breach": lambda: ticket.near_breach(stores),
        "open interactions": lambda: interaction.open_of_agent(stores),
        "recent": lambda: interaction.recent_for_number(stores, 5511987654321),
        "worklist": lambda: worklist.mine(stores),
        "home": lambda: worklist.home(stores),
        "name": lambda: search.find(stores, "marina"),
        "letters": lambda: search.find(stores, "ma"),
        "ticket number": lambda: search.find(stores, "TK-20418"),
        "unit": lambda: search.find(stores, "7712345"),
        "meter": lambda: search.find(stores, "ELS77120443"),
        "phone": lambda: search.find(stores, "11 98765-4321"),
    }


@pytest.mark.parametrize("unsent", [False, True], ids=["all sent", "work unsent"])
def test_no_look_up_walks_a_whole_table(company: Company, unsent: bool) -> None:
    if unsent:
        interaction.begin(company.stores, NewInteraction(account_id=company.id("marina")))
        ticket.add_note(company.stores, company.id("ticket"), "a note")
    walked = {}
    for name, look_up in _everything(company).items():
        with statements(company.stores) as heard:
            look_up()
        found = scans(company.stores, heard)
        if found:
            walked[name] = found
    assert walked == {}


def test_a_record_reads_the_same_with_and_without_unsent_work(company: Company) -> None:
    with rows.reading(company.stores) as r:
        plain = r.get(Account, company.id("marina")), r.get(Ticket, company.id("ticket"))
        assert not r.touched
    laid = rows.Reading(company.stores, r.c, frozenset({"account", "ticket"}))
    with company.stores.mirror.reading() as c:
        laid.c = c
        again = laid.get(Account, company.id("marina")), laid.get(Ticket, company.id("ticket"))
    assert plain == again


def test_what_is_pending_says_so(company: Company) -> None:
    begun = interaction.begin(company.stores, NewInteraction())
    with rows.reading(company.stores) as r:
        assert r.touched == {"interaction"}
        assert r.get(Interaction, begun.id).pending
