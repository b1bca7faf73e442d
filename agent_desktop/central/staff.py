"""Agents at the centre: each is a role of the database and a row of crm.agent."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow
from psycopg.types.json import Jsonb
from uuid6 import uuid7

from agent_desktop.central.database import is_superuser, let_keeper, owner_of
from agent_desktop.errors import AgentDesktopError, Refused

Connection = psycopg.Connection[TupleRow]

#: A desk has up to three (sync, waiting, bootstrap); those of a broken line count too until the
#: server notices.
CONNECTIONS = 8
#: Whoever leaves is out of every open session within this.
ENDED_SECONDS = 5.0
_RESERVED = ("none", "agents", "crm_owner", "crm_keeper")
_SETTINGS = {
    "statement_timeout": "60s",
    "idle_in_transaction_session_timeout": "60s",
}


@dataclass(frozen=True, slots=True)
class NewAgent:
    """An agent as the administrator describes them; `team` is a team's code or empty."""

    user_name: str
    name: str
    password: str = field(repr=False)
    business_role: str = "agent"
    team: str = ""
    extension: str = ""
    sip_secret: str = field(default="", repr=False)
    scopes: Sequence[str] = ("company",)
    is_temporary: bool = False
    """Whether the agent has to choose another password at the first sign-in."""


def add_agent(connection: Connection, new: NewAgent) -> UUID:
    """Add an agent, or change the one of this user name, and let them log in. Returns the id.

    Refused: {"user_name": "taken"} when a role of this name is not an agent's,
    {"team": "unknown"}, {"scopes": "unknown"}, {"business_role": "unknown"}.
    """
    with connection.transaction():
        _check_role_name(connection, new.user_name)
        with owner_of(connection):
            agent_id = _put_row(connection, new)
        connection.execute("reset role")
        _put_login(connection, new)
    return agent_id


def _check_role_name(connection: Connection, user_name: str) -> None:
    """An agent's role has no member and no power beyond the group's; others are not ours."""
    if not user_name or user_name in _RESERVED or len(user_name) > 63:
        raise Refused({"user_name": "not_possible"})
    taken = connection.execute(
        "select rolsuper or rolcreaterole or rolcreatedb or rolbypassrls"
        "  or not pg_has_role(oid, 'agents', 'member')"
        " from pg_roles where rolname = %s",
        (user_name,),
    ).fetchone()
    if taken and taken[0]:
        raise Refused({"user_name": "taken"})


def _put_row(connection: Connection, new: NewAgent) -> UUID:
    team_id = _team_id(connection, new.team)
    row = connection.execute(
        "insert into crm.agent as a (id, user_name, name, business_role, team_id, extension,"
        "  sip_secret) values (%s, %s, %s, %s, %s, %s, %s)"
        " on conflict (user_name) do update set name = excluded.name,"
        "  business_role = excluded.business_role, team_id = excluded.team_id,"
        "  extension = excluded.extension, sip_secret = excluded.sip_secret, active = true"
        " returning id",
        (
            uuid7(),
            new.user_name,
            new.name,
            new.business_role,
            team_id,
            new.extension,
            new.sip_secret,
        ),
    ).fetchone()
    assert row is not None
    agent_id: UUID = row[0]
    _put_scopes(connection, agent_id, list(new.scopes))
    _password_given(connection, agent_id, new.is_temporary)
    _note(connection, "add_agent", agent_id)
    return agent_id


def _put_scopes(connection: Connection, agent_id: UUID, scopes: list[str]) -> None:
    """Only what differs: the agent's desks are told of each scope that comes or goes."""
    connection.execute(
        "delete from crm.agent_scope where agent_id = %s and not scope = any (%s)",
        (agent_id, scopes),
    )
    try:
        connection.execute(
            "insert into crm.agent_scope select %s, unnest(%s::text[]) on conflict do nothing",
            (agent_id, scopes),
        )
    except psycopg.errors.ForeignKeyViolation:
        raise Refused({"scopes": "unknown"}) from None


def _team_id(connection: Connection, code: str) -> UUID | None:
    if not code:
        return None
    row = connection.execute("select id from crm.team where code = %s", (code,)).fetchone()
    if row is None:
        raise Refused({"team": "unknown"})
    found: UUID = row[0]
    return found


def _password_given(connection: Connection, agent_id: UUID, is_temporary: bool) -> None:
    connection.execute(
        "insert into crm.password as p (agent_id, is_temporary) values (%s, %s)"
        " on conflict (agent_id) do update set changed_at = now(),"
        "  is_temporary = excluded.is_temporary",
        (agent_id, is_temporary),
    )


