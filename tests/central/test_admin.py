"""`agent-desktop admin`, verb by verb."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable, Iterator
from itertools import islice

import psycopg
import pytest

from agent_desktop.central import admin, bulk, database, staff
from agent_desktop.central.postgres import Cluster
from agent_desktop.errors import Refused
from tests.central.conftest import begun
from tests.central_fixtures import Centre, ConnectAs, Pusher

Run = Callable[..., int]


@pytest.fixture
def run(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a verb on the centre, with lines on its standard input."""

    def run_verb(*argv: str, lines: str = "") -> int:
        monkeypatch.setattr("sys.stdin", io.StringIO(lines))
        monkeypatch.setenv(admin.DSN_VARIABLE, centre.dsn)
        return admin.main(argv)

    return run_verb


Words = pytest.CaptureFixture[str]


def test_add_agent_reads_secrets_from_standard_input(centre: Centre, run: Run) -> None:
    centre.insert("team", id=uuid.uuid4(), code="l2", name="Second level", level=2)
    argv = [
        "add-agent", "sofia", "--name", "Sofia Prado", "--role", "second_level", "--team", "l2",
        "--scope", "company", "--scope", "vip", "--extension", "4201", "--sip",
    ]  # fmt: skip
    assert run(*argv, lines="secret\nsip secret\n") == 0
    row = centre.admin.execute(
        "select name, business_role, extension, sip_secret from crm.agent"
    ).fetchone()
    assert row == ("Sofia Prado", "second_level", "4201", "sip secret")
    dsn = centre.cluster.dsn(centre.name, user="sofia", password="secret")
    with psycopg.connect(dsn) as connection:
        told = connection.execute("select api_v1.sign_in(gen_random_uuid(), 'pc')").fetchone()
    assert told is not None
    assert told[0]["scopes"] == ["company", "vip"]


def test_add_agent_again_changes_the_agent(centre: Centre, run: Run) -> None:
    first = centre.add_agent("ana")
    assert run("add-agent", "ana", "--name", "Ana Lima", lines="new\n") == 0
    assert centre.one("select id from crm.agent where name = 'Ana Lima'") == first
    with psycopg.connect(centre.cluster.dsn(centre.name, user="ana", password="new")):
        pass
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(centre.dsn_of("ana"))


def test_no_password_reaches_the_server_in_clear(centre: Centre) -> None:
    centre.admin.execute("set log_statement = 'all'")
    centre.add_agent("ana", password="hunter2-hunter2")
    assert "hunter2" not in centre.cluster.log.read_text("utf-8", "replace")
    stored = centre.one("select rolpassword from pg_authid where rolname = 'ana'")
    assert stored.startswith("SCRAM-SHA-256$")


@pytest.mark.parametrize(
    ("argv", "lines", "words"),
    [
        (["postgres", "--name", "x"], "x\n", "no agent's"),
        (["crm_owner", "--name", "x"], "x\n", "cannot be a log-in name"),
        (["eva", "--name", "x"], "", "password is missing"),
        (["eva", "--name", "x", "--sip"], "x\n", "SIP secret is missing"),
        (["eva", "--name", "x", "--team", "nowhere"], "x\n", "team is not known"),
        (["eva", "--name", "x", "--scope", "secret"], "x\n", "scopes is not known"),
    ],
)
def test_add_agent_says_what_is_wrong(
    centre: Centre, run: Run, capsys: Words, argv: list[str], lines: str, words: str
) -> None:
    assert run("add-agent", *argv, lines=lines) == 1
    assert words in capsys.readouterr().err
    assert centre.one("select count(*) from crm.agent") == 0


def test_offboard_ends_open_sessions_and_log_in(
    centre: Centre, run: Run, capsys: Words, connect_as: ConnectAs
) -> None:
    ana, twin = Pusher(connect_as("ana")), connect_as("ana")
    begun(ana)
    assert run("offboard", "ana") == 0
    assert "ended: 2" in capsys.readouterr().out
    for connection in (ana.connection, twin):
        with pytest.raises(psycopg.OperationalError):
            connection.execute("select 1")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(centre.dsn_of("ana"))
    assert centre.one("select active from crm.agent") is False
    assert run("offboard", "ana") == 0, "a second time does no harm"
    assert run("offboard", "nobody") == 1
    centre.add_agent("ana")
    connect_as("ana").execute("select api_v1.position()")


def test_errors_are_words(run: Run, capsys: Words, centre: Centre) -> None:
    for dsn, words in (
        ("host=127.0.0.1 port=1", "cannot be reached"),
        ("nonsense", "no connection string"),
        (centre.cluster.dsn("postgres"), "not a centre"),
        (centre.cluster.dsn("nowhere"), "does not exist"),
    ):
        assert run("status", "--dsn", dsn) == 1
        said = capsys.readouterr().err
        assert words in said
        assert "Traceback" not in said
    assert run("create-database", centre.name) == 1
    assert "exists already" in capsys.readouterr().err


def test_without_a_dsn_it_says_how(monkeypatch: pytest.MonkeyPatch, capsys: Words) -> None:
    monkeypatch.delenv(admin.DSN_VARIABLE, raising=False)
    assert admin.main(["status"]) == 1
    assert admin.DSN_VARIABLE in capsys.readouterr().err


def test_status(run: Run, capsys: Words, ana: Pusher) -> None:
    begun(ana)
    assert run("status") == 0
    said = capsys.readouterr().out
    for line in ("PostgreSQL", "1 active, 0 off, 1 connected", "interaction"):
        assert line in said


