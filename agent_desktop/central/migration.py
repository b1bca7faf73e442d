"""Brings a database's tables and functions to what this program's .sql files say.

Files of `tables/` run once, in the order of their names. Everything else is run again whenever
something changed: `schemas.sql`, `functions/first/` (what tables need in their defaults and for
their first rows), then `functions/`, then crm.publish for each mirrored table. What was made by a
functions file once and is named by none any more is dropped. crm.applied keeps which files, as
they were. All of it is one transaction of the caller's, as the role that owns everything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import psycopg
from psycopg.rows import TupleRow

from agent_desktop import __version__
from agent_desktop.errors import AgentDesktopError

FOLDER = Path(__file__).parent

Connection = psycopg.Connection[TupleRow]

_SCHEMAS = "('crm', 'api_v1', 'sync_v1', 'hub_v1')"
#: What this transaction made or made again has its number in `xmin`; the rest is named by no file.
_LEFT_OVER = f"""
select 'trigger', format('%I on %s', t.tgname, t.tgrelid::regclass)
from pg_trigger t join pg_class c on c.oid = t.tgrelid
where c.relnamespace::regnamespace::text in {_SCHEMAS} and not t.tgisinternal
  and t.tgparentid = 0 and t.xmin <> pg_current_xact_id()::xid
union all
select 'policy', format('%I on %s', p.polname, p.polrelid::regclass)
from pg_policy p join pg_class c on c.oid = p.polrelid
where c.relnamespace::regnamespace::text in {_SCHEMAS} and p.xmin <> pg_current_xact_id()::xid
union all
select 'view', c.oid::regclass::text from pg_class c
where c.relnamespace::regnamespace::text in {_SCHEMAS} and c.relkind = 'v'
  and c.xmin <> pg_current_xact_id()::xid
union all
select 'function', p.oid::regprocedure::text from pg_proc p
where p.pronamespace::regnamespace::text in {_SCHEMAS} and p.xmin <> pg_current_xact_id()::xid
"""
#: A body is looked at when all it names is there; parsed ones (`return`) were before.
_LOOK_AT_BODIES = f"""
select case l.lanname when 'sql' then fmgr_sql_validator(p.oid) else plpgsql_validator(p.oid) end
from pg_proc p join pg_language l on l.oid = p.prolang
where p.pronamespace::regnamespace::text in {_SCHEMAS} and l.lanname in ('sql', 'plpgsql')
"""
#: Verbs whose function is missing, has other arguments or answers, or runs with the owner's rights.
_BAD_VERBS = """
select v.name, v.function from crm.verb v left join pg_proc p
  on p.oid = to_regprocedure(
    v.function || case v.kind when '' then '(jsonb)' else '(text,jsonb)' end)
where p.oid is null or p.prosecdef or p.pronamespace <> 'crm'::regnamespace
  -- crm.apply calls it by its name, which must therefore be one function's only.
  or exists (select from pg_proc q where q.pronamespace = p.pronamespace
             and q.proname = p.proname and q.oid <> p.oid)
  or p.prorettype not in ('void'::regtype, 'jsonb'::regtype)
