"""What must hold for every function, view, table, column, sequence and schema there is: the lists
are asked of the catalogue, so that whatever is added later is looked at, too."""

from __future__ import annotations

import re
from typing import Any

import psycopg
import pytest

from tests.central_fixtures import Centre, ConnectAs

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(120)]

SCHEMAS = "('crm', 'api_v1', 'sync_v1', 'hub_v1')"
#: The one function with power beyond the tables, and whose it is (functions/password.sql).
POWERFUL = {"crm.set_password(text,text)": "crm_keeper"}
#: Groups whose members log in from outside.
OUTSIDE = ("agents", "edges", "collectors")
#: How a function learns who is asking; each ends at crm.actor().
ASKS = r"crm\.(me|actor|scopes|claim_client|me_with_any_password)\(|presence_pass\("
WRITES = r"\m(insert into|update crm|delete from|nextval|pg_notify|lock table|pg_try_advisory)"

FUNCTIONS = f"""
select p.oid, n.nspname, p.oid::regprocedure::text as name, p.proowner::regrole::text as owner,
  p.prosecdef as definer, p.provolatile as volatility, p.proconfig as settings,
  p.prosqlbody is not null as parsed, pg_get_functiondef(p.oid) as source,
  coalesce((select array_agg(case grantee when 0 then 'PUBLIC' else grantee::regrole::text end)
    from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner)))), '{{}}') as callers
from pg_proc p join pg_namespace n on n.oid = p.pronamespace
where n.nspname in {SCHEMAS} and p.prokind in ('f', 'p')
"""


def rows(centre: Centre, query: str) -> list[dict[str, Any]]:
    with centre.admin.cursor(row_factory=psycopg.rows.dict_row) as cursor:
        return cursor.execute(query.encode()).fetchall()


@pytest.fixture
def functions(centre: Centre) -> list[dict[str, Any]]:
    found = rows(centre, FUNCTIONS)
    assert len(found) > 60
    return found


def test_functions_are_the_owner_s_and_the_public_calls_none(
    functions: list[dict[str, Any]],
) -> None:
    for function in functions:
        owner = POWERFUL.get(function["name"], "crm_owner")
        assert function["owner"] == owner, function["name"]
        assert "PUBLIC" not in function["callers"], function["name"]


def test_functions_trust_no_search_path(functions: list[dict[str, Any]]) -> None:
    for function in functions:
        has_none = 'search_path=""' in (function["settings"] or [])
        assert function["parsed"] or has_none, function["name"]


def test_what_can_be_called_from_outside_runs_as_the_owner_and_asks_who_is_asking(
    functions: list[dict[str, Any]],
) -> None:
    for function in functions:
        outside = set(function["callers"]) & set(OUTSIDE)
        if function["nspname"] == "crm":
            # Row policies run as who reads: these two say who that is and nothing else.
            if outside:
                assert function["name"] in ("crm.actor()", "crm.scopes()"), function["name"]
            continue
        assert outside, f"{function['name']} can be called by nobody"
        assert function["definer"], function["name"]
        if "agents" in outside:
            assert outside == {"agents"}, function["name"]
            assert re.search(ASKS, function["source"]), f"{function['name']} asks nobody"
        else:
            assert function["nspname"] == "hub_v1", function["name"]


def test_a_function_that_writes_says_so(functions: list[dict[str, Any]], centre: Centre) -> None:
    """Marked stable it would be run more or less often than it is called, and on a standby."""
    for function in functions:
        writes = centre.one("select %s ~* %s", _body(function["source"]), WRITES)
        if writes and "crm.feed_open" not in function["source"]:
            assert function["volatility"] == "v", function["name"]


def _body(source: str) -> str:
    """Without comments and without texts in quotes."""
    plain = re.sub(r"--[^\n]*", "", source)
    return re.sub(r"'(?:[^']|'')*'", "''", plain)


def test_no_function_builds_statements_of_what_it_was_given(
    functions: list[dict[str, Any]],
) -> None:
    """`execute` of a text that was put together with || of an argument is a way in; what is made
    with format() quotes it."""
    for function in functions:
        for statement in re.findall(r"\bexecute\s+(?!function\b)([^;]+);", function["source"]):
            built = statement.lstrip().startswith(("format(", "pg_catalog.format(", "'", "query"))
            assert built, f"{function['name']}: {statement}"


def test_hints_carry_nothing(functions: list[dict[str, Any]]) -> None:
    """Every agent may listen to every channel."""
    told = [call for f in functions for call in re.findall(r"pg_notify\(([^)]*)\)", f["source"])]
    assert told
    assert set(told) == {"'feed', ''"}


