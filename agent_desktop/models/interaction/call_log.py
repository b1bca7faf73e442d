"""The agent's own calls, newest first: also those nobody answered, which have no interaction.

A desk holds its agent's calls for as long as the centre keeps them (`crm.trim_calls`), and shows
those of the last 30 days. Calls of other agents come to a desk only as part of a customer's
history. What is not sent yet is laid over the mirror, so a call is in the list the moment it
ended, with the centre up or down.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from uuid import UUID

from agent_desktop.models.account.identification import phones_with
from agent_desktop.models.account.record import Account
from agent_desktop.models.agent.record import AgentRow
from agent_desktop.models.interaction.record import InteractionCall, InteractionDirection
from agent_desktop.models.rules import phone_number
from agent_desktop.models.rules.business_time import local_day
from agent_desktop.models.rules.number_meaning import PhoneNumber
from agent_desktop.models.store import intent as pending
from agent_desktop.models.store import tables
from agent_desktop.models.store.intent import Effect, Intent, Op
from agent_desktop.models.store.reading import Reading, reading
from agent_desktop.models.store.stores import Stores

#: How far back the list goes.
KEPT = timedelta(days=30)
#: How many calls of the list are asked for at once.
MOST_CALLS = 200
#: The newest calls looked at for one answer; more than an agent can have in 30 days.
_MOST_READ = 10_000
#: How a call ends that reached the agent and that the agent sent away.
DECLINED = "declined"


class Which(Enum):
    """Which calls are asked for."""

    ALL = "all"
    MISSED = "missed"
    OUTBOUND = "outbound"


@dataclass(frozen=True, slots=True)
class LoggedCall:
    """A call as the list shows it. `is_sure` when the call belongs to the account; otherwise the
    number is this one account's and nobody else's, which matches and proves nothing. `number` is
    the number as it is shown to people; `colleague` is whose extension it is."""

    call: InteractionCall
    account_id: UUID | None = None
    account_name: str = ""
    is_sure: bool = False
    number: str = ""
    colleague: str = ""


def is_missed(call: InteractionCall) -> bool:
    """Whether a caller rang here and nobody answered. One the agent declined was not missed."""
    came_in = call.direction is InteractionDirection.INBOUND
    over = call.ended_at is not None and call.answered_at is None
    return came_in and over and call.end_reason != DECLINED


def recent(
    stores: Stores,
    which: Which = Which.ALL,
    limit: int = MOST_CALLS,
    before: datetime | None = None,
) -> tuple[LoggedCall, ...]:
    """This agent's calls that began `before` a moment (None: now), newest first."""
    with reading(stores) as r:
        found = [call for call in _mine(r, before) if _is_wanted(call, which)][:limit]
        return _named(r, found)


def find(stores: Stores, call_id: UUID) -> LoggedCall:
    """One call with its name; Refused({"": "unknown_record"}) if this desk does not have it."""
    with reading(stores) as r:
        return _named(r, [r.get(InteractionCall, call_id)])[0]


def missed_unseen(stores: Stores) -> int:
    """How many missed calls the agent has not seen in the list."""
    with reading(stores) as r:
        return sum(1 for call in _mine(r) if is_missed(call) and call.seen_at is None)


def newest_missed(stores: Stores) -> LoggedCall | None:
    """The missed call to return first: the newest with a number and not called back since."""
    with reading(stores) as r:
        called: set[str] = set()
        for call in _mine(r):
            if call.direction is InteractionDirection.OUTBOUND or call.answered_at is not None:
                called.add(call.number)
            elif is_missed(call) and call.number and call.number not in called:
                return _named(r, [call])[0]
    return None


def mark_seen(stores: Stores, ids: Collection[UUID]) -> None:
    """The agent saw that these calls were missed; those seen before, and others, stay."""
    with reading(stores) as r:
        known = r.by_ids(InteractionCall, ids).values()
        me = stores.site.agent.id
        new = [c for c in known if c.agent_id == me and is_missed(c) and c.seen_at is None]
    if not new:
        return
    now = stores.clock.now()
    effects = tuple(
        Effect("interaction_call", call.id, call.account_id, Op.CHANGE, {"seen_at": now})
        for call in new
    )
    payload = {"ids": [call.id for call in new], "at": now}
    pending.save(stores, Intent("call.seen", payload, effects))


# -- reading ------------------------------------------------------------------------------------
def _mine(r: Reading, before: datetime | None = None) -> list[InteractionCall]:
    """This agent's calls of the last 30 days, newest first."""
    me, oldest = r.stores.site.agent.id, r.stores.clock.now() - KEPT
    newest = before or r.stores.clock.now() + timedelta(days=1)

    def is_mine(call: InteractionCall) -> bool:
        began = call.started_at
        return call.agent_id == me and began is not None and oldest <= began < newest

    edges = (_stored(oldest), _stored(newest))
    found = r.matching(
        InteractionCall,
        "agent_id = ? AND started_at >= ? AND started_at < ? ORDER BY started_at DESC",
        (me.bytes, *edges),
        is_mine,
        _MOST_READ,
    )
    return sorted(found, key=lambda call: call.started_at or tables.EPOCH, reverse=True)


def _stored(at: datetime) -> int:
    """A time as the mirror keeps it."""
    return (at - tables.EPOCH) // tables.MICROSECOND


def _is_wanted(call: InteractionCall, which: Which) -> bool:
    if which is Which.OUTBOUND:
        return call.direction is InteractionDirection.OUTBOUND
    return which is Which.ALL or is_missed(call)


# -- names --------------------------------------------------------------------------------------
def _named(r: Reading, calls: Iterable[InteractionCall]) -> tuple[LoggedCall, ...]:
    """The calls with the names of their accounts, of the one account with their number, or of
    the colleague with their extension."""
    calls = tuple(calls)
    owners = r.by_ids(Account, {call.account_id for call in calls if call.account_id})
    ends = {number: _end(r, number) for number in {call.number for call in calls}}
    named = []
    for call in calls:
        owner = owners.get(call.account_id) if call.account_id else None
        end = ends[call.number]
        if owner is not None:
            named.append(LoggedCall(call, owner.id, owner.name, is_sure=True, number=end.shown))
        elif end.account is not None:
            one = end.account
            named.append(LoggedCall(call, one.id, one.name, number=end.shown))
        else:
            named.append(LoggedCall(call, number=end.shown, colleague=end.colleague))
    return tuple(named)


@dataclass(frozen=True, slots=True)
class _NumberOwner:
    """What is known of a number: how it is shown, and whose alone it is."""

    shown: str
    account: Account | None = None
    colleague: str = ""


def _end(r: Reading, number: str) -> _NumberOwner:
    read = phone_number.parse(number, area=r.stores.site.dial_plan.area_code)
    if read.e164 is not None:
        return _NumberOwner(phone_number.shown(read.e164), _only_account(r, read))
    found = r.where(AgentRow, extension=read.extension) if read.extension else ()
    return _NumberOwner(number, colleague=next((each.name for each in found if each.active), ""))


def _only_account(r: Reading, read: PhoneNumber) -> Account | None:
    """The one active account that has this number now; None if there are none or several."""
    today = local_day(r.stores.clock.now(), r.stores.site.time_zone)
    ids = {
        phone.account_id
        for phone in phones_with(r, read)
        if phone.account_id and (phone.valid_until or date.max) >= today
    }
    owners = [one for one in r.by_ids(Account, ids).values() if one.active]
    return owners[0] if len(owners) == 1 else None
