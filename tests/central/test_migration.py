"""How a database gets what the .sql files say: tables once, functions whenever they changed, and
nothing at all where this program must keep its hands off."""

from __future__ import annotations

import re
import shutil
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from agent_desktop.central import admin, database, migration
from agent_desktop.central.postgres import Cluster
from tests.central_fixtures import Centre

MADE = re.compile(
    r"^\s*create (?:or replace )?(?:unlogged |unique )?"
    r"(function|view|table|index|sequence|trigger \S+ [^;]*? on|policy \S+ on)"
    r" (?:if not exists )?([a-z0-9_.]+)",
    re.MULTILINE,
)
#: Everything in the schemas: what it is, whose, who may use it, and what it says.
CATALOGUE = """
select 'function', p.oid::regprocedure::text, p.proowner::regrole::text,
  (select string_agg(a::text, ' ' order by a::text) from unnest(p.proacl) a),
  pg_get_functiondef(p.oid)
from pg_proc p where p.pronamespace::regnamespace::text in ('crm','api_v1','sync_v1','hub_v1')
union all
select 'relation', c.oid::regclass::text, c.relowner::regrole::text,
  (select string_agg(a::text, ' ' order by a::text) from unnest(c.relacl) a),
  concat(c.relkind, c.relrowsecurity, c.relforcerowsecurity, pg_get_viewdef(c.oid))
from pg_class c where c.relnamespace::regnamespace::text in ('crm','sync_v1')
union all
select 'column', concat(a.attrelid::regclass, '.', a.attname), '',
  (select string_agg(x::text, ' ' order by x::text) from unnest(a.attacl) x), ''
from pg_attribute a join pg_class c on c.oid = a.attrelid
where c.relnamespace = 'crm'::regnamespace and a.attnum > 0
union all
select 'trigger', concat(t.tgname, t.tgrelid::regclass), '', '', pg_get_triggerdef(t.oid)
from pg_trigger t where not t.tgisinternal
union all
select 'policy', concat(p.polname, p.polrelid::regclass), '', '',
  concat(p.polcmd, p.polroles::regrole[], pg_get_expr(p.polqual, p.polrelid),
    pg_get_expr(p.polwithcheck, p.polrelid))
from pg_policy p
order by 1, 2
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the program's .sql files."""
    ignored = shutil.ignore_patterns("*.py", "__pycache__")
    return Path(shutil.copytree(migration.FOLDER, tmp_path / "central", ignore=ignored))


@pytest.fixture
def edit(folder: Path) -> Callable[[str, str, str], None]:
    """Change a file of that copy: its name, what stands there, and what is to."""

    def change(name: str, old: str, new: str) -> None:
        path = folder / name
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), "utf-8")

    return change


@pytest.fixture
def empty(cluster: Cluster) -> Iterator[str]:
    """The DSN of a database with nothing in it."""
    name = f"empty_{uuid.uuid4().hex[:8]}"
    with database.connect(cluster.dsn()) as server:
        server.execute(f"create database {name} owner crm_owner template template0".encode())
        yield cluster.dsn(name)
        server.execute(f"drop database {name} with (force)".encode())


def test_nothing_is_defined_twice() -> None:
    made = Counter(
        (" ".join(what.split()), name)
        for file in migration.all_files()
        for what, name in MADE.findall(re.sub(r"--.*", "", file.text))
    )
    assert len(made) > 200
    assert not {what: times for what, times in made.items() if times > 1}


def test_all_sql_there_is_is_applied() -> None:
    known = {file.name for file in migration.all_files()} | {"roles.sql"}
    found = {p.relative_to(migration.FOLDER).as_posix() for p in migration.FOLDER.rglob("*.sql")}
    assert found == known


@pytest.mark.postgres
def test_applying_all_functions_again_changes_nothing(centre: Centre) -> None:
    before = centre.admin.execute(CATALOGUE).fetchall()
    assert database.upgrade(centre.dsn) == []
    centre.admin.execute("update crm.applied set sha256 = '' where file not like 'tables/%'")
    done = database.upgrade(centre.dsn)
    assert "functions/push.sql" in done
    assert not [line for line in done if line.startswith("dropped")]
    assert centre.admin.execute(CATALOGUE).fetchall() == before
    assert database.upgrade(centre.dsn) == []


@pytest.mark.postgres
def test_a_changed_function_is_made_again_and_one_that_is_gone_is_dropped(
    centre: Centre, folder: Path, edit: Callable[[str, str, str], None]
) -> None:
    extra = folder / "functions" / "extra.sql"
    body = "returns int language sql set search_path = '' as 'select 1'"
    extra.write_text(f"create or replace function crm.extra() {body};")
    assert database.upgrade(centre.dsn, folder) == ["functions/extra.sql"]
    edit("functions/scope.sql", "return 20000", "return 7")
    extra.write_text(f"create or replace function crm.extra(n int) {body};")
    assert database.upgrade(centre.dsn, folder) == [
        "functions/extra.sql",
        "functions/scope.sql",
        "dropped function crm.extra()",
    ]
    assert centre.one("select crm.most_told()") == 7
    extra.unlink()
    done = database.upgrade(centre.dsn, folder)
    assert done == ["functions/extra.sql (gone)", "dropped function crm.extra(integer)"]


