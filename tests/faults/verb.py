"""What an agent does at a desk, by the program's own verbs; each says what it saved.

A verb returns the table, the record and the values that must stand at the centre in the end.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import agent_desktop.sync.connection
import agent_desktop.sync.sign_in
import agent_desktop.sync.syncer  # noqa: F401 (the nursery imports all before it forks)
from agent_desktop.models.account import verbs as account
from agent_desktop.models.account.values import AccountDraft, NewAccount
from agent_desktop.models.interaction import verbs as interaction
from agent_desktop.models.interaction.values import NewInteraction
from agent_desktop.models.service_order import verbs as service_order
from agent_desktop.models.service_order.values import NewServiceOrder
from agent_desktop.models.store.stores import Stores
from agent_desktop.models.ticket import verbs as ticket
from agent_desktop.models.ticket.values import NewTicket

Saved = dict[str, Any]


def _saved(table: str, record: UUID, **values: object) -> Saved:
    return {"table": table, "record": str(record), "values": values}


def contact(stores: Stores, token: str, account_id: str) -> Saved:
    """A contact begins: a protocol number is given."""
    new = NewInteraction(queue=token, number="+5511987654321", account_id=UUID(account_id))
    made = interaction.begin(stores, new)
    values = {"protocol": made.protocol, "queue": token, "account_id": account_id}
    return _saved("interaction", made.id, **values)


def notes(stores: Stores, record: str, text: str) -> Saved:
    """The notes of a contact, whole."""
    made = interaction.note(stores, UUID(record), text)
    return _saved("interaction", made.id, notes=text)


def finish(stores: Stores, record: str, reason: str) -> Saved:
    """The contact is over."""
    made = interaction.finish(stores, UUID(record), reason)
    return _saved("interaction", made.id, status="finished", reason=reason)


def new_ticket(
    stores: Stores, token: str, account_id: str, text: str, interaction_id: str | None = None
) -> Saved:
    """A ticket with its number."""
    contact_id = UUID(interaction_id) if interaction_id else None
    new = NewTicket(
        UUID(account_id), f"{token} {text}", description=text, interaction_id=contact_id
    )
    made = ticket.create(stores, new)
    values = {"number": made.number, "subject": f"{token} {text}", "description": text}
    return _saved("ticket", made.id, **values)


def ticket_note(stores: Stores, token: str, record: str, text: str) -> Saved:
    """A note to a ticket."""
    made = ticket.add_note(stores, UUID(record), f"{token} {text}")
    return _saved("ticket_note", made.id, text=f"{token} {text}", ticket_id=record)


def order(stores: Stores, token: str, account_id: str, text: str) -> Saved:
    """A service order with its number."""
    made = service_order.create(
        stores, NewServiceOrder(UUID(account_id), f"{token} {text}", note=text)
    )
    values = {"number": made.number, "title": f"{token} {text}", "note": text}
    return _saved("service_order", made.id, **values)


def customer(stores: Stores, record: str, text: str) -> Saved:
    """The note about a customer, merged field by field at the centre."""
    base = account.get(stores, UUID(record))
    made = account.change(stores, AccountDraft(base, {"note": text}))
    return _saved("account", made.id, note=text)


def new_customer(stores: Stores, token: str, text: str) -> Saved:
    """A customer with a number."""
    made = account.create(stores, NewAccount(f"{token} {text}"))
    return _saved("account", made.id, number=made.number, name=f"{token} {text}")


VERBS: dict[str, Callable[..., Saved]] = {
    verb.__name__: verb
    for verb in (contact, notes, finish, new_ticket, ticket_note, order, customer, new_customer)
}
