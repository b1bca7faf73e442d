"""What the centre must make of intents, written down a second time and simply: the model that the
state machine (test_desks_machine.py) compares the centre with."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from agent_desktop.models.store.outbox import Parcel

ADDRESS = ("street", "house", "complement", "district", "city", "state_code", "postcode")
ACCOUNT_UNITS = (("email",), ("note",), ADDRESS)
TICKET_UNITS = (("priority",), ("status", "assignee_id"))
DONE = ("resolved", "closed")
ACCEPTED, REFUSED, CONFLICT = "accepted", "refused", "conflict"
Key = tuple[UUID, int]
Values = dict[str, Any]


class No(Exception):
    """The centre says no; the code."""


@dataclass(slots=True)
class Model:
    """Everything the machine's saves can touch; ids are text, as they stand in payloads."""

    scopes: dict[str, frozenset[str]]
    second_level: frozenset[str]
    agent_ids: dict[str, str]
    accounts: dict[str, Values] = field(default_factory=dict)
    tickets: dict[str, Values] = field(default_factory=dict)
    notes: dict[str, Values] = field(default_factory=dict)
    interactions: dict[str, Values] = field(default_factory=dict)
    results: dict[Key, tuple[str, str]] = field(default_factory=dict)

    def copy(self) -> Model:
        """The same at this moment."""
        return copy.deepcopy(self)

    def push(self, user: str, client: UUID, parcel: Parcel) -> tuple[str, str]:
        """What must be answered: state and code."""
        key = (client, parcel.n)
        if key not in self.results:
            self.results[key] = self._judge(user, client, parcel)
        return self.results[key]

    def _judge(self, user: str, client: UUID, parcel: Parcel) -> tuple[str, str]:
        fallen = (self.results.get((client, n), ("", ""))[0] for n in parcel.depends_on)
        if REFUSED in fallen:
            return REFUSED, "depends_on_refused"
        verb = getattr(self, "_" + parcel.kind.replace(".", "_"))
        try:
            merged = verb(user, json.loads(parcel.payload))
        except No as refused:
            return REFUSED, str(refused)
        return (CONFLICT, "changed_elsewhere") if merged is False else (ACCEPTED, "")

    # -- who sees what -----------------------------------------------------------------------
    def sees(self, user: str, account: str) -> bool:
        """Whether the account is there for this agent."""
        return account in self.accounts and self.accounts[account]["scope"] in self.scopes[user]

    def _seen_account(self, user: str, account: str) -> Values:
        if not self.sees(user, account):
            raise No("unknown_account")
        return self.accounts[account]

    def _seen_ticket(self, user: str, ticket: str) -> Values:
        found = self.tickets.get(ticket)
        if found is None or not self.sees(user, found["account_id"]):
            raise No("unknown_record")
        return found

    # -- intents -----------------------------------------------------------------------------
    def _account_create(self, user: str, p: Values) -> None:
        granted = self.scopes[user]
        scope = "company" if "company" in granted else min(granted)
        tax_id = p.get("tax_id")
        if tax_id and any(one["tax_id"] == tax_id for one in self.accounts.values()):
            raise No("duplicate_tax_id")
        empty = dict.fromkeys(ADDRESS, "")
        told = {name: p[name] for name in ("name", "email", "note", "number")}
        self.accounts[p["id"]] = {**empty, **told, "tax_id": tax_id, "scope": scope}

    def _account_change(self, user: str, p: Values) -> bool:
        return merge(self._seen_account(user, p["id"]), p, ACCOUNT_UNITS)

    def _interaction_begin(self, user: str, p: Values) -> None:
        self._seen_account(user, p["account_id"])
        self.interactions[p["id"]] = {name: p[name] for name in ("account_id", "protocol")}

    def _ticket_create(self, user: str, p: Values) -> None:
        self._seen_account(user, p["account_id"])
        told = {name: p[name] for name in ("account_id", "number", "subject", "priority")}
        assigned = {"assignee_id": self.agent_ids[user], "status": "open", "level": 1}
        self.tickets[p["id"]] = {**told, **assigned, "solution": ""}

    def _ticket_note(self, user: str, p: Values) -> None:
        self._write(user, p["id"], p["ticket_id"], p["text"])

    def _write(self, user: str, note: str, ticket: str, text: str) -> None:
        found = self._seen_ticket(user, ticket)
        told = {"account_id": found["account_id"], "ticket_id": ticket, "text": text}
        self.notes[note] = told

    def _ticket_escalate(self, user: str, p: Values) -> None:
        ticket = self._seen_ticket(user, p["id"])
        if ticket["status"] in DONE:
            raise No("closed")
        if ticket["level"] == 2:
            raise No("already_escalated")
        ticket.update(level=2, assignee_id=None, status="open")
        self._write(user, p["note_id"], p["id"], p["handover"])

    def _ticket_resolve(self, user: str, p: Values) -> None:
        ticket = self._seen_ticket(user, p["id"])
        if ticket["status"] in DONE:
            raise No("closed")
        if ticket["level"] == 2 and user not in self.second_level:
            raise No("not_allowed")
        ticket.update(status="resolved", solution=p["solution"])
        self._write(user, p["note_id"], p["id"], p["solution"])

    def _ticket_change(self, user: str, p: Values) -> bool:
        ticket = self._seen_ticket(user, p["id"])
        if ticket["status"] == "closed":
            raise No("closed")
        wished = {name: value for name, value in p["set"].items() if name != "assignee_name"}
        new = dict(ticket)
        merged = merge(new, {**p, "set": wished}, TICKET_UNITS)
        before, after = ticket["status"], new["status"]
        if after != before and (
            after == "resolved" or (after == "closed") != (before == "resolved")
        ):
            raise No("not_allowed")
        to = new["assignee_id"]
        if to not in (ticket["assignee_id"], None, self.agent_ids[user]):
            raise No("not_allowed")
        ticket.update(new)
        return merged

    # -- what administrators do --------------------------------------------------------------
    def erase(self, account: str) -> None:
        """The subject and every record of it."""
        del self.accounts[account]
        for records in (self.tickets, self.notes, self.interactions):
            for one in [one for one in records if records[one]["account_id"] == account]:
                del records[one]


def merge(record: Values, p: Mapping[str, Any], units: Iterable[tuple[str, ...]]) -> bool:
    """Put the wish into the record unit by unit; False if a unit was changed by others."""
    wish, base, clean = p["set"], p.get("base", {}), True
    for unit in units:
        wanted = {name: wish[name] for name in unit if name in wish}
        if all(record[name] == value for name, value in wanted.items()):
            continue
        if all(record[name] == base[name] for name in unit if name in base):
            record.update(wanted)
        else:
            clean = False
    return clean
