"""What this PC knows: sizes, numbers of records, dates, unsent work. For the page of that name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, func, select

from agent_desktop.models.store import eviction, local, mirror, outbox, tables, working_set
from agent_desktop.models.store.directory import METER, UNIT
from agent_desktop.models.store.stores import Stores
from agent_desktop.models.store.tables import MIRRORED


@dataclass(frozen=True, slots=True)
class Known:
    """What lies in the two files of this desk. Sizes in bytes, times aware UTC.

    `directory` counts accounts, phone, unit and meter of everybody; `records` what is kept in
    full by table. `is_part` says that in full is only the working set, of which `held` are here
    and `wanted` still to be fetched; `reasons` counts it by why it is kept. `heard_at` is when
    the centre last brought something, `good_until` when work without it ends.
    """

    is_part: bool
    directory: Mapping[str, int] = field(default_factory=dict)
    records: Mapping[str, int] = field(default_factory=dict)
    held: int = 0
    wanted: int = 0
    reasons: eviction.Reasons = field(default_factory=eviction.Reasons)
    mirror_bytes: int = 0
    used_bytes: int = 0
    budget_bytes: int = eviction.BUDGET_BYTES
    local_bytes: int = 0
    loaded_at: datetime | None = None
    changed_at: datetime | None = None
    heard_at: datetime | None = None
    good_until: datetime | None = None
    unsent: int = 0
    unsent_since: datetime | None = None
    returned: int = 0
    drafts: int = 0


def known(stores: Stores) -> Known:
    """Count everything; some tenths of a second at a million accounts."""
    with stores.mirror.reading() as c:
        counted = c.exec_driver_sql("SELECT state, count(*) FROM working_set GROUP BY 1").all()
        states = {str(state): int(count) for state, count in counted}
        loaded_at, changed_at = (
            _time(mirror.kept_value(c, key)) for key in (mirror.LOADED_AT, mirror.CHANGED_AT)
        )
        is_part, used = working_set.is_part(c), eviction.used_bytes(c)
        directory, records = _directory(c), _records(c)
        reasons = eviction.reasons(stores, c) if is_part else eviction.Reasons()
        heard_at, good_until = _lease(c)
    with stores.local.reading() as c:
        unsent, since = outbox.count_unsent_work(c), _oldest(c)
        returned = _count(c, "work_item WHERE done_at IS NULL")
        drafts = _count(c, "(SELECT DISTINCT place FROM draft)")
    return Known(
        is_part=is_part,
        directory=directory,
        records=records,
        held=states.get("held", 0),
        wanted=states.get("wanted", 0),
        reasons=reasons,
        mirror_bytes=_size(stores.mirror.path),
        used_bytes=used,
        local_bytes=_size(stores.local.path),
        loaded_at=loaded_at,
        changed_at=changed_at,
        heard_at=heard_at,
        good_until=good_until,
        unsent=unsent,
        unsent_since=since,
        returned=returned,
        drafts=drafts,
    )


def _lease(c: Connection) -> tuple[datetime | None, datetime | None]:
    """When the centre was last heard of, and until when one can sign in without it."""
    kept = mirror.kept_value(c, working_set.SIGN_IN)
    if not kept or "at" not in kept:
        return None, None
    seen, told = _time(mirror.kept_value(c, "clock")), _time(kept["at"])
    seconds = kept["answer"].get("lease_seconds")
    until = told + timedelta(seconds=seconds) if told and seconds else None
    return seen or told, until


def _directory(c: Connection) -> dict[str, int]:
    return {
        "account": _count(c, "directory"),
        "phone": _count(c, "directory_phone"),
        "unit": _count(c, f"directory_place WHERE kind = {UNIT}"),
        "meter": _count(c, f"directory_place WHERE kind = {METER}"),
    }


def _records(c: Connection) -> dict[str, int]:
    """Rows of each mirrored table that has any."""
    counted = {table: _count(c, f'"{table}"') for table in MIRRORED}
    return {table: count for table, count in counted.items() if count}


def _count(c: Connection, what: str) -> int:
    return int(c.exec_driver_sql(f"SELECT count(*) FROM {what}").scalar_one())


def _oldest(c: Connection) -> datetime | None:
    """When the oldest work that is still unsent was done."""
    intent = local.intent.c
    unsent = (intent.state == "unsent") & intent.kind.not_in(outbox.NO_WORK)
    found = c.execute(select(func.min(intent.made_at)).where(unsent)).scalar()
    if found is None or isinstance(found, datetime):
        return found
    return tables.EPOCH + int(found) * tables.MICROSECOND


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(UTC) if text else None


def _size(path: Path) -> int:
    """Bytes on the disk, with what is not yet written back."""
    files = (path, path.with_name(f"{path.name}-wal"))
    return sum(file.stat().st_size for file in files if file.exists())
