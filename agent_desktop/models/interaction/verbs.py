"""Interactions: one contact with a customer, from its protocol number to "finished".

An interaction and a call are two lives: an interaction may have several calls or none, and it
stays open after the last of them until the agent finishes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, delete, func, select
from uuid6 import uuid7

from agent_desktop.errors import Refused
from agent_desktop.models.account.record import Account
from agent_desktop.models.interaction.record import (
    Interaction,
    InteractionCall,
    InteractionDirection,
    InteractionStatus,
)
from agent_desktop.models.interaction.values import NewInteraction as NewInteraction
from agent_desktop.models.kind import Kind, OnMove
from agent_desktop.models.kinds import BY_NAME, KINDS
from agent_desktop.models.rules import phone_number
from agent_desktop.models.rules.business_time import local_day
from agent_desktop.models.rules.dial_plan import DialPlan
from agent_desktop.models.store import intent as pending
from agent_desktop.models.store import local, tables
from agent_desktop.models.store import numbers as number
from agent_desktop.models.store.changes import changes_of
from agent_desktop.models.store.intent import Effect, Intent, Op, State
from agent_desktop.models.store.reading import Reading, reading
from agent_desktop.models.store.stores import Stores

#: How many earlier contacts of a number are looked up.
MOST_RECENT = 10
#: What an `interaction.call` tells of a call.
_SAID_OF_A_CALL = (
    "interaction_id", "pbx_call_id", "direction", "number", "display_name", "queue", "dialled",
    "started_at", "answered_at", "ended_at", "end_reason", "end_status", "transferred_to",
    "codec", "jitter_ms", "lost_percent", "delay_ms", "mos",
)  # fmt: skip
_TIMES_OF_A_CALL = ("started_at", "answered_at", "ended_at")


# -- reading ------------------------------------------------------------------------------------
def get(stores: Stores, interaction_id: UUID) -> Interaction:
    """The interaction; Refused({"": "unknown_record"}) if this desk does not have it."""
    with reading(stores) as r:
        return r.get(Interaction, interaction_id)


def open_of_agent(stores: Stores) -> tuple[Interaction, ...]:
    """This agent's interactions that are not finished, oldest first."""
    me, here = stores.site.agent.id, tables.MIRRORED["interaction"].c
    condition = (here.agent_id == me) & (here.status == InteractionStatus.OPEN.value)
    with reading(stores) as r:
        found = r.selected(Interaction, condition, lambda i: _is_mine_and_open(i, me))
    return tuple(sorted(found, key=lambda i: i.started_at or tables.EPOCH))


def _is_mine_and_open(interaction: Interaction, me: UUID) -> bool:
    return interaction.agent_id == me and interaction.status is InteractionStatus.OPEN


def recent_for_number(stores: Stores, e164: int) -> tuple[Interaction, ...]:
    """The latest contacts from or to a number, however it was written then, newest first."""
    written = _writings(e164)
    condition = tables.MIRRORED["interaction"].c.number.in_(written)
    with reading(stores) as r:
        found = r.selected(Interaction, condition, lambda i: i.number in written)
    newest = sorted(found, key=lambda i: i.started_at or tables.EPOCH, reverse=True)
    return tuple(newest[:MOST_RECENT])


def _writings(e164: int) -> frozenset[str]:
    """The ways PBXs write a number: +55..., 55..., without the country, with a trunk zero."""
    found: set[str] = set()
    for twin in phone_number.twins(e164):
        digits = str(twin)
        found |= {f"+{digits}", digits}
        if digits.startswith("55"):
            found |= {digits[2:], f"0{digits[2:]}"}
    return frozenset(found)


# -- beginning and changing ---------------------------------------------------------------------
def begin(stores: Stores, new: NewInteraction) -> Interaction:
    """Begin a contact: it has its protocol number at once, also with the centre down.

    Refused({"": "numbers_used_up"}) when this desk has no number left.
    """
    now, me, interaction_id = stores.clock.now(), stores.site.agent, uuid7()
    said = {
        "account_id": new.account_id,
        "channel": new.channel,
        "direction": new.direction,
        "number": _public(stores, new.direction, new.number),
        "queue": new.queue,
        "dialled": new.dialled,
    }
    with stores.local.writing() as c:
        said["protocol"] = number.take(c, "protocol", local_day(now, stores.site.time_zone))
        shown = {
            **said,
            "agent_id": me.id,
            "agent_name": me.name,
            "started_at": now,
            "status": InteractionStatus.OPEN,
            "verified_count": 0,
            "verified_needed": 0,
        }
        effect = Effect("interaction", interaction_id, new.account_id, Op.INSERT, shown)
        intent = Intent("interaction.begin", {"id": interaction_id, **said, "at": now}, (effect,))
        pending.put(c, intent)
    stores.changed(intent.changes())
    return get(stores, interaction_id)


