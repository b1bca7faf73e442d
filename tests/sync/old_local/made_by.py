"""How `local.db` beside this was made, with the code of commit 69df8b6 (22 November 2026), the
last before the house was rebuilt: `PYTHONPATH=<checkout of 69df8b6> python made_by.py DIR`.

It does not run on today's code and is not meant to: it tells what is in the file. All data are
invented. Keys and agent are those of tests/given.py.
"""
# ruff: noqa
# mypy: ignore-errors

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from agent_desktop.memory import NAME, _written
from agent_desktop.models import account as accounts
from agent_desktop.models import agent_log, draft, service_order, tables, ticket
from agent_desktop.models.agent import AgentState, AgentStatus
from agent_desktop.models.fact import digest
from agent_desktop.models.record import FactKind
from agent_desktop.models.value import NewTicket
from agent_desktop.session import Page, PageKind, Session
from agent_desktop.models import interaction
from agent_desktop.models.value import NewInteraction
from dataclasses import replace
from sqlalchemy import select
from tests import given
from tests.models.test_at_the_centre import work

MARINA, PEDRO, TEAM = UUID(int=101), UUID(int=102), UUID(int=902)
OPEN_TICKET = UUID(int=201)
RIGHTS = frozenset({"ticket.resolve_escalated", "order.confirm"})


def main(folder: Path) -> None:
    stores = given.some_stores(folder)
    stores.site = replace(stores.site, rights=RIGHTS)
    given.row(
        stores, "account", id=MARINA, number="100482913", name="Marina", house="218", active=True
    )
    given.row(stores, "account", id=PEDRO, number="100482914", name="Pedro", active=True)
    given.row(stores, "team", id=TEAM, name="Field operations", level=2)
    given.row(
        stores,
        "fact",
        account_id=MARINA,
        kind="birth_on",
        digest=digest(given.FACT_KEY, FactKind.BIRTH_ON, "1986-03-12"),
    )
    given.row(
        stores,
        "ticket",
        id=OPEN_TICKET,
        number="TK-20418",
        account_id=MARINA,
        subject="No supply",
        kind="request",
        status="open",
        level=1,
        assignee_id=given.AGENT.id,
    )
    work(stores, MARINA, PEDRO)
    for state, reason in ((AgentState.READY, ""), (AgentState.NOT_READY, "lunch")):
        agent_log.note(stores, AgentStatus(state, datetime.now(UTC), reason))
    here = interaction.begin(stores, NewInteraction(number="+5511955554444", account_id=MARINA))
    session = Session(
        "session-7",
        datetime.now(UTC),
        interaction=here,
        account=accounts.get(stores, MARINA),
        confirmed=True,
    )
    page = Page(PageKind.TICKET_NEW, MARINA, session.id)
    draft.save_window(stores, NAME, json.dumps(_written((session,), page)).encode())
    draft.save_window(stores, "main.geometry", b"\x01\xd9\xd0\xcb")
    text = draft.DraftField
    for place, fields in {
        "ticket:new:session-7": {"subject": text("Half a ticket", 4), "description": text("d", 1)},
        f"ticket:new:{MARINA}": {"subject": text("Ticket of an account", 3)},
        "order:new:session-7": {"title": text("Half an order", 5), "note": text("n", 1)},
        "account:new:session-7": {"name": text("Half an account", 6)},
        f"account:edit:{MARINA}": {"email": text("half@correio.ex", 4)},
        "notes:session-7": {"text": text("Half a note", 2)},
        f"ticket:{OPEN_TICKET}:reply": {"text": text("Half a reply", 4)},
        f"ticket:{OPEN_TICKET}:note": {"text": text("Half a ticket's note", 4)},
        f"ticket:{OPEN_TICKET}:escalate": {"handover": text("Half a handover", 4)},
        f"ticket:{OPEN_TICKET}:resolve": {"solution": text("Half a solution", 4)},
        "returned:7": {"email": text("half@again.ex", 4)},
    }.items():
        draft.save(stores, place, fields)
    with stores.local.reading() as c:
        for row in c.exec_driver_sql("SELECT kind, count(*) FROM intent GROUP BY kind"):
            print(*row)
    stores.local.close()
    stores.mirror.close()


main(Path(sys.argv[1]))
