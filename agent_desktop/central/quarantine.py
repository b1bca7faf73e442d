"""What desks handed over sealed: listed, opened with the site's secret, and its unsent work pushed.

The same opens a folder that was set aside at a desk and brought here by hand. What is opened lies
in a folder of its own for as long as it is read, and nothing of it is changed.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow
from psycopg.types.json import Jsonb
from sqlalchemy import select

from agent_desktop.central.database import is_superuser, owner_of
from agent_desktop.errors import AgentDesktopError, Refused, StoreDamaged
from agent_desktop.models.store import local as local_file
from agent_desktop.models.store.intent import State
from agent_desktop.models.store.local import Local
from agent_desktop.models.store.stores import LOCAL_FILE
from agent_desktop.system.credentials import unseal

Connection = psycopg.Connection[TupleRow]

SEALED_KEY = "local.key.sealed"
#: Names the desk that pushes somebody's intents again: the same one each time.
_PUSHED = UUID("6f0c1a52-37c5-4b27-9d5e-8f0b1c2a7e11")


@dataclass(frozen=True, slots=True)
class Handed:
    """One leftover at the centre: whose, from which computer and folder, and whether all of it is
    here (`done_at`)."""

    id: UUID
    owner: str
    host: str
    label: str
    size: int
    begun_at: datetime
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class UnsentIntent:
    """An intent the centre was never asked, or whose answer the desk did not hear."""

    n: int
    kind: str
    payload: str
    hash: bytes
    depends_on: tuple[int, ...]
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Opened:
    """What is in a local.db that somebody has to look at. `drafts`: place, field, text."""

    client: UUID
    intents: tuple[UnsentIntent, ...]
    drafts: tuple[tuple[str, str, str], ...]
    returned: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Pushed:
    """What became of one intent: accepted, refused, conflict, or known when the centre had it
    already; `code` says why not."""

    n: int
    kind: str
    state: str
    code: str = ""


def handed(connection: Connection) -> list[Handed]:
    """All that was handed over, the newest last."""
    with owner_of(connection):
        rows = connection.execute(
            "select q.id, a.user_name, q.host, q.label, q.bytes, q.begun_at, q.done_at"
            " from crm.quarantine q join crm.agent a on a.id = q.owner_id order by q.begun_at"
        ).fetchall()
    return [Handed(*row) for row in rows]


@contextmanager
def fetched(connection: Connection, quarantine: UUID) -> Iterator[Path]:
    """The files of a leftover in a folder that is deleted afterwards; audited.

    Refused: {"id": "unknown"}; AgentDesktopError when not all of it is here yet.
    """
    with owner_of(connection):
        row = connection.execute(
            "select files, done_at from crm.quarantine where id = %s", (quarantine,)
        ).fetchone()
        if row is None:
            raise Refused({"id": "unknown"})
        if row[1] is None:
            raise AgentDesktopError("not all of it is here yet; a desk goes on with it")
        parts = connection.execute(
            "select data from crm.quarantine_part where quarantine_id = %s order by n",
            (quarantine,),
        ).fetchall()
        connection.execute(
            "insert into crm.audit (what, record_id) values ('quarantine_open', %s)", (quarantine,)
        )
    data, at = b"".join(bytes(part) for (part,) in parts), 0
    with tempfile.TemporaryDirectory(prefix="agent-desktop-") as place:
        for file in row[0]:
            size = int(file["bytes"])
            (Path(place) / Path(file["name"]).name).write_bytes(data[at : at + size])
            at += size
        yield Path(place)


def opened(connection: Connection, folder: Path) -> Opened:
    """What is in the local.db of this folder, opened with the site's secret.

    Raises AgentDesktopError when it was sealed to another site, or is damaged.
    """
    with owner_of(connection):
        row = connection.execute("select sealing_secret from crm.site").fetchone()
    assert row is not None
    try:
        key = unseal(bytes(row[0]), (folder / SEALED_KEY).read_bytes())
        with _copied(folder) as copy:
            return _content(copy, key)
    except (OSError, ValueError, StoreDamaged) as error:
        raise AgentDesktopError(f"this cannot be opened: {error}") from None


@contextmanager
def _copied(folder: Path) -> Iterator[Path]:
    """Reading a file with a log writes into it: read a copy."""
    with tempfile.TemporaryDirectory(prefix="agent-desktop-") as place:
        for name in (LOCAL_FILE, f"{LOCAL_FILE}-wal"):
            if (folder / name).exists():
                (Path(place) / name).write_bytes((folder / name).read_bytes())
        yield Path(place) / LOCAL_FILE


def _content(path: Path, key: bytes) -> Opened:
    intent, draft, item = local_file.intent.c, local_file.draft.c, local_file.work_item.c
    local = Local(path, key)
    try:
        with local.reading() as c:
            unsent = c.execute(
                select(local_file.intent).where(intent.state == State.UNSENT.value).order_by("n")
            ).all()
            drafts = c.execute(select(draft.place, draft.field, draft.text)).all()
            returned = c.execute(
                select(item.n, item.kind, item.code, item.mine).where(item.done_at.is_(None))
            ).all()
    finally:
        local.close()
    return Opened(
        local.client,
        tuple(
            UnsentIntent(
                row.n, row.kind, row.payload, row.hash, tuple(json.loads(row.depends_on)),
                row.made_at,
            )
            for row in unsent
        ),
        tuple((row[0], row[1], row[2]) for row in drafts),
        tuple(
            {"n": row.n, "kind": row.kind, "code": row.code, "payload": json.loads(row.mine)}
            for row in returned
        ),
    )  # fmt: skip


def drop(connection: Connection, quarantine: UUID) -> None:
    """Delete a leftover that has been dealt with; audited. Refused: {"id": "unknown"}."""
    with owner_of(connection):
        gone = connection.execute("delete from crm.quarantine where id = %s", (quarantine,))
        if not gone.rowcount:
            raise Refused({"id": "unknown"})
        connection.execute(
            "insert into crm.audit (what, record_id) values ('quarantine_drop', %s)", (quarantine,)
        )


def as_json(found: Opened) -> str:
    """All of it to be read by people and programs."""
    return json.dumps(
        {
            "client": str(found.client),
            "unsent": [
                {
                    "n": one.n,
                    "kind": one.kind,
                    "payload": json.loads(one.payload),
                    "made_at": one.made_at.isoformat(),
                }
                for one in found.intents
            ],
            "drafts": [dict(zip(("place", "field", "text"), d, strict=True)) for d in found.drafts],
            "returned": list(found.returned),
        },
        ensure_ascii=False,
        indent=2,
    )


def push(connection: Connection, found: Opened, user_name: str) -> list[Pushed]:
    """Push what is unsent in the name of a supervisor: the author is who answers for it. What the
    centre has had from that desk is left out, and a second time nothing is done twice.

    Refused: {"user": "unknown"} when this is no active supervisor.
    """
    with owner_of(connection):
        row = connection.execute(
            "select id from crm.agent where user_name = %s and active"
            " and business_role in ('supervisor', 'administrator')",
            (user_name,),
        ).fetchone()
        if row is None:
            raise Refused({"user": "unknown"})
        known = connection.execute(
            "select n, result ->> 'state' from crm.intent_result where client = %s",
            (found.client,),
        ).fetchall()
        connection.execute(
            "insert into crm.audit (what, record_id, detail) values ('quarantine_push', %s, %s)",
            (row[0], Jsonb({"client": str(found.client), "intents": len(found.intents)})),
        )
    if not is_superuser(connection):
        connection.execute(sql.SQL("grant {} to current_user").format(sql.Identifier(user_name)))
    states: dict[int, str] = dict(known)
    client = uuid5(_PUSHED, str(found.client))
    done = []
    for one in found.intents:
        if one.n in states:
            done.append(Pushed(one.n, one.kind, "known"))
        elif any(states.get(n) == "refused" for n in one.depends_on):
            done.append(Pushed(one.n, one.kind, "refused", "depends_on_refused"))
        else:
            done.append(_pushed(connection, client, one, user_name))
        states.setdefault(one.n, done[-1].state)
    return done


def _pushed(connection: Connection, client: UUID, one: UnsentIntent, user_name: str) -> Pushed:
    with connection.transaction():
        connection.execute(sql.SQL("set local role {}").format(sql.Identifier(user_name)))
        row = connection.execute(
            "select api_v1.push(%s, %s, %s, %s, %s::jsonb, %s::bigint[])",
            (client, one.n, one.hash, one.kind, one.payload, list(one.depends_on)),
        ).fetchone()
    assert row is not None
    return Pushed(one.n, one.kind, row[0]["state"], row[0].get("code") or "")