def assign(
    stores: Stores, interaction_id: UUID, account_id: UUID, contact_id: UUID | None = None
) -> Interaction:
    """The caller is known: the interaction belongs to this account (and contact).

    One that belongs to another account already is moved with everything in it.
    """
    with reading(stores) as r:
        found = _mine(r, interaction_id)
        r.get(Account, account_id)
        calls = r.where(InteractionCall, interaction_id=interaction_id)
    if found.account_id not in (None, account_id):
        move(stores, interaction_id, account_id)
        return _change(stores, interaction_id, account_id, {"contact_id": contact_id})
    moved = tuple(
        Effect("interaction_call", call.id, account_id, Op.CHANGE, {"account_id": account_id})
        for call in calls
    )
    values = {"account_id": account_id, "contact_id": contact_id}
    return _change(stores, interaction_id, account_id, values, moved)


def note(stores: Stores, interaction_id: UUID, text: str) -> Interaction:
    """Keep the call notes, whole. Notes not sent yet are replaced, not sent one by one."""
    with reading(stores) as r:
        found = _mine(r, interaction_id)
    if text == found.notes:
        return found
    intent = _change_intent(interaction_id, found.account_id, {"notes": text})
    with stores.local.writing() as c:
        _drop_unsent_notes(c, interaction_id)
        pending.put(c, intent)
    stores.changed(intent.changes())
    return get(stores, interaction_id)


def _drop_unsent_notes(c: Connection, interaction_id: UUID) -> None:
    """Take back earlier notes that were never offered to the centre; nothing builds on them."""
    intent, payload = local.intent.c, local.intent.c.payload
    old = select(intent.n).where(
        intent.kind == "interaction.change",
        intent.state == State.UNSENT.value,
        intent.tried == 0,
        func.json_extract(payload, "$.id") == str(interaction_id),
        func.json_extract(payload, "$.set.notes").is_not(None),
    )
    numbers = list(c.execute(old).scalars())
    c.execute(delete(local.effect).where(local.effect.c.n.in_(numbers)))
    c.execute(delete(local.intent).where(intent.n.in_(numbers)))


def set_reason(stores: Stores, interaction_id: UUID, code: str) -> Interaction:
    """Give the reason of the contact; may be done while it lasts."""
    return _changed(stores, interaction_id, {"reason": code})


def act_for(stores: Stores, interaction_id: UUID, name: str) -> Interaction:
    """The caller speaks for the customer and is called `name`."""
    return _changed(stores, interaction_id, {"acting_for": name.strip()})


def _changed(stores: Stores, interaction_id: UUID, values: Mapping[str, Any]) -> Interaction:
    with reading(stores) as r:
        found = _mine(r, interaction_id)
    if all(getattr(found, name) == value for name, value in values.items()):
        return found
    return _change(stores, interaction_id, found.account_id, values)


def _change(
    stores: Stores,
    interaction_id: UUID,
    account_id: UUID | None,
    values: Mapping[str, Any],
    also: tuple[Effect, ...] = (),
) -> Interaction:
    pending.save(stores, _change_intent(interaction_id, account_id, values, also))
    return get(stores, interaction_id)


def _change_intent(
    interaction_id: UUID,
    account_id: UUID | None,
    values: Mapping[str, Any],
    also: tuple[Effect, ...] = (),
) -> Intent:
    effect = Effect("interaction", interaction_id, account_id, Op.CHANGE, values)
    payload = {"id": interaction_id, "set": values}
    return Intent("interaction.change", payload, (effect, *also))


