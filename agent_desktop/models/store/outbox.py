"""Intents on their way: what goes to the centre next, and what its answers mean here.

Everything happens inside the caller's `local.writing()`; only the syncer calls this.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, func, select, update

from agent_desktop.models.account.record import ADDRESS
from agent_desktop.models.kinds import BY_NAME
from agent_desktop.models.store import local
from agent_desktop.models.store.changes import Changes, changes_of
from agent_desktop.models.store.cursor import Cursor
from agent_desktop.models.store.intent import State
from agent_desktop.models.work import work_item
from agent_desktop.models.work.work_item import ReturnedWork

#: How long accepted intents stay, to be sent again if the centre is restored from a backup.
KEPT = timedelta(days=14)
#: The centre may fail at an intent (not refuse it) so often until it is set aside.
MOST_FAULTS = 5
#: The code of an intent at which the centre failed each time; its own words stand in `fields`
#: under "".
SET_ASIDE = "set_aside"


@dataclass(frozen=True, slots=True)
class Parcel:
    """An intent as it is sent: `payload` is JSON text, `hash` the digest of all that is in it."""

    n: int
    hash: bytes
    kind: str
    payload: str
    depends_on: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class IntentResult:
    """What the centre made of an intent; `xid` is the transaction that took it, if one did."""

    state: State
    code: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    theirs: Mapping[str, Any] = field(default_factory=dict)
    xid: int | None = None


def count_unsent(c: Connection) -> int:
    """How many intents the centre has not answered yet."""
    unsent = local.intent.c.state == State.UNSENT.value
    return int(c.execute(select(func.count()).select_from(local.intent).where(unsent)).scalar_one())


#: What is told to the centre without being anybody's work.
NO_WORK = ("agent.state", "call.seen")


def count_unsent_work(c: Connection) -> int:
    """How much of the agent's work the centre has not answered yet: what they are told of."""
    intent = local.intent.c
    mine = (intent.state == State.UNSENT.value) & intent.kind.not_in(NO_WORK)
    return int(c.execute(select(func.count()).select_from(local.intent).where(mine)).scalar_one())


def is_empty_of_work(c: Connection) -> bool:
    """Whether nothing would be lost with this file: nothing unsent, typed or sent back."""
    open_work = select(local.work_item.c.n).where(local.work_item.c.done_at.is_(None))
    found = (select(local.draft.c.place), open_work)
    return count_unsent(c) == 0 and all(
        c.execute(query.limit(1)).first() is None for query in found
    )


def take_next(c: Connection, most: int) -> tuple[Parcel, ...]:
    """The next unsent intents in order, marked as offered: from now on they cannot be undone."""
    intent = local.intent.c
    found = c.execute(
        select(intent.n, intent.hash, intent.kind, intent.payload, intent.depends_on)
        .where(intent.state == State.UNSENT.value)
        .order_by(intent.n)
        .limit(most)
    ).all()
    numbers = [row.n for row in found]
    c.execute(update(local.intent).where(intent.n.in_(numbers), intent.tried == 0).values(tried=1))
    return tuple(Parcel(*row[:4], tuple(json.loads(row.depends_on))) for row in found)


def settle(c: Connection, n: int, answer: IntentResult) -> Changes:
    """Keep the centre's answer and do what follows from it; returns what looks different now.

    Accepted: the effects stay until the mirror contains `xid`. Refused: they go at once, the
    intent becomes returned work, and so do the unsent ones that build on it. Conflict: only
    the fields in conflict go.
    """
    intent = local.intent.c
    row = c.execute(select(local.intent).where(intent.n == n)).one()
    if row.state != State.UNSENT.value:
        return Changes()
    touched = _touched(c, n)
    _keep_answer(c, n, answer)
    if answer.state is State.ACCEPTED:
        return touched
    dependents = _dependents(c, n) if answer.state is State.REFUSED else ()
    _return_work(c, row, answer, refused_with=n)
    touched |= work_item.changes(n)
    if answer.state is State.CONFLICT and answer.xid is not None:
        _take_back_fields(c, n, {*answer.fields, *answer.theirs})
    else:
        c.execute(delete(local.effect).where(local.effect.c.n == n))
    for dependent in dependents:
        touched |= _refuse_dependent(c, dependent, n)
    return touched


def count_fault(c: Connection, n: int) -> int:
    """The centre failed at this intent once more; how often it has."""
    intent = local.intent.c
    counted = update(local.intent).where(intent.n == n).values(tried=intent.tried + 1)
    return int(c.execute(counted.returning(intent.tried)).scalar_one()) - 1


def offer_again(c: Connection, n: int) -> Changes:
    """A person wants the intent that was set aside, and those that fell with it, to be offered
    once more. The centre has not answered it, so its key is still free."""
    intent, item = local.intent.c, local.work_item.c
    fallen = tuple(c.execute(select(item.n).where(item.refused_with == n)).scalars())
    c.execute(
        update(local.intent)
        .where(intent.n.in_(fallen))
        .values(state=State.UNSENT.value, tried=1, settled_at=None, result=None)
    )
    work_item.settle(c, n)
    return work_item.changes(n)


def _touched(c: Connection, n: int) -> Changes:
    effect = local.effect.c
    found = c.execute(
        select(effect.table_name, effect.id, effect.account_id).where(effect.n == n)
    ).all()
    return changes_of((row[0], row[1], row[2]) for row in found)


