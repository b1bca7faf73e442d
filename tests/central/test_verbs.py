"""Which function does a verb, and what becomes of one with a mistake in it."""

from __future__ import annotations

import shutil
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from agent_desktop.central import database, migration
from tests.central.conftest import accepted, begun, new_id, refusal
from tests.central_fixtures import Centre, Pusher

pytestmark = pytest.mark.postgres


def make_verb(centre: Centre, body: str, kind: str = "") -> None:
    """The verb `test.verb`, written in PL/pgSQL."""
    arguments = "kind text, p jsonb" if kind else "p jsonb"
    order = (
        f"set role crm_owner; create function crm.test_verb({arguments}) returns jsonb"
        f" language plpgsql set search_path = '' as $$ begin {body} end $$;"
        f" insert into crm.verb values ('test.verb', 'crm.test_verb', '{kind}'); reset role"
    )
    centre.admin.execute(order.encode())


@pytest.mark.parametrize(
    ("body", "state"),
    [
        ("perform a.no_such_column from crm.account a;", "42703"),
        ("perform crm.no_such_function();", "42883"),
        ("case when false then null; end case;", "20000"),
        ("raise exception 'a mistake';", "P0001"),
        ("perform crm.test_verb(p);", "54001"),
        ("null;", "2F005"),
    ],
)
def test_a_verb_with_a_mistake_refuses_and_the_next_intent_goes_through(
    centre: Centre, ana: Pusher, body: str, state: str
) -> None:
    product = "insert into crm.product (id, code) select x, x::text from gen_random_uuid() x;"
    make_verb(centre, product + body)
    result = ana.push("test.verb", {"id": new_id()})
    assert refusal(result) == "fault"
    assert result["detail"] == state
    assert centre.one("select count(*) from crm.product") == 0
    begun(ana)


@pytest.mark.parametrize("state", ["40001", "40P01", "53100", "55P03", "57P01", "58030", "XX000"])
def test_what_may_succeed_the_next_time_is_sent_again(
    centre: Centre, ana: Pusher, state: str
) -> None:
    make_verb(centre, f"raise exception 'not now' using errcode = '{state}';")
    with pytest.raises(psycopg.Error) as raised:
        ana.push_as(1, "test.verb", {})
    assert raised.value.sqlstate == state
    centre.admin.execute(
        "create or replace function crm.test_verb(p jsonb) returns jsonb language sql"
        " set search_path = '' as $$ select '{\"state\": \"accepted\"}'::jsonb $$"
    )
    accepted(ana.push_as(1, "test.verb", {}))


def test_a_verb_of_a_kind_is_told_which(centre: Centre, ana: Pusher) -> None:
    make_verb(
        centre, "perform crm.refuse(kind || ' ' || (p ->> 'x')); return null;", kind="activity"
    )
    assert refusal(ana.push("test.verb", {"x": "1"})) == "activity 1"


@pytest.mark.parametrize(
    "kind", ["", "crm.account_create", "account.create; select 1", "ACCOUNT.CREATE", "pg_sleep"]
)
def test_only_rows_of_the_table_are_verbs(ana: Pusher, kind: str) -> None:
    assert refusal(ana.push(kind, {"id": new_id()})) == "unknown_kind"


@pytest.mark.parametrize("order", ["insert into crm.verb values ('a', 'b')", "table crm.verb"])
def test_agents_neither_read_nor_write_verbs(ana: Pusher, order: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ana.connection.execute(order.encode())


@pytest.mark.parametrize(
    "function",
    [
        "crm.no_such_function",
        "crm.happened",
        "api_v1.sign_in",
        "pg_catalog.jsonb_typeof",
        "crm.account_create(jsonb); select 1 --",
        "crm.with_power",
    ],
)
def test_an_upgrade_refuses_a_verb_that_nothing_can_do(
    centre: Centre, tmp_path: Path, function: str
) -> None:
    folder = Path(shutil.copytree(migration.FOLDER, tmp_path / "central"))
    (folder / "functions" / "extra.sql").write_text(
        "create or replace function crm.with_power(p jsonb) returns void language sql"
        " security definer set search_path = '' as $$ select $$;"
        f" insert into crm.verb values ('test.verb', '{function}');"
    )
    with pytest.raises((migration.CentreNotUpgradable, psycopg.Error)):
        database.upgrade(centre.dsn, folder)
    assert centre.one("select count(*) from crm.verb where name = 'test.verb'") == 0
    assert centre.one("select count(*) from crm.verb") >= 21


def test_a_command_answers_nothing_and_is_accepted(ana: Pusher, account: UUID) -> None:
    payload = {"id": new_id(), "account_id": str(account), "written": "1"}
    assert accepted(ana.push("phone.add", payload))["state"] == "accepted"