def reset_password(connection: Connection, user_name: str, password: str) -> int:
    """Give an agent a temporary password and end the open sessions: the next sign-in asks for
    another one before anything else. Returns how many were ended.

    Refused: {"user_name": "unknown"} when there is no active agent of this name.
    """
    with connection.transaction():
        with owner_of(connection):
            row = connection.execute(
                "select id from crm.agent where user_name = %s and active", (user_name,)
            ).fetchone()
            if row is None:
                raise Refused({"user_name": "unknown"})
            _password_given(connection, row[0], is_temporary=True)
            _note(connection, "reset_password", row[0])
        connection.execute("reset role")
        role, hashed = sql.Identifier(user_name), _hashed(connection, user_name, password)
        connection.execute(sql.SQL("alter role {} password {}").format(role, sql.Literal(hashed)))
    return _end_sessions(connection, user_name)


def _hashed(connection: Connection, user_name: str, password: str) -> str:
    """Hashed here so that no log of the server can show it."""
    return connection.pgconn.encrypt_password(
        password.encode(), user_name.encode(), b"scram-sha-256"
    ).decode()


def _put_login(connection: Connection, new: NewAgent) -> None:
    """The role with its password."""
    role = sql.Identifier(new.user_name)
    if not _exists(connection, new.user_name):
        connection.execute(sql.SQL("create role {} nologin").format(role))
    hashed = _hashed(connection, new.user_name, new.password)
    connection.execute(
        sql.SQL("alter role {} login password {} connection limit {}").format(
            role, sql.Literal(hashed), sql.Literal(CONNECTIONS)
        )
    )
    connection.execute(sql.SQL("grant agents to {}").format(role))
    connection.execute(sql.SQL("grant {} to edges").format(role))
    let_keeper(connection, new.user_name)
    for name, value in _settings(connection).items():
        connection.execute(
            sql.SQL("alter role {} set {} = {}").format(
                role, sql.Identifier(name), sql.Literal(value)
            )
        )


def _settings(connection: Connection) -> dict[str, str]:
    """Limits of an agent's sessions; the last only a superuser may set, and nobody unset."""
    return _SETTINGS | ({"temp_file_limit": "256MB"} if is_superuser(connection) else {})


def _exists(connection: Connection, user_name: str) -> bool:
    found = connection.execute("select from pg_roles where rolname = %s", (user_name,)).fetchone()
    return found is not None


def offboard(connection: Connection, user_name: str) -> int:
    """End an agent's access now: no log-in, no rights in open sessions, and those sessions
    ended. Returns how many were ended. Refused: {"user_name": "unknown"}."""
    with connection.transaction(), owner_of(connection):
        row = connection.execute(
            "update crm.agent set active = false, sip_secret = '' where user_name = %s"
            " returning id",
            (user_name,),
        ).fetchone()
        if row is None:
            raise Refused({"user_name": "unknown"})
        _note(connection, "offboard", row[0])
    if not _exists(connection, user_name):
        return 0
    # The password stays: who still knows it is told "you have left", which makes a desk destroy
    # its mirror's key; with any other he is told no more than a stranger.
    role = sql.Identifier(user_name)
    connection.execute(sql.SQL("alter role {} nologin").format(role))
    _take_back(connection, user_name)
    return _end_sessions(connection, user_name)


def _take_back(connection: Connection, user_name: str) -> None:
    """On PostgreSQL 15 an agent may have lent his role to colleagues; that ends too."""
    lent = connection.execute(
        "select m.member::regrole::text from pg_auth_members m"
        " where m.roleid = (select oid from pg_roles where rolname = %s)"
        "  and pg_has_role(m.member, 'agents', 'member')"
        "  and not (select rolsuper or rolcreaterole from pg_roles r where r.oid = m.member)"
        "  and not pg_has_role(m.member, 'edges', 'member')",
        (user_name,),
    ).fetchall()
    role = sql.Identifier(user_name)
    for (quoted,) in lent:
        connection.execute(sql.SQL("revoke {} from {}").format(role, sql.SQL(quoted)))


def _end_sessions(connection: Connection, user_name: str) -> int:
    """End them all at once, and see that they end. Raises AgentDesktopError when one has not
    within ENDED_SECONDS."""
    if not is_superuser(connection):
        # Who made the role may join it, and who is in it may end its sessions.
        connection.execute(sql.SQL("grant {} to current_user").format(sql.Identifier(user_name)))
    until = time.monotonic() + ENDED_SECONDS
    ended: set[int] = set()
    while time.monotonic() < until:
        # One may have been logging in meanwhile.
        open_now = connection.execute(
            "select pid, pg_terminate_backend(pid) from pg_stat_activity where usename = %s",
            (user_name,),
        ).fetchall()
        if not open_now:
            return len(ended)
        ended.update(pid for pid, _ in open_now)
        time.sleep(0.02)
    raise AgentDesktopError(f"sessions of {user_name} do not end; they can read nothing any more")


def _note(connection: Connection, what: str, agent_id: UUID, **detail: str) -> None:
    connection.execute(
        "insert into crm.audit (what, record_id, detail) values (%s, %s, %s)",
        (what, agent_id, Jsonb(detail)),
    )