# -- tables, views, columns -----------------------------------------------------------------------
RELATIONS = f"""
select c.oid, n.nspname || '.' || c.relname as name, n.nspname, c.relkind, c.relowner::regrole::text
    as owner, c.relrowsecurity and c.relforcerowsecurity as forced, c.relispartition as is_part,
  coalesce(c.reloptions, '{{}}') as options,
  coalesce((select array_agg(distinct
      case grantee when 0 then 'PUBLIC' else grantee::regrole::text end || ' ' || privilege_type)
    from aclexplode(c.relacl) where grantee <> c.relowner), '{{}}') as granted,
  coalesce((select array_agg(distinct
      case e.grantee when 0 then 'PUBLIC' else e.grantee::regrole::text end
        || ' ' || e.privilege_type)
    from pg_attribute a, aclexplode(a.attacl) e
    where a.attrelid = c.oid and e.grantee <> c.relowner), '{{}}') as granted_columns
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname in {SCHEMAS} and c.relkind in ('r', 'p', 'v', 'm', 'S', 'f')
"""
READERS = {"agents SELECT", "collectors SELECT"}


def test_relations_are_the_owner_s_and_nobody_else_writes(centre: Centre) -> None:
    found = rows(centre, RELATIONS)
    assert len(found) > 40
    for one in found:
        assert one["owner"] == "crm_owner", one["name"]
        assert set(one["granted"]) | set(one["granted_columns"]) <= READERS, one["name"]
        if one["nspname"] == "crm":
            assert one["granted"] == [], f"{one['name']} is granted whole, not by column"
        if one["relkind"] in ("m", "f"):
            raise AssertionError(f"{one['name']}: no policy binds what this shows")


def test_every_table_that_others_read_is_under_forced_policies(centre: Centre) -> None:
    for one in rows(centre, RELATIONS):
        if one["relkind"] in ("r", "p") and one["granted_columns"]:
            assert one["forced"], one["name"]
            policies = centre.one("select count(*) from pg_policy where polrelid = %s", one["oid"])
            assert policies > 0, one["name"]


def test_every_record_with_a_scope_is_under_forced_policies(centre: Centre) -> None:
    """Whoever reads it, the owner's functions too."""
    found = rows(
        centre,
        "select c.relname as name, c.relrowsecurity and c.relforcerowsecurity as forced,"
        " c.relispartition as is_part from pg_class c join pg_attribute a on a.attrelid = c.oid"
        " where c.relnamespace = 'crm'::regnamespace and c.relkind in ('r', 'p')"
        " and a.attname = 'scope' and not a.attisdropped",
    )
    names = {one["name"] for one in found}
    assert {"account", "ticket", "interaction"} <= names
    # Who has which scope; keys of the search, within whose own functions the scope is asked for;
    # and parts, which are reached through their table only.
    without = {one["name"] for one in found if not one["forced"] and not one["is_part"]}
    assert without <= {"agent_scope", "search_key", "search_source"}, without


def test_views_show_who_asks_what_he_may_see(centre: Centre) -> None:
    for one in rows(centre, RELATIONS):
        if one["relkind"] == "v" and (one["granted"] or one["granted_columns"]):
            assert "security_invoker=true" in one["options"] or (
                "security_invoker=on" in one["options"]
            ), one["name"]
            assert one["nspname"] == "sync_v1", one["name"]


SECRETS = ("tax_id", "birth_on", "sip_secret", "scope", "sealing_secret", "fact_key", "secret")


def test_secret_columns_are_nobody_s_to_read(centre: Centre) -> None:
    for group in OUTSIDE:
        readable = rows(
            centre,
            "select c.relname || '.' || a.attname as name, a.attname as column"
            " from pg_attribute a join pg_class c on c.oid = a.attrelid"
            " join pg_namespace n on n.oid = c.relnamespace"
            f" where n.nspname in {SCHEMAS} and a.attnum > 0 and c.relkind in ('r', 'p', 'v')"
            f" and has_column_privilege('{group}', c.oid, a.attnum, 'select')",
        )
        assert not [one["name"] for one in readable if one["column"] in SECRETS], group


