"""A desk that searches at the centre: directly and through a hub the same."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest

from agent_desktop.models.store.centre_search import CentreFound, CentreHit, CentreMatch
from agent_desktop.sync import questions
from agent_desktop.sync.answers import NotOffered
from agent_desktop.sync.audited import search
from agent_desktop.sync.centre import Centre as Line
from agent_desktop.sync.query_session import QuerySession
from tests.central_fixtures import Centre, password_of
from tests.hub.hub_at import Hub, hub_login
from tests.sync.desk_at import server_of

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(180)]


@pytest.fixture(params=["directly", "by a hub"])
def inquiries(
    centre: Centre, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[QuerySession]:
    centre.add_agent("ana")
    with ExitStack() as ends:
        server = server_of(centre.dsn)
        if request.param == "by a hub":
            login = ends.enter_context(hub_login(centre))
            hub = Hub(login.dsn, tmp_path, "--no-collector")
            ends.callback(hub.stop)
            server = hub.server
        yield ends.enter_context(closing(QuerySession(server, "ana", password_of("ana"))))


@pytest.fixture
def marina(centre: Centre) -> UUID:
    return centre.add_account(
        number="100200300", name="Marina Albuquerque", city="Campinas", tax_id="52998224725"
    )


def test_what_the_centre_finds(centre: Centre, inquiries: QuerySession, marina: UUID) -> None:
    unit = uuid.uuid4()
    centre.insert("unit", id=unit, account_id=marina, number="UC-0098224")
    who = ("Marina Albuquerque", "Campinas", "100200300")
    assert inquiries.ask(lambda line: search(line, "9822")) == CentreFound(
        hits=(
            CentreHit(CentreMatch.TAX_ID, marina, marina, *who, "•••.982.247-••"),
            CentreHit(CentreMatch.UNIT, unit, marina, *who, "UC-0098224"),
        )
    )
    assert inquiries.ask(lambda line: search(line, "12")) == CentreFound("search_too_short")
    assert inquiries.ask(lambda line: search(line, "100% nobody")) == CentreFound()
    assert centre.one("select count(*) from crm.audit where what = 'search'") == 1


def test_a_minute_has_so_many_searches(inquiries: QuerySession) -> None:
    for _ in range(30):
        assert inquiries.ask(lambda line: search(line, "nobody")).code == ""
    assert inquiries.ask(lambda line: search(line, "nobody")).code == "search_too_often"


def owner_of(ticket: UUID, line: Line) -> UUID | None:
    return line.ask(questions.OWNER, "ticket", ticket)


def test_whose_a_record_is(centre: Centre, inquiries: QuerySession, marina: UUID) -> None:
    hidden = centre.add_account(scope="vip")
    for owner, seen in ((marina, marina), (hidden, None)):
        ticket = uuid.uuid4()
        centre.insert("ticket", id=ticket, account_id=owner, number=f"TK-{ticket.int % 99999}")
        assert inquiries.ask(partial(owner_of, ticket)) == seen
    assert inquiries.ask(lambda line: line.ask(questions.OWNER, "ticket", uuid.uuid4())) is None

    def ask() -> None:
        inquiries.ask(lambda line: line.ask(questions.OWNER, "agent_scope", uuid.uuid4()))

    with pytest.raises(NotOffered):
        ask()
