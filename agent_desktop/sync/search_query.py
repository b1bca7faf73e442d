"""The questions to the centre when somebody looks for a record, in SQL (see queries.py)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from agent_desktop.models.store.centre_search import CentreFound, CentreHit, CentreMatch
from agent_desktop.sync.answers import NotOffered
from agent_desktop.sync.queries import Connection

_OWNERS = {
    "ticket": "select account_id from sync_v1.ticket where id = %s",
    "service_order": "select account_id from sync_v1.service_order where id = %s",
    "interaction": "select account_id from sync_v1.interaction where id = %s",
}


def ask_search(connection: Connection, typed: str) -> str:
    """Say what is going to be searched for, in a transaction before it; why not, or ''."""
    row = connection.execute("select api_v1.ask_search(%s)", (typed,)).fetchone()
    assert row is not None
    return str(row[0])


def search(connection: Connection, typed: str) -> Mapping[str, Any]:
    """The records that the centre finds, in its own words."""
    row = connection.execute("select api_v1.search(%s)", (typed,)).fetchone()
    assert row is not None
    found: Mapping[str, Any] = row[0]
    return found


def owner(connection: Connection, table: str, record_id: UUID) -> UUID | None:
    """Whose a record is. Raises NotOffered for a table that is not looked into."""
    if table not in _OWNERS:
        raise NotOffered(table)
    row = connection.execute(_OWNERS[table], (record_id,)).fetchone()
    return row[0] if row else None


def found_of(answer: Mapping[str, Any]) -> CentreFound:
    """An answer of `search`; kinds of a newer centre are passed by."""
    known = {match.value for match in CentreMatch}
    hits = (
        CentreHit(
            match=CentreMatch(hit["kind"]),
            id=UUID(hit["id"]),
            account_id=UUID(hit["account_id"]),
            name=hit["name"],
            city=hit["city"],
            number=hit["number"],
            code=hit["code"],
        )
        for hit in answer["hits"]
        if hit["kind"] in known
    )
    return CentreFound(hits=tuple(hits), more=bool(answer["more"]))