@pytest.mark.postgres
def test_grants_are_what_the_files_say(centre: Centre, folder: Path) -> None:
    centre.admin.execute("grant execute on function crm.erase_account to agents")
    (folder / "functions" / "extra.sql").write_text("select 1;")
    database.upgrade(centre.dsn, folder)
    may = "select has_function_privilege('agents', %s, 'execute')"
    assert centre.one(may, "crm.erase_account(uuid)") is False
    assert centre.one(may, "api_v1.sign_in(uuid, text)") is True


@pytest.mark.postgres
def test_a_table_more_is_mirrored_by_one_line(centre: Centre, folder: Path) -> None:
    (folder / "tables" / "9000_battery.sql").write_text(
        "create table crm.battery (id uuid primary key, account_id uuid references crm.account,"
        " model text not null default '', revision bigint not null default 1,"
        " scope text not null default 'company' references crm.scope, secret text);"
        "insert into crm.mirrored values ('battery', '{secret}');"
    )
    assert database.upgrade(centre.dsn, folder) == ["tables/9000_battery.sql"]
    centre.insert("battery", id=uuid.uuid4(), account_id=centre.add_account(), model="AA")
    columns = "select string_agg(attname, ' ' order by attnum) from pg_attribute where attrelid ="
    assert centre.one(f"{columns} 'sync_v1.battery'::regclass") == "id account_id model revision"
    assert centre.one("select table_name from crm.feed order by seq desc limit 1") == "battery"
    may = "select has_column_privilege('agents', 'crm.battery', %s, 'select')"
    assert [centre.one(may, column) for column in ("model", "secret")] == [True, False]


@pytest.mark.postgres
def test_a_mistake_changes_nothing_at_all(
    centre: Centre, folder: Path, edit: Callable[[str, str, str], None]
) -> None:
    before = centre.admin.execute(CATALOGUE).fetchall()
    (folder / "tables" / "9000_battery.sql").write_text("create table crm.battery (id uuid);")
    edit("functions/scope.sql", "from crm.client c where", "from crm.client c were")
    with pytest.raises(psycopg.errors.SyntaxError):
        database.upgrade(centre.dsn, folder)
    assert centre.admin.execute(CATALOGUE).fetchall() == before


@pytest.mark.postgres
def test_a_database_made_before_the_first_release_is_refused_in_words(
    empty: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with database.connect(empty) as connection:
        connection.execute(
            "create schema crm authorization crm_owner;"
            " create table crm.migration (version_num text)"
        )
    assert admin.main(["upgrade", "--dsn", empty]) == 1
    assert "made before release 0.1.0" in capsys.readouterr().err


@pytest.mark.postgres
@pytest.mark.parametrize(
    "newer",
    [
        "update crm.applied set version = '99.0.0' where file = 'functions/push.sql'",
        "insert into crm.applied values ('tables/9999_later.sql', '', '0.1.0')",
    ],
)
def test_a_database_newer_than_the_program_is_refused_in_words(
    centre: Centre, newer: str, capsys: pytest.CaptureFixture[str]
) -> None:
    centre.admin.execute(newer.encode())
    assert admin.main(["upgrade", "--dsn", centre.dsn]) == 1
    assert "newer than this program" in capsys.readouterr().err


@pytest.mark.postgres
def test_a_tables_file_is_not_edited_after_it_ran(
    centre: Centre, folder: Path, edit: Callable[[str, str, str], None]
) -> None:
    edit("tables/0007_ticket.sql", "subject text", "subject varchar")
    with pytest.raises(migration.CentreNotUpgradable, match="0007_ticket"):
        database.upgrade(centre.dsn, folder)


@pytest.mark.postgres
def test_who_reads_for_long_is_waited_for_a_while_and_nothing_is_changed(
    centre: Centre, capsys: pytest.CaptureFixture[str]
) -> None:
    centre.admin.execute("update crm.applied set sha256 = '' where file = 'functions/push.sql'")
    with database.connect(centre.dsn) as reader, reader.transaction():
        reader.execute("select from crm.ticket")
        assert admin.main(["upgrade", "--dsn", centre.dsn]) == 1
    assert "try again later" in capsys.readouterr().err
    assert admin.main(["upgrade", "--dsn", centre.dsn]) == 0
    assert "functions/push.sql" in capsys.readouterr().out
