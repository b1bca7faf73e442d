"""What was altered: published after each commit, so that screens decide what to reload."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Changes:
    """Ids of altered records by table name; accounts they belong to stand under `account`.

    `everything` is true after a resync: nothing a screen holds may be taken as fresh.
    """

    kinds: Mapping[str, frozenset[UUID]] = field(default_factory=dict)
    everything: bool = False

    def __bool__(self) -> bool:
        return self.everything or bool(self.kinds)

    def __or__(self, other: Changes) -> Changes:
        kinds = {
            kind: self.kinds.get(kind, frozenset()) | other.kinds.get(kind, frozenset())
            for kind in {*self.kinds, *other.kinds}
        }
        return Changes(kinds, self.everything or other.everything)

    def touches(self, kind: str, record_id: UUID) -> bool:
        """Whether this record (or an account it is named for) may look different now."""
        return self.everything or record_id in self.kinds.get(kind, frozenset())


def changes_of(records: Iterable[tuple[str, UUID, UUID | None]]) -> Changes:
    """Changes of records given as (table, id, account id or None)."""
    kinds: dict[str, set[UUID]] = {}
    for table, record_id, account_id in records:
        kinds.setdefault(table, set()).add(record_id)
        if account_id is not None:
            kinds.setdefault("account", set()).add(account_id)
    return Changes({kind: frozenset(ids) for kind, ids in kinds.items()})