"""


class CentreNotUpgradable(AgentDesktopError):
    """This program cannot bring the database up to date; the text says why, in words."""


@dataclass(frozen=True, slots=True)
class SqlFile:
    """One .sql file; `name` is its path below the folder, with slashes."""

    name: str
    text: str

    @property
    def digest(self) -> str:
        """SHA-256 of the text, in hex."""
        return sha256(self.text.encode()).hexdigest()


def files(pattern: str, folder: Path = FOLDER) -> list[SqlFile]:
    """The files of this pattern below `folder`, in the order of their names."""
    return [
        SqlFile(path.relative_to(folder).as_posix(), path.read_text("utf-8"))
        for path in sorted(folder.glob(pattern))
    ]


def all_files(folder: Path = FOLDER) -> list[SqlFile]:
    """All files, in the order in which a new database gets them."""
    patterns = ("schemas.sql", "functions/first/*.sql", "tables/*.sql", "functions/*.sql")
    return [file for pattern in patterns for file in files(pattern, folder)]


def changes(connection: Connection, folder: Path = FOLDER) -> list[str]:
    """The names of the files that this database has not, or not as they are now.

    Raises CentreNotUpgradable for a database made before 0.1.0, by a newer program, or with a
    tables file that was edited after it had run here.
    """
    before = _applied(connection)
    _refuse_newer(before, folder)
    changed = [file for file in all_files(folder) if before.get(file.name) != file.digest]
    for file in changed:
        if file.name.startswith("tables/") and file.name in before:
            raise CentreNotUpgradable(f"{file.name} was edited after it was applied here")
    gone = sorted(set(before) - {file.name for file in all_files(folder)} - {""})
    return [file.name for file in changed] + [f"{name} (gone)" for name in gone]


def apply(connection: Connection, folder: Path = FOLDER) -> list[str]:
    """Apply what changed; returns what was done, one line each, nothing if nothing was to do.

    To be called in a transaction, as crm_owner. Raises as `changes` does.
    """
    done = changes(connection, folder)
    if not done:
        return []
    # Bodies may name what a later file makes.
    connection.execute("set local check_function_bodies = off")
    connection.execute("set local client_min_messages = warning")
    _run(connection, files("schemas.sql", folder))
    _take_grants_back(connection)
    _run(connection, files("functions/first/*.sql", folder))
    _run(connection, [file for file in files("tables/*.sql", folder) if file.name in done])
    connection.execute("delete from crm.verb")
    _run(connection, files("functions/*.sql", folder))
    connection.execute("select crm.publish(m.name) from crm.mirrored m order by m.name")
    done += _drop_left_over(connection)
    connection.execute("set local check_function_bodies = on")
    connection.execute(_LOOK_AT_BODIES)
    _check_verbs(connection)
    _note(connection, all_files(folder))
    return done


def _applied(connection: Connection) -> dict[str, str]:
    """{file: SHA-256} of what the database has; "" has the newest program's version."""
    row = connection.execute(
        "select to_regclass('crm.applied') is not null, exists (select from pg_class c"
        " join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'crm')"
    ).fetchone()
    if row == (False, True):
        raise CentreNotUpgradable(
            "this database was made before release 0.1.0 and cannot be brought up to date;"
            " make a new one with: create-database"
        )
    if row == (False, False):
        return {}
    found = connection.execute("select file, sha256, version from crm.applied").fetchall()
    newest = max((version for _, _, version in found), key=_as_numbers, default="")
    return {file: digest for file, digest, _ in found} | {"": newest}


def _refuse_newer(before: Mapping[str, str], folder: Path) -> None:
    known = {file.name for file in files("tables/*.sql", folder)}
    unknown = [name for name in before if name.startswith("tables/") and name not in known]
    if unknown or _as_numbers(before.get("", "")) > _as_numbers(__version__):
        raise CentreNotUpgradable(
            f"this database is newer than this program ({before.get('')} and {__version__});"
            " nothing was changed: use the newer program"
        )


def _as_numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())


def _run(connection: Connection, sql_files: Sequence[SqlFile]) -> None:
    """Without parameters: the driver would take `%` for a place to fill."""
    for file in sql_files:
        connection.execute(file.text.encode())


def _take_grants_back(connection: Connection) -> None:
    """Who may call a function is what the files say, and nothing of before. In a part of the
    transaction with a number of its own, or all functions would seem to be made by this one."""
    with connection.transaction():
        connection.execute(
            "revoke all on all functions in schema crm, api_v1, sync_v1, hub_v1"
            " from public, agents, edges, collectors"
        )


def _drop_left_over(connection: Connection) -> list[str]:
    """Drop what no file names any more. Nothing goes along that hangs on it and is still named."""
    found: list[tuple[str, str]] = list(connection.execute(_LEFT_OVER))
    for kind in ("trigger", "policy"):
        for name in (name for its_kind, name in found if its_kind == kind):
            connection.execute(f"drop {kind} {name}".encode())
    # Together, since one may hang on another.
    for kind in ("view", "function"):
        names = ", ".join(name for its_kind, name in found if its_kind == kind)
        if names:
            connection.execute(f"drop {kind} {names}".encode())
    return [f"dropped {kind} {name}" for kind, name in found]


def _check_verbs(connection: Connection) -> None:
    for name, function in connection.execute(_BAD_VERBS).fetchall():
        raise CentreNotUpgradable(f"the verb {name} cannot be done by {function}")


def _note(connection: Connection, sql_files: Sequence[SqlFile]) -> None:
    names = [file.name for file in sql_files]
    connection.execute("delete from crm.applied where file <> all (%s)", (names,))
    for file in sql_files:
        connection.execute(
            "insert into crm.applied as a (file, sha256, version) values (%s, %s, %s)"
            " on conflict (file) do update set sha256 = excluded.sha256, at = excluded.at,"
            " version = excluded.version where a.sha256 <> excluded.sha256"
            " or a.version <> excluded.version",
            (file.name, file.digest, __version__),
        )