def _keep_answer(c: Connection, n: int, answer: IntentResult) -> None:
    kept = {"code": answer.code, "fields": dict(answer.fields), "theirs": dict(answer.theirs)}
    c.execute(
        update(local.intent)
        .where(local.intent.c.n == n)
        .values(
            state=answer.state.value,
            settled_at=datetime.now(UTC),
            xid=answer.xid,
            result=json.dumps(kept),
        )
    )


def _dependents(c: Connection, n: int) -> tuple[Row[Any], ...]:
    """Unsent intents that build on this one, directly or through others, in order."""
    intent = local.intent.c
    unsent = c.execute(
        select(local.intent)
        .where(intent.state == State.UNSENT.value, intent.n > n)
        .order_by(intent.n)
    )
    fallen, found = {n}, []
    for row in unsent:
        if fallen.intersection(json.loads(row.depends_on)):
            fallen.add(row.n)
            found.append(row)
    return tuple(found)


def _refuse_dependent(c: Connection, row: Row[Any], refused_with: int) -> Changes:
    """Refuse an intent here because what it builds on was refused."""
    answer = IntentResult(State.REFUSED, "depends_on_refused")
    touched = _touched(c, row.n)
    _keep_answer(c, row.n, answer)
    _return_work(c, row, answer, refused_with)
    c.execute(delete(local.effect).where(local.effect.c.n == row.n))
    return touched


def _return_work(c: Connection, row: Row[Any], answer: IntentResult, refused_with: int) -> None:
    effect = local.effect.c
    first = c.execute(
        select(effect.table_name, effect.id, effect.account_id)
        .where(effect.n == row.n)
        .order_by(effect.position)
        .limit(1)
    ).first()
    table, record_id, account_id = first or ("", None, None)
    work = ReturnedWork(
        n=row.n,
        kind=row.kind,
        code=answer.code or answer.state.value,
        table=table,
        record_id=record_id,
        account_id=account_id,
        mine=json.loads(row.payload),
        fields=answer.fields,
        theirs=answer.theirs,
        made_at=row.made_at,
    )
    work_item.add(c, work, refused_with)


def _take_back_fields(c: Connection, n: int, fields: Collection[str]) -> None:
    """Remove fields in conflict from an intent's effects; the others were merged."""
    # A refused address comes back under its own name, not under those of its fields.
    named = {*fields, *(ADDRESS if "address" in fields else ())}
    effect = local.effect.c
    for row in c.execute(select(local.effect).where(effect.n == n)).all():
        units = BY_NAME[row.table_name].units
        gone = named.union(*(unit for unit in units if named.intersection(unit)))
        values = json.loads(row._mapping["values"])
        left = {name: value for name, value in values.items() if name not in gone}
        here = (effect.n == n) & (effect.position == row.position)
        c.execute(update(local.effect).where(here).values({"values": json.dumps(left)}))


def forget_contained(c: Connection, cursor: Cursor) -> None:
    """Drop the effects of intents the mirror contains.

    `cursor` must be one that every reader has seen for a while (the one before the present
    pull): a screen reads the mirror first and the effects after it.
    """
    intent = local.intent.c
    with_effects = select(local.effect.c.n).distinct()
    found = c.execute(
        select(intent.n, intent.xid).where(intent.xid.is_not(None), intent.n.in_(with_effects))
    ).all()
    contained = [row.n for row in found if cursor.contains(row.xid)]
    if contained:
        c.execute(delete(local.effect).where(local.effect.c.n.in_(contained)))


def is_unsent(c: Connection, n: int) -> bool:
    """Whether the centre's answer to this intent is still open."""
    state = c.execute(select(local.intent.c.state).where(local.intent.c.n == n)).scalar()
    return bool(state == State.UNSENT.value)


def answered_with_effects(c: Connection) -> tuple[int, ...]:
    """Answered intents whose effects are still laid over; a whole new mirror contains them."""
    intent, with_effects = local.intent.c, select(local.effect.c.n).distinct()
    answered = intent.state != State.UNSENT.value
    return tuple(c.execute(select(intent.n).where(answered, intent.n.in_(with_effects))).scalars())


def forget_effects(c: Connection, numbers: Collection[int]) -> None:
    """Drop the effects of these intents."""
    c.execute(delete(local.effect).where(local.effect.c.n.in_(numbers)))


def drop_settled(c: Connection, now: datetime) -> None:
    """Delete answered intents older than `KEPT`; those a person has yet to deal with stay."""
    open_work = select(local.work_item.c.n).where(local.work_item.c.done_at.is_(None))
    old = (local.intent.c.settled_at < now - KEPT) & local.intent.c.n.not_in(open_work)
    numbers = select(local.intent.c.n).where(old)
    c.execute(delete(local.effect).where(local.effect.c.n.in_(numbers)))
    c.execute(delete(local.intent).where(old))


def send_again(c: Connection) -> int:
    """The centre was restored: what it had accepted is offered again. Returns how many."""
    accepted = local.intent.c.state.in_((State.ACCEPTED.value, State.CONFLICT.value))
    done = c.execute(
        update(local.intent)
        .where(accepted)
        .values(state=State.UNSENT.value, settled_at=None, xid=None, result=None)
    )
    return int(done.rowcount)
