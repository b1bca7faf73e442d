"""What a person needs to deal with returned work: the work and its record as it is now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from agent_desktop.errors import Refused
from agent_desktop.models.account import verbs as accounts
from agent_desktop.models.account.record import Account
from agent_desktop.models.account.values import AccountDraft
from agent_desktop.models.store import draft, outbox
from agent_desktop.models.store.draft import DraftField
from agent_desktop.models.store.reading import reading
from agent_desktop.models.store.stores import Stores
from agent_desktop.models.ticket import verbs as tickets
from agent_desktop.models.ticket.record import Ticket
from agent_desktop.models.ticket.values import TicketDraft
from agent_desktop.models.work import work_item
from agent_desktop.models.work.work_item import ReturnedWork

#: What of a refused ticket a new form can take over.
_OF_TICKET = ("subject", "description", "category", "kind", "complaint_type", "priority")


@dataclass(frozen=True, slots=True)
class Returned:
    """Returned work with its customer, and the record as this desk sees it now."""

    work: ReturnedWork
    account: Account | None
    ticket: Ticket | None


def look(stores: Stores, n: int) -> Returned:
    """One returned work; Refused({"": "unknown_record"}) once it has been dealt with."""
    work = work_item.find(stores, n)
    if work is None:
        raise Refused({"": "unknown_record"})
    account_id = work.account_id or _uuid(work.mine.get("account_id"))
    with reading(stores) as r:
        account = r.find(Account, account_id) if account_id else None
        is_ticket = work.table == "ticket" and work.record_id is not None
        ticket = r.find(Ticket, work.record_id) if is_ticket and work.record_id else None
    return Returned(work, account, ticket)


def settle(stores: Stores, found: Returned, values: Mapping[str, str]) -> None:
    """The person has chosen for each field in conflict: send what differs from theirs, the
    theirs that was shown; if it was changed once more, that is a conflict again."""
    theirs = {name: told["value"] for name, told in found.work.theirs.items() if name in values}
    if found.work.table == "account" and found.account is not None:
        accounts.change(stores, AccountDraft(replace(found.account, **theirs), values))
    elif found.ticket is not None:
        tickets.change(stores, TicketDraft(replace(found.ticket, **theirs), values))
    work_item.done(stores, found.work.n)


def write_again(stores: Stores, work: ReturnedWork) -> None:
    """Put what was written into the form of a new ticket of the same account."""
    mine = work.mine
    fields = {name: DraftField(str(mine[name]), 0) for name in _OF_TICKET if mine.get(name)}
    draft.save(stores, f"ticket:new:{mine['account_id']}", fields)


def send_again(stores: Stores, n: int) -> None:
    """Offer once more what was set aside because the centre failed at it."""
    with stores.local.writing() as c:
        changes = outbox.offer_again(c, n)
    stores.changed(changes)


def _uuid(text: object) -> UUID | None:
    return UUID(str(text)) if text else None
