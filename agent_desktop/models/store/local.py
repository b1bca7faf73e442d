"""local.db: what only this desk knows. Unsent intents, drafts, leased numbers, window state.

Each save is one commit that is on the disk when it returns. The file is never deleted by the
program: a file that cannot be opened is moved aside by credentials.py and told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from uuid import UUID

from sqlalchemy import (
    Column,
    Connection,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    insert,
    select,
)
from uuid6 import uuid7

from agent_desktop.errors import StoreNewer
from agent_desktop.models.store.encrypted_file import EncryptedFile
from agent_desktop.models.store.tables import UtcTime, Uuid

#: The shape of the file. Unsent work outlives a release: who raises it adds the step that brings
#: a file of the shape before to this one.
SCHEMA = 1
#: From which shape -> what makes of it the next one, inside the transaction that opens the file.
STEPS: Mapping[int, Callable[[Connection], None]] = {}

own = MetaData()

#: One row: who this file is for the centre.
client = Table("client", own, Column("id", Uuid, primary_key=True))

#: What was saved at this desk, in order. `state` is a pending.State; `tried` is 1 from just
#: before the first push on, `xid` the centre's transaction that took it.
intent = Table(
    "intent",
    own,
    Column("n", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("depends_on", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("tried", Integer, nullable=False, server_default="0"),
    Column("made_at", UtcTime, nullable=False),
    Column("settled_at", UtcTime),
    Column("xid", Integer),
    Column("result", Text),
    sqlite_autoincrement=True,  # a number is never given twice, also after an undo
)
#: What an intent does to mirrored rows until the mirror itself shows it.
effect = Table(
    "effect",
    own,
    Column("n", Integer, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("table_name", Text, nullable=False),
    Column("id", Uuid, nullable=False),
    Column("account_id", Uuid),
    Column("op", Text, nullable=False),
    Column("values", Text, nullable=False),
    sqlite_with_rowid=False,
)
#: Refused intents and conflicts, until a person has dealt with them.
work_item = Table(
    "work_item",
    own,
    Column("n", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("table_name", Text, nullable=False),
    Column("record_id", Uuid),
    Column("account_id", Uuid),
    Column("mine", Text, nullable=False),
    Column("fields", Text, nullable=False),
    Column("theirs", Text, nullable=False),
    Column("refused_with", Integer, nullable=False),
    Column("made_at", UtcTime, nullable=False),
    Column("done_at", UtcTime),
)
draft = Table(
    "draft",
    own,
    Column("place", Text, primary_key=True),
    Column("field", Text, primary_key=True),
    Column("text", Text, nullable=False),
    Column("cursor", Integer, nullable=False),
    Column("saved_at", UtcTime, nullable=False),
    sqlite_with_rowid=False,
)
#: Leased numbers `next`..`last` of a kind; a used-up block is deleted.
number_block = Table(
    "number_block",
    own,
    Column("kind", Text, primary_key=True),
    Column("first", Integer, primary_key=True),
    Column("next", Integer, nullable=False),
    Column("last", Integer, nullable=False),
    sqlite_with_rowid=False,
)
window_state = Table(
    "window_state",
    own,
    Column("name", Text, primary_key=True),
    Column("value", LargeBinary, nullable=False),
)

Index("intent_unsent", intent.c.n, sqlite_where=intent.c.state == "unsent")
Index("intent_by_settled", intent.c.settled_at)
Index("effect_by_id", effect.c.table_name, effect.c.id)
Index("effect_by_account", effect.c.table_name, effect.c.account_id)
Index("effect_by_record", effect.c.id)


class Local(EncryptedFile):
    """The desk's own file; `client` is its identity at the centre.

    A file of an older release is brought to this one's shape with all that is in it. Raises
    StoreNewer for one of a newer release, which stays as it is.
    """

    def __init__(self, path: Path, key: bytes) -> None:
        super().__init__(path, key, own, schema=SCHEMA, synchronous="FULL")
        with self.reading() as c:
            self.client: UUID = c.execute(select(client.c.id)).scalar_one()

    def _make(self, c: Connection, found: int) -> None:
        if found > SCHEMA:
            raise StoreNewer(f"{self.path.name}: shape {found}, this program knows {SCHEMA}")
        if found:
            for shape in range(found, SCHEMA):
                STEPS[shape](c)
            return
        super()._make(c, found)
        c.execute(insert(client), {"id": uuid7()})
