"""Do not call: whom the agent must not simply dial, and what is written down about it.

The wish belongs to a number (`phone.do_not_call`, with the reason and the day). It asks before
dialling and forbids nothing: a person decides, and both the wish and the decision are kept. It is
never asked about

* emergency numbers, whatever stands in a customer's record;
* extensions and services, which are nobody's;
* a call back into an open interaction the customer began: who has just rung about a matter wants
  to be rung about it, and that wish is the younger one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from uuid6 import uuid7

from agent_desktop.models.account.identification import phones_with
from agent_desktop.models.account.record import Account, Contact, Phone
from agent_desktop.models.interaction.record import (
    Interaction,
    InteractionDirection,
    InteractionStatus,
)
from agent_desktop.models.rules import phone_number
from agent_desktop.models.rules.business_time import local_day
from agent_desktop.models.rules.dial_plan import Dialled, DialPlan, NumberKind
from agent_desktop.models.rules.number_meaning import PhoneNumber
from agent_desktop.models.store import intent as pending
from agent_desktop.models.store.intent import Effect, Intent, Op
from agent_desktop.models.store.reading import Reading, reading
from agent_desktop.models.store.stores import Stores


class PermitReason(StrEnum):
    """Why a number may be dialled at once, or not."""

    NOBODY_ASKED = "nobody_asked"
    EMERGENCY = "emergency"
    NOT_PUBLIC = "not_public"
    CALL_BACK = "call_back"
    DO_NOT_CALL = "do_not_call"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Wish:
    """A customer's wish not to be called on a number; `name` is the contact's if it is theirs.
    `reason` is what somebody wrote down, plain text."""

    phone_id: UUID
    account_id: UUID
    name: str
    reason: str = ""
    on: date | None = None


@dataclass(frozen=True, slots=True)
class CallPermit:
    """Whether `dialled` may be called without asking. Not `allowed` with DO_NOT_CALL: ask the
    agent and tell `answered` what they chose; with UNREADABLE there is nothing to dial."""

    allowed: bool
    reason: PermitReason
    dialled: Dialled
    wishes: tuple[Wish, ...] = ()

    @property
    def accounts(self) -> tuple[UUID, ...]:
        """The accounts that asked not to be called on this number."""
        return tuple(dict.fromkeys(wish.account_id for wish in self.wishes))


def may_call(stores: Stores, number: str, interaction_id: UUID | None = None) -> CallPermit:
    """Whether the number, as it was written, may be dialled at once.

    `interaction_id` is the interaction the call is to belong to, if there is one.
    """
    dialled = DialPlan(stores.site.dial_plan).number(number)
    if dialled.kind is NumberKind.EMERGENCY:
        return CallPermit(True, PermitReason.EMERGENCY, dialled)
    if dialled.kind is NumberKind.UNREADABLE:
        return CallPermit(False, PermitReason.UNREADABLE, dialled)
    if dialled.kind not in (NumberKind.NATIONAL, NumberKind.INTERNATIONAL):
        return CallPermit(True, PermitReason.NOT_PUBLIC, dialled)
    read = phone_number.parse(dialled.again, area=stores.site.dial_plan.area_code)
    with reading(stores) as r:
        wishes = _wishes(r, read)
        if not wishes:
            return CallPermit(True, PermitReason.NOBODY_ASKED, dialled)
        if _is_call_back(r, interaction_id, read, wishes):
            return CallPermit(True, PermitReason.CALL_BACK, dialled, wishes)
    return CallPermit(False, PermitReason.DO_NOT_CALL, dialled, wishes)


def answered(
    stores: Stores, permit: CallPermit, dial: bool, interaction_id: UUID | None = None
) -> None:
    """Write down that the agent was told of the wish, and what they chose: one line of the
    centre's audit for each account that had asked."""
    now = stores.clock.now()
    intents = [
        Intent("call.asked", {
            "id": uuid7(), "number": permit.dialled.again, "account_id": account,
            "interaction_id": interaction_id, "dialled": dial, "at": now,
            "wishes": [wish.phone_id for wish in permit.wishes if wish.account_id == account],
        })
        for account in permit.accounts
    ]  # fmt: skip
    if intents:
        pending.save(stores, *intents)


def set_do_not_call(stores: Stores, phone_id: UUID, wish: bool, reason: str = "") -> Phone:
    """Keep the customer's wish about a number, or its end; Refused({"": "unknown_record"})."""
    with reading(stores) as r:
        phone = r.get(Phone, phone_id)
    now = stores.clock.now()
    values = {
        "do_not_call": wish,
        "do_not_call_reason": reason.strip() if wish else "",
        "do_not_call_on": local_day(now, stores.site.time_zone) if wish else None,
    }
    effect = Effect("phone", phone_id, phone.account_id, Op.CHANGE, values)
    payload = {"id": phone_id, "do_not_call": wish, "reason": reason.strip(), "at": now}
    pending.save(stores, Intent("phone.consent", payload, (effect,)))
    with reading(stores) as r:
        return r.get(Phone, phone_id)


def _wishes(r: Reading, number: PhoneNumber) -> tuple[Wish, ...]:
    """The wishes that hold for a number now; a number that passed on takes no wish along."""
    today = local_day(r.stores.clock.now(), r.stores.site.time_zone)
    phones = [
        phone
        for phone in phones_with(r, number)
        if phone.do_not_call and phone.account_id and (phone.valid_until or date.max) >= today
    ]
    owners = r.by_ids(Account, {phone.account_id for phone in phones if phone.account_id})
    people = r.by_ids(Contact, {phone.contact_id for phone in phones if phone.contact_id})
    found = []
    for phone in phones:
        owner = owners.get(phone.account_id) if phone.account_id else None
        person = people.get(phone.contact_id) if phone.contact_id else None
        if owner is not None:
            name = person.name if person else owner.name
            wish = (phone.id, owner.id, name, phone.do_not_call_reason, phone.do_not_call_on)
            found.append(Wish(*wish))
    return tuple(found)


def _is_call_back(
    r: Reading, interaction_id: UUID | None, number: PhoneNumber, wishes: tuple[Wish, ...]
) -> bool:
    """Whether this goes back into an open contact which the same customer began."""
    found = r.find(Interaction, interaction_id)
    if found is None or found.direction is not InteractionDirection.INBOUND:
        return False
    if found.status is not InteractionStatus.OPEN:
        return False
    theirs = {wish.account_id for wish in wishes} == {found.account_id}
    if theirs or number.e164 is None:
        return theirs
    rang = phone_number.parse(found.number).e164
    return rang is not None and number.e164 in phone_number.twins(rang)
