"""An agent with a SQL prompt of his own gets no further than the desk would let him."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from uuid import UUID

import psycopg
import pytest

from agent_desktop.central.postgres import Cluster
from agent_desktop.models.store.tables import MIRRORED
from tests.central.conftest import accepted, new_id
from tests.central_fixtures import Centre, ConnectAs, Connection, Pusher, fresh_centre

# What a statement of an agent may fail with: no right; no such thing under that name.
_DENIED = {"42501", "42703", "42P01", "3F000", "42883"}

WRITES = [
    "insert into sync_v1.account (id, number) values (gen_random_uuid(), '1')",
    "update sync_v1.account set name = 'x'",
    "delete from sync_v1.account",
    "insert into crm.account (id, number) values (gen_random_uuid(), '1')",
    "update crm.account set scope = 'company'",
    "update crm.agent set business_role = 'administrator'",
    "insert into crm.agent_scope select id, 'vip' from sync_v1.agent",
    "insert into crm.feed (table_name) values ('x')",
    "truncate crm.account",
    "insert into crm.audit (what) values ('x')",
    "update crm.audit set agent_id = null",
    "delete from crm.audit",
    "delete from crm.audit_batch",
    "alter table crm.audit disable trigger all",
    "select * from sync_v1.account for update",
    "do $$ begin lock table sync_v1.account in exclusive mode; end $$",
    "copy sync_v1.account from stdin",
]
CREATES = [
    "create table t (x int)",
    "create table sync_v1.t (x int)",
    "create table api_v1.t (x int)",
    "create temp table t (x int)",
    "create schema mine",
    "create schema public",
    "create function sync_v1.f() returns int language sql as 'select 1'",
    "create function pg_temp.f() returns int language sql as 'select 1'",
    "create role mine",
    "create database mine",
    "create extension dblink",
    "select lo_create(0)",
    "select lo_from_bytea(0, 'x')",
    "select pg_advisory_lock(1)",
    "select pg_try_advisory_lock_shared(1, 2)",
    "select pg_try_advisory_xact_lock(hashtext('agent_desktop.seal'))",
]
BECOMES = [
    "set role bruno",
    "set local role bruno",
    "set role crm_owner",
    "set role postgres",
    "set role edges",
    "set role collectors",
    "set role crm_keeper",
    "set session authorization bruno",
    "select set_config('role', 'bruno', false)",
    "alter role ana superuser",
    "alter role ana bypassrls",
    "alter role bruno password 'x'",
    "grant bruno to ana",
    "grant crm_owner to ana",
    "alter database {database} set search_path = x",
    "set session_replication_role = replica",
    "set temp_file_limit = -1",
]
READS = [
    "select tax_id from crm.account",
    "select birth_on from crm.account",
    "select sip_secret from crm.agent",
    "select tax_id from sync_v1.account",
    "select birth_on from sync_v1.account",
    "select sip_secret from sync_v1.agent",
    "select scope from sync_v1.account",
    "select * from crm.account",
    "select * from crm.feed",
    "select fact_key from crm.site",
    "select * from crm.audit",
    "select * from crm.audit_open",
    "select * from crm.audit_batch",
    "select * from crm.audit_member",
    "select * from crm.intent_result",
    "select * from crm.verification",
    "select * from crm.agent_state",
    "select * from crm.auto_answer",
    "select * from crm.fact_source",
    "select * from crm.feed_open",
    "select * from crm.snapshot",
    "select * from crm.snapshot_part",
    "select * from crm.token_key",
    "select * from crm.erasure",
    "select * from crm.erasure_open",
    "select * from crm.password",
    "select * from crm.quarantine",
    "select * from crm.quarantine_part",
    "select * from crm.audit_floor",
    "select passwd from pg_shadow",
    "select pg_read_file('/etc/hostname')",
    "copy sync_v1.account to program 'cat'",
]
CALLS = [
    "select crm.actor()",
    "select crm.scopes()",
    "select crm.put_fact('tax_id', gen_random_uuid(), gen_random_uuid(), '1')",
    "select crm.apply('ticket.create', '{}')",
    "select crm.trim_feed('0 days')",
    "select crm.trim_calls('0 days')",
    "select crm.refresh_facts()",
    "select crm.erase_account(gen_random_uuid())",
    "select crm.restored()",
    "select crm.set_password('ana', 'x')",
    "select crm.set_password('bruno', 'x')",
    "select crm.trim_audit()",
    "select crm.keep_house()",
    "select hub_v1.keep_house()",
    "select crm.turn_feed()",
    "select crm.seal_audit()",
    "select hub_v1.seal_audit()",
    "select hub_v1.audit_waiting()",
    "select hub_v1.token_keys()",
    "select hub_v1.position()",
    "select hub_v1.turn_day('0 days')",
    "select hub_v1.put_part(gen_random_uuid(), 0, '')",
    "select hub_v1.offer('{}')",
    "select pg_reload_conf()",
]


TRAP = """
create schema trap;
grant usage on schema trap to public;
create function trap.now() returns timestamptz
  language sql as $$ select timestamptz 'epoch' $$;
