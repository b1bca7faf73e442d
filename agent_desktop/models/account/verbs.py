"""Accounts: what is known about a customer, and changing it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from uuid import UUID

from uuid6 import uuid7

from agent_desktop.errors import Refused
from agent_desktop.models.account import alerts
from agent_desktop.models.account.record import (
    ADDRESS,
    Account,
    AccountKind,
    Contact,
    FactKind,
    Phone,
    Segment,
    Stage,
)
from agent_desktop.models.account.values import AccountDraft as AccountDraft
from agent_desktop.models.account.values import Glance as Glance
from agent_desktop.models.account.values import NewAccount as NewAccount
from agent_desktop.models.account.values import NewPhone as NewPhone
from agent_desktop.models.account.values import Overview as Overview
from agent_desktop.models.installed_base.record import Contract, Invoice, Meter, Outage, Unit
from agent_desktop.models.interaction.record import Interaction
from agent_desktop.models.rules import phone_number, security_question, tax_id
from agent_desktop.models.rules.business_time import local_day
from agent_desktop.models.rules.text_fold import fold
from agent_desktop.models.service_order.record import ServiceOrder
from agent_desktop.models.store import directory, opened_accounts, tables
from agent_desktop.models.store import intent as pending
from agent_desktop.models.store import numbers as number
from agent_desktop.models.store.intent import Effect, Intent, Op
from agent_desktop.models.store.reading import Reading, reading
from agent_desktop.models.store.stores import Stores
from agent_desktop.models.ticket.record import Ticket

#: What an agent may change in an account.
CHANGEABLE = ("name", "kind", "segment", "stage", "language", "email", "note", *ADDRESS)
#: How many interactions and bills the account page gets.
MOST_INTERACTIONS = 50
MOST_INVOICES = 24
#: How many accounts with one tax id are looked at.
MOST_TWINS = 20
MOST_OUTAGES = 20

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]{2,}")
_STATES = frozenset(
    "AC AL AP AM BA CE DF ES GO MA MT MS MG PA PB PR PE PI RJ RN RS RO RR SC SP SE TO".split()
)


# -- reading ------------------------------------------------------------------------------------
def get(stores: Stores, account_id: UUID) -> Account:
    """The account; Refused({"": "unknown_record"}) if this desk does not have it."""
    with reading(stores) as r:
        return r.get(Account, account_id)


def known(stores: Stores, account_id: UUID, stub: Account | None = None) -> Account:
    """The account as this desk knows it. With a `stub` the centre knows it: that stands for it
    where nothing is known here, and the rest is fetched."""
    if stub is None:
        return get(stores, account_id)
    opened_accounts.ask_for(stores, account_id)
    with reading(stores) as r:
        return r.find(Account, account_id) or stub


def overview(stores: Stores, account_id: UUID) -> Overview:
    """Everything the account page shows, as it was at one moment."""
    now = stores.clock.now()
    with reading(stores) as r:
        account = r.get(Account, account_id)
        units = r.of_account(Unit, account_id)
        tickets = r.of_account(Ticket, account_id)
        interactions = r.of_account(Interaction, account_id,
            newest="started_at", most=MOST_INTERACTIONS,
        )  # fmt: skip
        invoices = r.of_account(Invoice, account_id, newest="due_on", most=MOST_INVOICES)
        contracts = r.of_account(Contract, account_id)
        outages = _outages(r, units)
        found = Overview(
            account=account,
            phones=_by_preference(r.of_account(Phone, account_id)),
            contacts=r.of_account(Contact, account_id),
            units=units,
            meters=r.of_account(Meter, account_id),
            contracts=contracts,
            invoices=invoices,
            tickets=_tickets_by_need(tickets),
            orders=_newest_first(r.of_account(ServiceOrder, account_id)),
            interactions=newest_interactions(interactions),
            alerts=_alerts(stores, now, account, units, outages, invoices, contracts, tickets),
            outages=outages,
        )
    return found


def glance(stores: Stores, account_id: UUID) -> Glance:
    """The few lines shown beside a candidate while the call rings."""
    now = stores.clock.now()
    with reading(stores) as r:
        account = r.get(Account, account_id)
        units = r.of_account(Unit, account_id)
        tickets = r.of_account(Ticket, account_id)
        invoices = r.of_account(Invoice, account_id)
        last = r.of_account(Interaction, account_id, newest="started_at", most=1)
        outages = _outages(r, units)
    open_tickets = [ticket for ticket in tickets if ticket.status not in alerts.DONE]
    return Glance(
        account=account,
        alerts=_alerts(stores, now, account, units, outages, invoices, (), tickets),
        open_tickets=len(open_tickets),
        second_level_tickets=sum(ticket.level > 1 for ticket in open_tickets),
        last_interaction=next(iter(newest_interactions(last)), None),
    )


def newest_interactions(interactions: tuple[Interaction, ...]) -> tuple[Interaction, ...]:
    """The newest first."""
    return tuple(sorted(interactions, key=lambda i: i.started_at or tables.EPOCH, reverse=True))


def _alerts(
    stores: Stores,
    now: datetime,
    account: Account,
    units: tuple[Unit, ...],
    outages: tuple[Outage, ...],
    invoices: tuple[Invoice, ...],
    contracts: tuple[Contract, ...],
    tickets: tuple[Ticket, ...],
) -> tuple[alerts.Alert, ...]:
    today = local_day(now, stores.site.time_zone)
    return alerts.alerts(
        account, units, outages, invoices, contracts, tickets, now=now, today=today
    )


def _outages(r: Reading, units: tuple[Unit, ...]) -> tuple[Outage, ...]:
    """The open outages of the feeders that supply these units."""
    feeders = {unit.feeder for unit in units if unit.feeder}
    if not feeders:
        return ()
    marks = ", ".join("?" * len(feeders))
    return r.matching(
        Outage,
        f"ended_at IS NULL AND feeder IN ({marks})",
        tuple(feeders),
        lambda outage: outage.ended_at is None,
        MOST_OUTAGES,
    )


def _by_preference(phones: tuple[Phone, ...]) -> tuple[Phone, ...]:
    """The preferred number first, numbers no longer valid last."""
    return tuple(sorted(phones, key=lambda p: (p.valid_until is not None, not p.preferred)))


def _tickets_by_need(tickets: tuple[Ticket, ...]) -> tuple[Ticket, ...]:
    """Open ones first by their due time, then the closed ones, the newest first."""
    far = datetime.max.replace(tzinfo=UTC)
    still = [ticket for ticket in tickets if ticket.status not in alerts.DONE]
    done = [ticket for ticket in tickets if ticket.status in alerts.DONE]
    return (
        *sorted(still, key=lambda ticket: ticket.due_at or far),
        *sorted(done, key=lambda ticket: ticket.created_at or tables.EPOCH, reverse=True),
    )


def _newest_first(orders: tuple[ServiceOrder, ...]) -> tuple[ServiceOrder, ...]:
    return tuple(sorted(orders, key=lambda order: order.created_at or tables.EPOCH, reverse=True))


# -- changing -----------------------------------------------------------------------------------
def change(stores: Stores, draft: AccountDraft) -> Account:
    """Send what differs from the account as the form got it; nothing if nothing does.

    Refused at the field: `missing`, `wrong_email`, `wrong_postcode`, `unknown`, `not_changeable`.
    """
    changed = _changed(draft)
    if changed:
        base = {name: getattr(draft.base, name) for name in changed}
        payload = {"id": draft.base.id, "base": base, "set": changed}
        values = {**changed, **_stamp(stores)}
        if "name" in changed:
            values["folded_name"] = fold(changed["name"])
        effect = Effect("account", draft.base.id, draft.base.id, Op.CHANGE, values)
        pending.save(stores, Intent("account.change", payload, (effect,)))
    return get(stores, draft.base.id)


def _changed(draft: AccountDraft) -> dict[str, str]:
    """The fields that differ, checked; with one field of the address all of them."""
    typed = {name: value.strip() for name, value in draft.values.items()}
    wrong = {name: "not_changeable" for name in typed if name not in CHANGEABLE}
    if wrong:
        raise Refused(wrong)
    changed = {name: v for name, v in typed.items() if v != getattr(draft.base, name)}
    _check(changed)
    if any(name in changed for name in ADDRESS):
        changed |= {name: typed.get(name, getattr(draft.base, name)) for name in ADDRESS}
    return changed


def _check(typed: Mapping[str, str]) -> None:
    """Raise Refused with every field that cannot be saved."""
    wrong: dict[str, str] = {}
    if "name" in typed and not typed["name"]:
        wrong["name"] = "missing"
    if typed.get("email") and not _EMAIL.fullmatch(typed["email"]):
        wrong["email"] = "wrong_email"
    if typed.get("postcode") and len(re.sub(r"\D", "", typed["postcode"])) != 8:
        wrong["postcode"] = "wrong_postcode"
    if typed.get("state_code") and typed["state_code"] not in _STATES:
        wrong["state_code"] = "unknown"
    for name, words in (("kind", AccountKind), ("segment", Segment), ("stage", Stage)):
        if name in typed and typed[name] not in {word.value for word in words if word}:
            wrong[name] = "unknown"
    if wrong:
        raise Refused(wrong)


def create(stores: Stores, new: NewAccount) -> Account:
    """Make an account at once, with its number; the centre checks again.

    Refused at the field: name `missing`; email `wrong_email`; tax_id as tax_id.parse says or
    `duplicate_tax_id` (details: account_id); phones.<n> `wrong_phone`.
    """
    name, email = " ".join(new.name.split()), new.email.strip()
    _check({"name": name, "email": email})
    document = tax_id.parse(new.tax_id) if new.tax_id.strip() else None
    if document is not None:
        _refuse_duplicate(stores, document)
    account_id, phones = uuid7(), _new_phones(new.phones)
    now = stores.clock.now()
    today = local_day(now, stores.site.time_zone)
    values = {
        "name": name, "kind": new.kind, "stage": new.stage, "language": new.language,
        "email": email, "note": new.note.strip(),
    }  # fmt: skip
    with stores.local.writing() as c:
        given = number.take(c, "account", today)
        payload = {"id": account_id, "number": given, **values, "phones": phones}
        if document is not None:
            payload["tax_id"] = document.value
        shown = {
            **values, **_tax_id_values(stores, document), **_stamp(stores), "number": given,
            "active": True, "erp_state": "none", "folded_name": fold(name),
            "segment": "commercial" if new.kind is AccountKind.COMPANY else "residential",
        }  # fmt: skip
        effects = [Effect("account", account_id, account_id, Op.INSERT, shown)]
        effects += [
            _phone_effect(account_id, None, phone, today, preferred=at == 0)
            for at, phone in enumerate(phones)
        ]
        intent = Intent("account.create", payload, tuple(effects))
        pending.put(c, intent)
    stores.changed(intent.changes())
    return get(stores, account_id)


def add_phone(
    stores: Stores, account_id: UUID, new: NewPhone, contact_id: UUID | None = None
) -> Phone:
    """Add a number to an account (or to one of its contacts); Refused if it cannot be read."""
    (phone,) = _new_phones((new,))
    payload = {**phone, "account_id": account_id, "contact_id": contact_id}
    today = local_day(stores.clock.now(), stores.site.time_zone)
    effect = _phone_effect(account_id, contact_id, phone, today)
    pending.save(stores, Intent("phone.add", payload, (effect,)))
    with reading(stores) as r:
        return r.get(Phone, effect.id)


def _new_phones(phones: tuple[NewPhone, ...]) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for at, new in enumerate(phones):
        if not new.written.strip():
            continue
        for read in phone_number.parse_many(new.written):
            if not read.e164 and not read.national:
                raise Refused({f"phones.{at}": "wrong_phone"})
            found.append({
                "id": uuid7(), "written": read.written, "e164": read.e164,
                "extension": read.extension, "kind": new.kind,
            })  # fmt: skip
    return found


def _phone_effect(
    account_id: UUID,
    contact_id: UUID | None,
    phone: Mapping[str, object],
    today: date,
    preferred: bool = False,
) -> Effect:
    values = {name: value for name, value in phone.items() if name != "id"}
    values |= {"account_id": account_id, "contact_id": contact_id, "valid_from": today}
    values["preferred"] = preferred
    phone_id = phone["id"]
    assert isinstance(phone_id, UUID)
    return Effect("phone", phone_id, account_id, Op.INSERT, values)


def _refuse_duplicate(stores: Stores, document: tax_id.TaxId) -> None:
    """Refuse a tax id that another account has, as far as this desk can know."""
    with reading(stores) as r:
        twin = next(iter(by_tax_id(r, document.value)), None)
    if twin is not None:
        raise Refused({"tax_id": "duplicate_tax_id"}, account_id=twin.id, number=twin.number)


def by_tax_id(r: Reading, value: str) -> tuple[Account, ...]:
    """The accounts with a tax id (only letters and digits); found by its digest."""
    wanted = security_question.digest(r.stores.site.fact_key, FactKind.TAX_ID, value)
    ids = directory.ids_of_tax_id(r.c, wanted, MOST_TWINS)
    return r.accounts(ids, tax_id_digest=wanted)


def _tax_id_values(stores: Stores, document: tax_id.TaxId | None) -> dict[str, object]:
    """What the desk may know of a tax id, as the centre will tell it."""
    if document is None:
        return {}
    return {
        "tax_id_kind": document.kind,
        "tax_id_masked": tax_id.masked(document),
        "tax_id_digest": security_question.digest(
            stores.site.fact_key, FactKind.TAX_ID, document.value
        ),
    }


def _stamp(stores: Stores) -> dict[str, object]:
    return {"updated_at": stores.clock.now(), "updated_by": stores.site.agent.name}