# -- schemas, policies, what is given by itself ---------------------------------------------------
def test_schemas_are_entered_by_whom_they_are_for_and_nobody_makes_things_there(
    centre: Centre,
) -> None:
    found = {
        (one["nspname"], one["who"], one["privilege_type"])
        for one in rows(
            centre,
            "select n.nspname, case grantee when 0 then 'PUBLIC' else grantee::regrole::text end"
            " as who, privilege_type from pg_namespace n, aclexplode(n.nspacl)"
            f" where n.nspname in {SCHEMAS} and grantee <> n.nspowner",
        )
    }
    assert found == {
        ("sync_v1", "agents", "USAGE"),
        ("api_v1", "agents", "USAGE"),
        ("sync_v1", "collectors", "USAGE"),
        ("hub_v1", "edges", "USAGE"),
        ("hub_v1", "collectors", "USAGE"),
    }
    strangers = centre.one(
        "select array_agg(nspname::text) from pg_namespace"
        f" where nspname !~ '^(pg_|information_schema)' and nspname not in {SCHEMAS}"
    )
    # pg_trgm lives in a schema of its own, which nobody but the owner enters.
    assert strangers in (None, ["trgm"])
    for schema in strangers or ():
        for group in OUTSIDE:
            assert not centre.one("select has_schema_privilege(%s, %s, 'usage')", group, schema)


def test_nothing_is_given_to_everybody_by_itself(centre: Centre) -> None:
    given = rows(
        centre,
        "select e.grantee from pg_default_acl d, aclexplode(d.defaclacl) e"
        " where d.defaclrole = 'crm_owner'::regrole and e.grantee <> d.defaclrole",
    )
    assert given == []
    function_rule = centre.one(
        "select count(*) from pg_default_acl where defaclrole = 'crm_owner'::regrole"
        " and defaclobjtype = 'f'"
    )
    assert function_rule == 1, "a new function is closed until it is granted"
    connects = centre.one(
        "select array_agg(case grantee when 0 then 'PUBLIC' else grantee::regrole::text end)"
        " from pg_database d, aclexplode(d.datacl) where d.datname = current_database()"
        " and grantee <> d.datdba and privilege_type <> 'CONNECT'"
    )
    assert connects is None


def test_policies_are_for_everybody_and_open_doors_for_nobody(centre: Centre) -> None:
    """`to agents` would leave out the owner's functions, which then see nothing or, without FORCE,
    everything. The one policy for the owner alone holds only when no agent is asking."""
    for one in rows(
        centre,
        "select c.relname as name, p.polname as policy, p.polroles as roles,"
        " pg_get_expr(p.polqual, p.polrelid) as condition"
        " from pg_policy p join pg_class c on c.oid = p.polrelid",
    ):
        if one["roles"] != [0]:
            assert "is_nobody()" in one["condition"], one
        elif one["condition"] == "true":
            assert one["name"] in ("agent", "team"), one


# -- who is nobody, asks ---------------------------------------------------------------------------
def test_who_has_left_gets_nothing_from_any_function(
    centre: Centre, connect_as: ConnectAs, functions: list[dict[str, Any]]
) -> None:
    prompt = connect_as("ana")
    centre.add_account(name="Marina")
    centre.admin.execute("update crm.agent set active = false where user_name = 'ana'")
    before = _counts_of_tables(centre)
    asked = 0
    for function in functions:
        if "agents" not in function["callers"] or function["nspname"] == "crm":
            continue
        types = centre.admin.execute(
            "select coalesce(array_agg(t::regtype::text order by i), '{}')"
            " from pg_proc p, unnest(p.proargtypes) with ordinality u(t, i) where p.oid = %s",
            (function["oid"],),
        ).fetchone()
        assert types is not None
        name = function["name"].split("(")[0]
        call = f"select * from {name}({', '.join(f'null::{kind}' for kind in types[0])})"
        asked += 1
        state, answer = _asked(prompt, call)
        # No active agent; or it looked at its arguments first and found them wanting.
        assert state in ("", "AD001", "AD011", "AD041"), f"{call}: {state}"
        assert all(value in (None, "", []) for row in answer for value in row), (call, answer)
    assert asked > 15
    after = _counts_of_tables(centre)
    assert after == before, "something was written for nobody"


def _asked(prompt: psycopg.Connection[Any], call: str) -> tuple[str, list[tuple[Any, ...]]]:
    try:
        return "", prompt.execute(call.encode()).fetchall()
    except psycopg.Error as error:
        return error.sqlstate or "?", []


def _counts_of_tables(centre: Centre) -> dict[str, int]:
    names = rows(
        centre,
        "select relname as name from pg_class where relnamespace = 'crm'::regnamespace"
        " and relkind in ('r', 'p')",
    )
    return {n["name"]: centre.one(f"select count(*) from crm.{n['name']}") for n in names}