def log_call(stores: Stores, call: InteractionCall) -> InteractionCall:
    """Write down a call of this agent; the same call again (when it was answered, when it
    ended) completes it. Its times are by this desk's clock, as the phone process goes.

    A call nobody answered has no interaction; it may name the account it was meant for. Which
    account a call of an interaction belongs to, the interaction says.
    """
    account_id = call.account_id
    if call.interaction_id is not None:
        with reading(stores) as r:
            account_id = r.get(Interaction, call.interaction_id).account_id
    said = {name: getattr(call, name) for name in _SAID_OF_A_CALL}
    for name in _TIMES_OF_A_CALL:
        said[name] = stores.clock.of(said[name]) if said[name] else None
    said["number"] = _public(stores, call.direction, call.number)
    if call.interaction_id is None:
        said["account_id"] = account_id
    shown = {**said, "account_id": account_id, "agent_id": stores.site.agent.id}
    effect = Effect("interaction_call", call.id, account_id, Op.INSERT, shown)
    pending.save(stores, Intent("interaction.call", {"id": call.id, **said}, (effect,)))
    with reading(stores) as r:
        return r.get(InteractionCall, call.id)


def _public(stores: Stores, direction: InteractionDirection, number: str) -> str:
    """The number as it is written down: what was dialled without the prefixes the PBX wants."""
    if direction is not InteractionDirection.OUTBOUND:
        return number
    return DialPlan(stores.site.dial_plan).number(number).again or number


def finish(stores: Stores, interaction_id: UUID, reason: str) -> Interaction:
    """Close the interaction. Refused: `reason` is `reason_missing`, or `` is `not_yours`."""
    if not reason:
        raise Refused({"reason": "reason_missing"})
    with reading(stores) as r:
        found = _mine(r, interaction_id)
    if found.status is InteractionStatus.FINISHED:
        return found
    now = stores.clock.now()
    values = {"status": InteractionStatus.FINISHED, "reason": reason, "ended_at": now}
    effect = Effect("interaction", interaction_id, found.account_id, Op.CHANGE, values)
    payload = {"id": interaction_id, "reason": reason, "at": now}
    pending.save(stores, Intent("interaction.finish", payload, (effect,)))
    return get(stores, interaction_id)


def _mine(r: Reading, interaction_id: UUID) -> Interaction:
    """The interaction, if it is this agent's."""
    found = r.get(Interaction, interaction_id)
    if found.agent_id != r.stores.site.agent.id:
        raise Refused({"": "not_yours"})
    return found


# -- the wrong account --------------------------------------------------------------------------
def move(stores: Stores, interaction_id: UUID, account_id: UUID) -> Interaction:
    """The interaction is another customer's: it goes there with all that was written in it.

    What belongs to the first account alone stays there: its contact, its units and meters, and
    the verification of the caller, who must be asked anew.
    """
    with reading(stores) as r:
        found = _mine(r, interaction_id)
        if r.find(Account, account_id) is None:
            raise Refused({"": "unknown_account"})
        if found.account_id == account_id:
            return found
        effects = _moved(r, found, account_id)
    intent = Intent("interaction.move", {"id": interaction_id, "account_id": account_id}, effects)
    with stores.local.writing() as c:
        pending.put(c, intent)
    left = [("account", found.account_id, None)] if found.account_id else []
    stores.changed(intent.changes() | changes_of(left))
    return get(stores, interaction_id)


def _moved(r: Reading, interaction: Interaction, to: UUID) -> tuple[Effect, ...]:
    """What moving does to every record written in the interaction."""
    here = interaction.id
    effects = [
        _to("interaction", here, to, {"contact_id": None, "verified_count": 0}),
        *(
            _to("interaction_call", call.id, to)
            for call in r.where(InteractionCall, interaction_id=here)
        ),
    ]
    if interaction.account_id is None:
        return tuple(effects)
    for kind in KINDS:
        if not kind.parent and any(tie.column == "interaction_id" for tie in kind.ties):
            for one in r.of_account(kind.record, interaction.account_id):
                if one.interaction_id == here:
                    effects += _with_parts(r, kind, one.id, to)
    return tuple(effects)


def _with_parts(r: Reading, kind: Kind[Any], record_id: UUID, to: UUID) -> list[Effect]:
    """A record goes with its parts; what it refers to of the first account stays there."""
    left = {tie.column: None for tie in kind.ties if tie.on_move is OnMove.CLEAR}
    effects = [_to(kind.name, record_id, to, left)]
    for part in map(BY_NAME.__getitem__, kind.parts):
        rows = r.where(part.record, **{part.parent: record_id})
        effects += [_to(part.name, row.id, to) for row in rows]
    return effects


def _to(
    table: str, record_id: UUID, account_id: UUID, values: Mapping[str, Any] | None = None
) -> Effect:
    moved = {"account_id": account_id, **(values or {})}
    return Effect(table, record_id, account_id, Op.CHANGE, moved)
