"""Compares what desks acknowledged with what the centre has: nothing lost, nothing twice.

Lost: a record that is not there, or a value that is another one. When the last change of a
value was never acknowledged (the desk died over it) the centre may show it or the one before.
Doubled: an intent that the centre took twice, one text in two records, one number given twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import psycopg

from tests.faults.save import Save
from tests.faults.workstation import Workstation

Connection = psycopg.Connection[Any]

#: Where the token of a save stands.
TOKENS = {
    "interaction": "queue",
    "ticket": "subject",
    "ticket_note": "text",
    "service_order": "title",
    "account": "name",
}
#: Numbers that people say.
NUMBERS = {
    "interaction": "protocol",
    "ticket": "number",
    "service_order": "number",
    "account": "number",
}
TAKEN_TWICE = """
    select detail ->> 'kind' || ' ' || (detail ->> 'n') from crm.audit
    where what = 'write' and detail ->> 'state' in ('accepted', 'conflict')
    group by detail ->> 'client', detail ->> 'n', detail ->> 'kind' having count(*) > 1
"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of the acknowledged saves; `lost` and `doubled` say it in words."""

    acknowledged: int
    lost: tuple[str, ...]
    doubled: tuple[str, ...]

    @property
    def is_good(self) -> bool:
        """Whether every save is there, once."""
        return not self.lost and not self.doubled


def check(dsn: str, *workstations: Workstation) -> Verdict:
    """Compare all that these workstations acknowledged with this centre (its superuser's dsn)."""
    with psycopg.connect(dsn, autocommit=True) as centre:
        lost = [word for one in workstations for word in _lost_of(centre, one)]
        tokens = [save.token for one in workstations for save in one.saves]
        doubled = [*_taken_twice(centre), *_same_text(centre, tokens), *_same_number(centre)]
    count = sum(len(one.saves) for one in workstations)
    return Verdict(count, tuple(lost), tuple(doubled))


def _lost_of(centre: Connection, workstation: Workstation) -> Iterable[str]:
    """What is missing or other than it was acknowledged."""
    last: dict[tuple[str, object, str], Save] = {}
    for save in workstation.saves:
        for column in save.values:
            last[save.table, save.record, column] = save
    for (table, record, column), save in last.items():
        row = centre.execute(
            f"select {column} from crm.{table} where id = %s".encode(), (record,)
        ).fetchone()
        if row is None:
            yield f"{table} {record} ({save.token}) is not there"
            continue
        allowed = [save.values[column], *workstation.tried_after(save, column)]
        if _plain(row[0]) not in allowed:
            yield f"{table} {record} ({save.token}): {column} is {row[0]!r}, not {allowed[0]!r}"


def _plain(value: object) -> object:
    return value if isinstance(value, str | int | bool | None) else str(value)


def _taken_twice(centre: Connection) -> Iterable[str]:
    for (intent,) in centre.execute(TAKEN_TWICE).fetchall():
        yield f"intent {intent} was taken twice"


def _same_text(centre: Connection, tokens: list[str]) -> Iterable[str]:
    for table, column in TOKENS.items():
        query = (
            f"select t.token, count(*) from unnest(%s::text[]) as t(token) join crm.{table} r "
            f"on r.{column} = t.token or r.{column} like t.token || ' %%' "
            "group by t.token having count(*) > 1"
        )
        for token, count in centre.execute(query.encode(), (tokens,)).fetchall():
            yield f"{token} stands in {count} rows of {table}"


def _same_number(centre: Connection) -> Iterable[str]:
    for table, column in NUMBERS.items():
        query = f"select {column} from crm.{table} group by 1 having count(*) > 1"
        for (number,) in centre.execute(query.encode()).fetchall():
            yield f"{number} was given to two of {table}"
