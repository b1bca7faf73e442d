"""The central database as a whole: made, brought up to date, and connected to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from psycopg import sql
from psycopg.conninfo import make_conninfo
from psycopg.rows import TupleRow

from agent_desktop.central import kinds, migration

# Everybody may do these in a new cluster: each of them writes into the database.
_LARGE_OBJECTS = (
    "lo_create(oid)",
    "lo_creat(integer)",
    "lo_from_bytea(oid, bytea)",
    "lo_put(oid, bigint, bytea)",
    "lo_open(oid, integer)",
    "lowrite(integer, bytea)",
    "lo_truncate(integer, integer)",
    "lo_truncate64(integer, bigint)",
    "lo_unlink(oid)",
)
_LOCK_PATIENCE = "10s"
_SET_PASSWORD = "crm.set_password(text, text)"


def connect(dsn: str, **settings: Any) -> psycopg.Connection[TupleRow]:
    """A connection in autocommit; a server that does not answer within 10 s is unreachable."""
    return psycopg.connect(
        dsn,
        autocommit=True,
        connect_timeout=10,
        application_name="agent-desktop admin",
        **settings,
    )


@contextmanager
def owner_of(connection: psycopg.Connection[TupleRow]) -> Iterator[None]:
    """One transaction in which the connection is the owner of everything in the centre."""
    with connection.transaction():
        connection.execute("set local role crm_owner")
        yield


def create_database(dsn: str, name: str, site_name: str = "", time_zone: str = "") -> str:
    """Make the database `name` on the server of `dsn`, migrated, and return its DSN.

    The role of `dsn` must be a superuser, or have CREATEDB and CREATEROLE.
    Raises psycopg.errors.DuplicateDatabase when it exists.
    """
    with connect(dsn) as connection:
        _make_roles(connection)
        connection.execute(
            sql.SQL(
                "create database {} owner crm_owner template template0 encoding 'UTF8'"
                " lc_collate 'C' lc_ctype 'C'"
            ).format(sql.Identifier(name))
        )
    target = make_conninfo(dsn, dbname=name)
    with connect(target) as connection:
        _close_doors(connection, name)
    upgrade(target)
    with connect(target) as connection, owner_of(connection):
        _name_site(connection, site_name or name, time_zone or "America/Sao_Paulo")
    return target


def upgrade(dsn: str, folder: Path = migration.FOLDER) -> list[str]:
    """Bring the database up to this program's version, whole or not at all; a second time changes
    nothing. `folder` has the .sql files. Returns what was done, a line each.

    Raises migration.CentreNotUpgradable for a database made before 0.1.0 or by a newer program, and
    psycopg.errors.LockNotAvailable when somebody uses a table for longer than 10 s.
    """
    with connect(dsn) as connection:
        _make_roles(connection)
        with connection.transaction():
            done = _apply(connection, folder)
            _give_to_keeper(connection)
        if is_superuser(connection):
            _close_locks(connection)
    return done


def _apply(connection: psycopg.Connection[TupleRow], folder: Path) -> list[str]:
    """Apply the files as the owner of everything. One of two upgrades at once waits."""
    connection.execute("set local role crm_owner")
    connection.execute("select pg_advisory_xact_lock(hashtext('agent_desktop.upgrade'))")
    if not migration.changes(connection, folder):
        done = kinds.declare(connection)
        connection.execute("reset role")
        return done
    connection.execute("reset role")
    # Whoever reads for long must not make all others wait for us, who wait for him.
    connection.execute(sql.SQL("set local lock_timeout = {}").format(_LOCK_PATIENCE))
    _take_from_keeper(connection)
    connection.execute("set local role crm_owner")
    done = migration.apply(connection, folder) + kinds.declare(connection)
    connection.execute("reset role")
    return done


def _take_from_keeper(connection: psycopg.Connection[TupleRow]) -> None:
    """Only its owner may make a function again."""
    row = connection.execute("select to_regprocedure(%s) is not null", (_SET_PASSWORD,)).fetchone()
    if row == (True,):
        connection.execute(f"alter function {_SET_PASSWORD} owner to crm_owner")


def _give_to_keeper(connection: psycopg.Connection[TupleRow]) -> None:
    """The function that changes passwords runs as crm_keeper, and only crm_owner may call it."""
    row = connection.execute(
        "select proowner = 'crm_owner'::regrole from pg_proc where oid = to_regprocedure(%s)",
        (_SET_PASSWORD,),
    ).fetchone()
    if row == (True,):
        # Whoever is given a function must be able to make one there, for that moment.
        connection.execute("grant create on schema crm to crm_keeper")
        connection.execute(f"alter function {_SET_PASSWORD} owner to crm_keeper")
        connection.execute(f"grant execute on function {_SET_PASSWORD} to crm_owner")
        connection.execute("revoke create on schema crm from crm_keeper")
    if row is not None:
        agents = connection.execute(
            "select a.user_name from crm.agent a join pg_roles r on r.rolname = a.user_name"
        ).fetchall()
        for (user_name,) in agents:
            let_keeper(connection, user_name)


def let_keeper(connection: psycopg.Connection[TupleRow], user_name: str) -> None:
    """Let the function change this role's password. Since PostgreSQL 16 who may change roles may
    change only those that were given to him so; he does not get what they may do."""
    if connection.info.server_version >= 160000:
        role = sql.Identifier(user_name)
        connection.execute(
            sql.SQL("grant {} to crm_keeper with admin true, inherit false, set false").format(role)
        )


def _make_roles(connection: psycopg.Connection[TupleRow]) -> None:
    connection.execute((migration.FOLDER / "roles.sql").read_text("utf-8"))


def _close_doors(connection: psycopg.Connection[TupleRow], name: str) -> None:
    """Take from everybody what a new database gives to everybody."""
    database = sql.Identifier(name)
    connection.execute("set role crm_owner")
    connection.execute(sql.SQL("revoke all on database {} from public").format(database))
    connection.execute(sql.SQL("grant connect on database {} to agents").format(database))
    connection.execute("drop schema if exists public")
    connection.execute("reset role")
    if is_superuser(connection):
        # Only a superuser may; without one docs/central.md tells what to type.
        for function in _LARGE_OBJECTS:
            connection.execute(f"revoke execute on function pg_catalog.{function} from public")
        _close_locks(connection)


def _close_locks(connection: psycopg.Connection[TupleRow]) -> None:
    """Advisory locks say who has a duty (collector, sealer): not for everybody to take; and
    messages in the write-ahead log fill the disk past every limit."""
    functions = connection.execute(
        "select p.oid::regprocedure::text from pg_proc p"
        " where p.pronamespace = 'pg_catalog'::regnamespace"
        " and p.proname ~ '^pg_((try_)?advisory|logical_emit_message)'"
    ).fetchall()
    for (function,) in functions:
        connection.execute(f"revoke execute on function {function} from public".encode())
        connection.execute(f"grant execute on function {function} to crm_owner".encode())


def is_superuser(connection: psycopg.Connection[TupleRow]) -> bool:
    """Whether the connection may do everything."""
    return connection.info.parameter_status("is_superuser") == "on"


def _name_site(connection: psycopg.Connection[TupleRow], name: str, time_zone: str) -> None:
    """The site's names, and the keys that desks seal their local file's key to."""
    secret = X25519PrivateKey.generate()
    connection.execute(
        "update crm.site set name = %s, time_zone = %s, sealing_key = %s, sealing_secret = %s",
        (name, time_zone, secret.public_key().public_bytes_raw(), secret.private_bytes_raw()),
    )
