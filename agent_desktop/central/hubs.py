"""Log-ins of hubs: they may become any agent and read whole scopes; else they have no right."""

from __future__ import annotations

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow

from agent_desktop.central.database import owner_of
from agent_desktop.errors import Refused

Connection = psycopg.Connection[TupleRow]


def add_hub(connection: Connection, login: str, password: str) -> None:
    """Let a hub log in under this name: it may become any agent and read whole scopes, and has
    no right of its own. Refused: {"login": "taken"} when the name is somebody else's."""
    taken = connection.execute(
        "select not pg_has_role(oid, 'edges', 'member') or rolsuper from pg_roles"
        " where rolname = %s",
        (login,),
    ).fetchone()
    if taken and taken[0]:
        raise Refused({"login": "taken"})
    role = sql.Identifier(login)
    hashed = connection.pgconn.encrypt_password(password.encode(), login.encode(), b"scram-sha-256")
    with connection.transaction():
        if not taken:
            connection.execute(sql.SQL("create role {} noinherit").format(role))
        connection.execute(
            sql.SQL("alter role {} login password {}").format(role, sql.Literal(hashed.decode()))
        )
        connection.execute(sql.SQL("grant edges, collectors to {}").format(role))
        # Agents that were there before hubs were.
        agents = connection.execute(
            "select a.user_name from crm.agent a join pg_roles r on r.rolname = a.user_name"
        ).fetchall()
        for (user,) in agents:
            connection.execute(sql.SQL("grant {} to edges").format(sql.Identifier(user)))
        with owner_of(connection):
            database = sql.Identifier(connection.info.dbname)
            connection.execute(sql.SQL("grant connect on database {} to {}").format(database, role))