def test_create_and_upgrade_from_the_command_line(
    cluster: Cluster, centre: Centre, run: Run
) -> None:
    name = "made_" + uuid.uuid4().hex[:8]
    assert run("create-database", name, "--site", "Luz do Norte") == 0
    dsn = cluster.dsn(name)
    assert run("upgrade", "--dsn", dsn) == 0
    with database.connect(dsn) as connection:
        row = connection.execute("select name from crm.site").fetchone()
    assert row == ("Luz do Norte",)
    centre.admin.execute(f"drop database {name}")


# -- loading --------------------------------------------------------------------------------------
def test_load_demo(centre: Centre, run: Run, capsys: Words, ana: Pusher) -> None:
    before = centre.one("select crm.generation()")
    lines = centre.one("select count(*) from crm.feed")
    assert run("load-demo", "--accounts", "300", "--today", "2026-11-21") == 0
    assert "300 accounts" in capsys.readouterr().out
    assert centre.one("select count(*) from crm.account") == 300
    assert centre.one("select crm.generation()") != before
    assert centre.one("select count(*) from crm.feed") == lines
    assert orphans(centre) == []
    wrong = centre.one(
        "select count(*) from crm.fact_source s left join crm.fact f"
        " on f.id = crm.fact_id(s.kind, s.source) and f.digest ="
        "  crm.digest((select fact_key from crm.site), s.kind, s.answer)"
        " where coalesce(s.answer, '') <> '' and f.id is null"
    )
    assert wrong == 0
    assert centre.one("select count(*) from crm.account where tax_id_digest is null") < 300
    highest = centre.one("select max(substr(number, 4)::bigint) from crm.ticket")
    row = ana.connection.execute(
        "select first from api_v1.lease_numbers(%s, 'ticket')", (ana.client,)
    ).fetchone()
    assert row is not None
    assert row[0] > highest
    indexes = "select count(*) from pg_indexes where schemaname = 'crm'"
    template = centre.cluster.dsn("template_centre")
    with database.connect(template) as connection:
        untouched = connection.execute(indexes).fetchone()
    assert untouched == (centre.one(indexes),)
    assert run("load-demo", "--accounts", "300") == 1
    assert "empty one" in capsys.readouterr().err


def orphans(centre: Centre) -> list[str]:
    """References to records that do not exist; COPY past the triggers did not look."""
    found = []
    for table, column, target in centre.admin.execute(
        "select k.conrelid::regclass::text, a.attname, k.confrelid::regclass::text"
        " from pg_constraint k join pg_attribute a"
        "  on a.attrelid = k.conrelid and a.attnum = k.conkey[1]"
        " join pg_attribute t on t.attrelid = k.confrelid and t.attnum = k.confkey[1]"
        " where k.contype = 'f' and t.attname = 'id'"
    ).fetchall():
        missing = centre.one(
            f"select count(*) from {table} x where x.{column} is not null"
            f" and not exists (select from {target} y where y.id = x.{column})"
        )
        if missing:
            found.append(f"{missing} of {table}.{column}")
    return found


class Stopped(Exception):
    pass


def small_company() -> Iterator[tuple[str, tuple[str, ...], Iterator[tuple[object, ...]]]]:
    account = uuid.uuid4()
    columns = ("id", "number", "name", "tax_id", "birth_on")
    yield "account", columns, iter([(account, "000000007", "Olga", "39053344705", None)])
    contact = uuid.uuid4()
    yield "contact", ("id", "account_id", "name"), iter([(contact, account, "Ivan")])
    fact = ("id", "account_id", "contact_id", "kind", "digest")
    rows = [
        (uuid.uuid4(), account, None, "tax_id", b"made elsewhere"),
        (uuid.uuid4(), account, contact, "birth_on", b"of the contact"),
    ]
    yield "fact", fact, iter(rows)
    raise Stopped


def test_a_load_that_is_stopped_leaves_nothing(centre: Centre) -> None:
    with pytest.raises(Stopped):
        bulk.load(centre.admin, small_company(), lambda progress: None)
    assert centre.one("select count(*) from crm.account") == 0
    assert centre.one("select count(*) from pg_indexes where indexname = 'phone_by_e164'") == 1


def test_facts_of_contacts_stay_as_loaded(centre: Centre) -> None:
    told: list[str] = []
    tables = islice(small_company(), 3)
    bulk.load(centre.admin, tables, lambda progress: told.append(progress.step))
    rows = centre.admin.execute(
        "select kind, contact_id is null from crm.fact order by 1"
    ).fetchall()
    assert rows == [("birth_on", False), ("tax_id", True)]
    assert {"account", "facts", "statistics"} <= set(told)
    centre.admin.execute("update crm.account set name = 'Olga P.'")
    assert centre.one("select revision from crm.account") == 2, "the triggers work again"


def test_loading_needs_a_superuser(centre: Centre, connect_as: ConnectAs) -> None:
    with pytest.raises(Refused, match="superuser_needed"):
        bulk.load(connect_as("ana"), [], lambda progress: None)


def test_an_agent_s_role_cannot_be_taken_over(centre: Centre) -> None:
    other = "boss_" + uuid.uuid4().hex[:8]
    centre.admin.execute(f"create role {other} login createrole")
    with pytest.raises(Refused, match="taken"):
        staff.add_agent(centre.admin, staff.NewAgent(other, "x", "x"))
    centre.admin.execute(f"drop role {other}")