create function trap.md5(text) returns text language sql as $$ select 'trap' $$;
create function trap.sha256(bytea) returns bytea language sql as $$ select bytea 'trap' $$;
create function trap.never(text, text) returns bool language sql as $$ select false $$;
create operator trap.= (leftarg = text, rightarg = text, function = trap.never);
"""


@pytest.fixture(scope="module")
def prompt(cluster: Cluster, template: str) -> Iterator[Connection]:
    """The agent's SQL prompt, with a colleague and an account to be had. All tests share it:
    what is denied changes nothing."""
    with fresh_centre(cluster, template) as centre:
        centre.add_agent("ana")
        centre.add_agent("bruno")
        centre.add_account(tax_id="39053344705", birth_on="1980-02-03")
        with psycopg.connect(centre.dsn_of("ana"), autocommit=True) as connection:
            yield connection


@pytest.mark.parametrize("statement", WRITES + CREATES + BECOMES + READS + CALLS)
def test_denied(prompt: Connection, statement: str) -> None:
    with pytest.raises(psycopg.Error) as error:
        prompt.execute(statement.replace("{database}", prompt.info.dbname))
    assert error.value.sqlstate in _DENIED, error.value


def test_becoming_the_group_gains_nothing(prompt: Connection) -> None:
    """An agent may become the group; the centre still knows who he is and lets him do no more."""
    prompt.execute("set role agents")
    row = prompt.execute("select api_v1.sign_in(gen_random_uuid(), 'pc') -> 'agent'").fetchone()
    assert isinstance(row, tuple)
    assert row[0]["user_name"] == "ana"
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        prompt.execute("update sync_v1.account set name = 'x'")
    prompt.execute("reset role")


def test_a_search_path_of_ones_own_changes_nothing(centre: Centre, ana: Pusher) -> None:
    # Somebody with more rights left a trap: functions and operators of the same names.
    centre.admin.execute(TRAP)
    ana.connection.execute("set search_path = trap, pg_catalog")
    payload = {"id": new_id(), "protocol": "2026112100000010"}
    accepted(ana.push("interaction.begin", payload))
    assert centre.one("select started_at > now() - interval '1 hour' from crm.interaction")
    row = ana.connection.execute("select count(*) from sync_v1.interaction").fetchone()
    assert row == (1,)


def test_an_agent_cannot_reach_other_databases(centre: Centre, connect_as: ConnectAs) -> None:
    connect_as("ana")
    for name in ("postgres", "template1"):
        dsn = centre.cluster.dsn(name, user="ana", password="password of ana")
        with pytest.raises(psycopg.OperationalError, match="CONNECT privilege"):
            psycopg.connect(dsn)


def test_hidden_rows_do_not_leak_through_errors(centre: Centre, ana: Pusher) -> None:
    """A condition that fails on a hidden row must not get to see it."""
    centre.add_account(name="Secret", scope="vip")
    rows = ana.connection.execute(
        "select id from sync_v1.account where 1 / (case when name = 'Secret' then 0 else 1 end) = 1"
    ).fetchall()
    assert rows == []


# -- what must hold for everything in the catalogue ----------------------------------------------
def test_definer_functions_trust_no_search_path(centre: Centre) -> None:
    loose = centre.admin.execute(
        "select p.oid::regprocedure::text from pg_proc p"
        " where p.pronamespace in ('crm'::regnamespace, 'api_v1'::regnamespace,"
        "  'sync_v1'::regnamespace, 'hub_v1'::regnamespace) and p.prosqlbody is null"
        " and not coalesce(p.proconfig @> array['search_path=\"\"'], false)"
    ).fetchall()
    assert loose == []


def test_agents_may_call_these_functions_and_no_others(centre: Centre) -> None:
    for who in ("agents", "public"):
        allowed = centre.one(
            "select array_agg(n.nspname || '.' || p.proname order by n.nspname, p.proname)"
            " from pg_proc p join pg_namespace n on n.oid = p.pronamespace"
            " where n.nspname in ('crm', 'api_v1', 'sync_v1', 'hub_v1')"
            " and has_function_privilege(%s, p.oid, 'execute')",
            who,
        )
        expected = {
            "agents": [
                "api_v1.acknowledge", "api_v1.ask_reveal", "api_v1.ask_search",
                "api_v1.change_password",
                "api_v1.lease_numbers", "api_v1.leave_presence", "api_v1.password_rule",
                "api_v1.position", "api_v1.presence", "api_v1.presence_pass", "api_v1.push",
                "api_v1.quarantine_begin", "api_v1.quarantine_end", "api_v1.quarantine_put",
                "api_v1.reveal", "api_v1.search", "api_v1.sign_in", "api_v1.snapshot_offer",
                "api_v1.snapshot_part",
                "crm.actor", "crm.scopes", "sync_v1.log",
            ],
            "public": [],
        }  # fmt: skip
        assert sorted(set(allowed or ())) == expected[who]


def test_what_agents_may_read_is_under_forced_policies(centre: Centre) -> None:
    open_tables = centre.one(
        "select array_agg(c.relname::text) from pg_class c"
        " where c.relnamespace = 'crm'::regnamespace and c.relkind = 'r'"
        " and has_any_column_privilege('agents', c.oid, 'select, insert, update, references')"
        " and not (c.relrowsecurity and c.relforcerowsecurity)"
    )
    assert open_tables is None
    readable = centre.one(
        "select array_agg(c.relname::text order by c.relname) from pg_class c"
        " where c.relnamespace = 'crm'::regnamespace and c.relkind in ('r', 'v')"
        " and has_any_column_privilege('agents', c.oid, 'select')"
    )
    assert readable == sorted(MIRRORED)
    writable = centre.one(
        "select count(*) from pg_class c where c.relkind in ('r', 'v', 'S')"
        " and c.relnamespace::regnamespace::text in ('crm', 'sync_v1', 'api_v1')"
        " and (has_table_privilege('agents', c.oid, 'insert, update, delete, truncate, trigger')"
        "  or has_any_column_privilege('agents', c.oid, 'insert, update, references'))"
    )
    assert writable == 0


def test_the_owner_has_no_power_of_its_own(centre: Centre) -> None:
    row = centre.admin.execute(
        "select rolcanlogin, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb"
        " from pg_roles where rolname = 'crm_owner'"
    ).fetchone()
    assert row == (False,) * 5
    strangers = centre.one(
        "select count(*) from pg_class c where c.relnamespace::regnamespace::text"
        " in ('crm', 'sync_v1', 'api_v1') and c.relowner <> 'crm_owner'::regrole"
    )
    assert strangers == 0


def test_definer_functions_see_no_more_than_the_agent(centre: Centre, ana: Pusher) -> None:
    """Without FORCE, or with policies for agents only, the owner would see all or nothing."""
    hidden = centre.add_account(tax_id="39053344705", scope="ombudsman")
    ana.connection.execute("select api_v1.ask_reveal(%s, 'tax_id')", (hidden,))
    row = ana.connection.execute("select api_v1.reveal(%s, 'tax_id')", (hidden,)).fetchone()
    assert row == (None,)


def test_a_made_up_client_is_no_door(ana: Pusher, connect_as: ConnectAs) -> None:
    other: UUID = uuid.uuid4()
    bruno = Pusher(connect_as("bruno"), other)
    accepted(bruno.push("interaction.begin", {"id": new_id(), "protocol": "2026112100000010"}))
    with pytest.raises(psycopg.Error) as error:
        ana.connection.execute("select * from api_v1.lease_numbers(%s, 'ticket')", (other,))
    assert error.value.sqlstate == "AD021"
