"""How the centre is: what `agent-desktop admin status` shows."""

from __future__ import annotations

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow

from agent_desktop.models.store.tables import MIRRORED

Connection = psycopg.Connection[TupleRow]
Lines = list[tuple[str, str]]


def lines(connection: Connection) -> Lines:
    """(what, value) pairs, in the order in which they are shown."""
    return [*_site(connection), *_people(connection), *_feed(connection), *_tables(connection)]


def as_table(found: Lines) -> str:
    """The lines as two aligned columns."""
    width = max(len(what) for what, _ in found)
    return "\n".join(f"{what:<{width}}  {value}" for what, value in found)


def _site(connection: Connection) -> Lines:
    row = connection.execute(
        "select s.name, s.time_zone, m.file, s.schema_version, s.generation,"
        " current_setting('server_version'), pg_size_pretty(pg_database_size(current_database()))"
        " from crm.site s, lateral (select max(a.file) as file from crm.applied a"
        "  where a.file like 'tables/%') m"
    ).fetchone()
    assert row is not None
    return [
        ("site", f"{row[0]} ({row[1]})"),
        ("server", f"PostgreSQL {row[5]}"),
        ("tables", str(row[2])),
        ("schema of desks", str(row[3])),
        ("generation", str(row[4])),
        ("size", str(row[6])),
    ]


def _people(connection: Connection) -> Lines:
    row = connection.execute(
        "select count(*) filter (where a.active), count(*) filter (where not a.active),"
        " (select count(distinct d.usename) from pg_stat_activity d join crm.agent b"
        "  on b.user_name = d.usename::text where d.datname = current_database())"
        " from crm.agent a"
    ).fetchone()
    assert row is not None
    return [("agents", f"{row[0]} active, {row[1]} off, {row[2]} connected")]


def _feed(connection: Connection) -> Lines:
    row = connection.execute(
        "select count(*), min(at), (select count(*) from crm.intent_result),"
        " (select count(*) from crm.intent_result r where r.result ->> 'state' <> 'accepted')"
        " from crm.feed"
    ).fetchone()
    assert row is not None
    since = f" since {row[1]:%Y-%m-%d %H:%M} UTC" if row[1] else ""
    return [
        ("feed", f"{row[0]:,} lines{since}"),
        ("intents", f"{row[2]:,}, of these {row[3]:,} refused or in conflict"),
    ]


def _tables(connection: Connection) -> Lines:
    found = []
    for name in MIRRORED:
        count = sql.SQL("select count(*) from crm.{}").format(sql.Identifier(name))
        row = connection.execute(count).fetchone()
        found.append((name, f"{row[0]:,}" if row else ""))
    return found
