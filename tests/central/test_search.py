"""Searching at the centre: what is found, who may look, how often, and what hostile agents try."""

from __future__ import annotations

import random
import uuid
from typing import Any
from uuid import UUID

import psycopg
import pytest

from agent_desktop.central import bulk
from agent_desktop.models.rules.text_fold import fold
from tests.central_fixtures import Centre, ConnectAs, Connection

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(120)]

CPF = "52998224725"
NAMES = (
    "Marina Albuquerque", "João d'Ávila Ñuñez", "Сергей Щербаков", "Łukasz Ørsted ẞ",
    "Strauß Þór Đoković", "Ёлкин Їжак Ўладзь Юрьев", "ÆŒ x", "ﬁn Ａｂ ½", "O'Brien-Smith 3º",
    "  two   spaces ", "ЖХЦЧШЩЪЫЬЭЮЯІЄҐ", "žluťoučký kůň", "100% _x_ \\ '",
)  # fmt: skip


@pytest.fixture
def ana(connect_as: ConnectAs) -> Connection:
    return connect_as("ana")


@pytest.fixture
def marina(centre: Centre) -> UUID:
    """An account with one of everything that is searched for."""
    account = centre.add_account(
        number="100200300", name="Marina Albuquerque", city="Campinas", tax_id=CPF
    )
    add_parts(centre, account, e164=5561998765432, unit="UC-0077123456", meter="MT48151623")
    centre.insert(
        "interaction", id=uuid.uuid4(), account_id=account, protocol="2026112200012347"
    )  # fmt: skip
    return account


def add_parts(centre: Centre, account: UUID, e164: int, unit: str, meter: str) -> None:
    centre.insert("phone", id=uuid.uuid4(), account_id=account, e164=e164)
    centre.insert("unit", id=uuid.uuid4(), account_id=account, number=unit)
    centre.insert("meter", id=uuid.uuid4(), account_id=account, serial=meter)


def ask(agent: Connection, typed: str) -> str:
    row = agent.execute("select api_v1.ask_search(%s)", (typed,)).fetchone()
    assert row is not None
    return str(row[0])


def search(agent: Connection, typed: str) -> dict[str, Any]:
    """Ask and search as a desk does."""
    assert ask(agent, typed) == ""
    row = agent.execute("select api_v1.search(%s)", (typed,)).fetchone()
    assert row is not None
    found: dict[str, Any] = row[0]
    return found


def hits(agent: Connection, typed: str) -> list[tuple[str, str]]:
    return [(hit["kind"], hit["code"]) for hit in search(agent, typed)["hits"]]


# -- what is found -----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("typed", "kind", "code"),
    [
        ("8224", "tax_id", "•••.982.247-••"),
        ("982.247", "tax_id", "•••.982.247-••"),
        ("8765", "phone", "+5561998765432"),
        ("061 99876", "phone", "+5561998765432"),
        ("7712", "unit", "UC-0077123456"),
        ("c-00771", "unit", "UC-0077123456"),
        ("81516", "meter", "MT48151623"),
        ("2200012", "protocol", "2026112200012347"),
        ("buquer", "name", "100200300"),
        ("ALBUQ mari", "name", "100200300"),
    ],
)
def test_a_part_anywhere_is_found(
    ana: Connection, marina: UUID, typed: str, kind: str, code: str
) -> None:
    found = [hit for hit in search(ana, typed)["hits"] if hit["kind"] == kind]
    assert [(hit["code"], hit["account_id"]) for hit in found] == [(code, str(marina))]
    assert (found[0]["name"], found[0]["city"]) == ("Marina Albuquerque", "Campinas")


def test_a_tax_id_is_never_shown_whole(ana: Connection, marina: UUID) -> None:
    for part in (CPF, CPF[:6], CPF[-4:]):
        told = str(search(ana, part))
        assert str(marina) in told
        assert CPF not in told


@pytest.mark.parametrize("typed", ["", "1", "123", "ma", "a b c", "%", "____", "%%%%", "0" * 30])
def test_what_says_too_little_is_not_searched_for(ana: Connection, typed: str) -> None:
    assert ask(ana, typed) == "search_too_short"
    with pytest.raises(psycopg.DatabaseError) as error:
        ana.execute("select api_v1.search(%s)", (typed,))
    assert error.value.sqlstate == "AD031"


def test_signs_of_patterns_mean_nothing(centre: Centre, ana: Connection) -> None:
    centre.add_account(number="100200300", name="Marina", tax_id="11144477735")
    assert hits(ana, "ina%mar") == [("name", "100200300")]  # parts in any order
    for typed in ("mar_xyz", "rin%zzz", "m%x%rina"):
        assert hits(ana, typed) == [], typed
    assert hits(ana, "44%77") == [("tax_id", "•••.444.777-••")]
    assert hits(ana, "44%35") == []


def test_so_many_and_no_more(centre: Centre, ana: Connection) -> None:
    for n in range(20):
        centre.add_account(name=f"Marina {n:02}")
    found = search(ana, "marina")
    assert (len(found["hits"]), found["more"]) == (8, True)
    assert search(ana, "marina 07") | {"hits": 1} == {"hits": 1, "more": False}


def test_keys_follow_every_change(centre: Centre, ana: Connection, marina: UUID) -> None:
    def change(query: str) -> None:
        centre.admin.execute(query.encode(), (marina,))

    change("update crm.account set name = 'Dona Quitéria', tax_id = '11144477735' where id = %s")
    assert hits(ana, "albuquerque") == []
    assert ("tax_id", "•••.982.247-••") not in hits(ana, "8224")
    assert hits(ana, "quiteria") == [("name", "100200300")]
    change("delete from crm.phone where account_id = %s")
    assert "phone" not in {kind for kind, _ in hits(ana, "98765")}
    centre.admin.execute("select crm.erase_account(%s)", (marina,))
    assert centre.one("select count(*) from crm.search_key") == 0


def test_all_keys_anew_are_the_same_keys(centre: Centre, marina: UUID) -> None:
    def keys() -> list[Any]:
        return centre.admin.execute(
            "select * from crm.search_key order by scope, kind, record_id"
        ).fetchall()

    centre.add_account(name="Сергей", scope="vip", tax_id="11144477735")
    before = keys()
    assert len(before) == 8
    centre.admin.execute("insert into crm.search_key select 'vip', 'name', %s, %s, 'x'",
                         (marina, marina))  # fmt: skip
    centre.admin.execute("select crm.refresh_search()")
    assert keys() == before
    owners = centre.one(
        "select array_agg(distinct tableowner::text) from pg_tables where tablename ~ '^search'"
    )
    assert owners == ["crm_owner"]


def test_names_are_folded_as_at_the_desk(centre: Centre) -> None:
    chance = random.Random(4)
    letters = "".join(map(chr, [*range(0x20, 0x7F), *range(0xC0, 0x180), *range(0x410, 0x450)]))
    made = ["".join(chance.choices(letters, k=12)) for _ in range(300)]
    for name in (*NAMES, *made):
        assert (
            centre.one("select crm.fold(%s)", name)
            == "".join(sign if sign.isascii() else " " for sign in fold(name)).strip()
            or not fold(name).isascii()
        ), name


# -- who looked, and how often -------------------------------------------------------------------
def test_who_searched_for_which_part_of_a_tax_id_is_in_the_sealed_audit(
    centre: Centre, ana: Connection, marina: UUID
) -> None:
    search(ana, "982-247")
    search(ana, "albuquerque")  # a name says too much to be kept for ever
    rows = centre.admin.execute(
        "select agent_id, detail from crm.audit where what = 'search'"
    ).fetchall()
    assert rows == [(centre.agents["ana"], {"field": "tax_id", "fragment": "982247"})]
    assert centre.one("select crm.seal_audit() ->> 'rows' <> '0'")
    member = "select count(*) from crm.audit_member m join crm.audit a on a.id = m.audit_id"
    assert centre.one(f"{member} where a.what = 'search'") == 1


def test_an_answer_comes_only_once_the_trace_is_there_for_good(
    centre: Centre, ana: Connection, marina: UUID
) -> None:
    def both_at_once() -> None:
        with ana.transaction():
            ask(ana, "8224")
            ana.execute("select api_v1.search('8224')")

    for _ in range(2):
        with pytest.raises(psycopg.DatabaseError) as error:
            both_at_once()
        assert error.value.sqlstate == "AD031"
    assert centre.one("select count(*) from crm.audit where what = 'search'") == 0
    ask(ana, "9822")
    with pytest.raises(psycopg.DatabaseError):
        ana.execute("select api_v1.search('8224')")  # what was asked for is what is searched for


def test_a_minute_has_thirty_searches(
    centre: Centre, ana: Connection, connect_as: ConnectAs
) -> None:
    for n in range(30):
        assert ask(ana, f"{n + 1000}") == ""
    other = psycopg.connect(centre.dsn_of("ana"), autocommit=True)
    with other:
        assert ask(other, "4711") == "search_too_often"
    other.close()
    assert ask(ana, "4711") == "search_too_often"
    assert ask(connect_as("bruno"), "4711") == ""
    centre.admin.execute("update crm.search_asked set at = at - interval '1 minute'")
    assert ask(ana, "4711") == ""


def test_searches_of_several_sessions_are_counted_one_after_the_other(
    centre: Centre, ana: Connection
) -> None:
    with psycopg.connect(centre.dsn_of("ana")) as other:
        ask(other, "4711")  # not committed
        ana.execute("set lock_timeout = '200ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            ask(ana, "4712")
        other.rollback()
    other.close()
    assert ask(ana, "4712") == ""


# -- other people's rows ---------------------------------------------------------------------------
def test_other_scopes_are_neither_found_nor_counted_nor_walked_through(
    centre: Centre, ana: Connection, connect_as: ConnectAs
) -> None:
    for n in range(30):
        hidden = centre.add_account(name=f"Secret {n}", scope="vip", tax_id=f"777788889{n:02}")
        add_parts(centre, hidden, 5561977770000 + n, f"7777{n:06}", f"M7777{n:04}")
    centre.admin.execute("analyze crm.search_key")
    for typed in ("secret", "7777", "77778"):
        assert search(ana, typed) == {"hits": [], "more": False}
    walked = "select coalesce(sum(idx_scan), 0) from pg_stat_all_indexes where relname = %s"
    scanned = "select seq_scan from pg_stat_all_tables where relname = %s"
    before = [centre.one(query, "search_key_vip") for query in (walked, scanned)]
    ana.close()  # what a session did is told when it ends
    with psycopg.connect(centre.dsn_of("ana"), autocommit=True) as again:
        search(again, "7777")
        search(again, "secret")
    again.close()
    centre.one("select pg_stat_clear_snapshot()")
    assert [centre.one(query, "search_key_vip") for query in (walked, scanned)] == before
    vera = connect_as("vera")
    centre.insert("agent_scope", agent_id=centre.agents["vera"], scope="vip")
    found = search(vera, "7777")
    assert (len(found["hits"]), found["more"]) == (32, True)


def test_a_row_that_changes_its_scope_takes_its_keys_along(
    centre: Centre, ana: Connection, marina: UUID
) -> None:
    centre.admin.execute("update crm.account set scope = 'vip' where id = %s", (marina,))
    for typed in ("albuquerque", "8224", "8765", "7712", "81516", "2200012"):
        assert search(ana, typed) == {"hits": [], "more": False}
    centre.admin.execute("insert into crm.scope (name) values ('quite_new')")
    centre.admin.execute("update crm.account set scope = 'quite_new' where id = %s", (marina,))
    centre.insert("agent_scope", agent_id=centre.agents["ana"], scope="quite_new")
    assert hits(ana, "albuquerque") == [("name", "100200300")]


def test_a_key_in_the_wrong_place_shows_nothing(
    centre: Centre, ana: Connection, marina: UUID
) -> None:
    hidden = centre.add_account(name="Quite Secret", scope="vip")
    centre.insert(
        "search_key", scope="company", kind="name", record_id=hidden, account_id=hidden,
        key="quite secret",
    )  # fmt: skip
    assert search(ana, "quite secret") == {"hits": [], "more": False}


def test_the_index_is_used(centre: Centre) -> None:
    """The way crm.keys_with asks; on 200,000 accounts a search takes 10 to 60 ms by it."""
    centre.admin.execute(
        "insert into crm.account (id, number, tax_id) select gen_random_uuid(), g::text,"
        " lpad((g * 7919)::text, 11, '0') from generate_series(1, 3000) g"
    )
    centre.admin.execute("analyze crm.search_key")
    with centre.admin.transaction():
        centre.admin.execute("set local role crm_owner")
        centre.admin.execute("set local enable_seqscan = off")
        rows = centre.admin.execute(
            "explain select * from crm.search_key k where k.kind = 'tax_id'"
            " and k.scope = any ('{company}'::text[]) and k.key like '%4321%' limit 9"
        ).fetchall()
    plan = "\n".join(row[0] for row in rows)
    assert "Bitmap Index Scan on search_key_company" in plan
    assert "Index Cond: (key ~~" in plan
    assert "vip" not in plan


def test_a_search_path_of_one_s_own_changes_nothing(ana: Connection, marina: UUID) -> None:
    ana.execute("set search_path = trgm, crm, pg_temp, sync_v1")
    ana.execute("set role ana")
    assert hits(ana, "albuquerque") == [("name", "100200300")]
    for stolen in (
        "select * from crm.search_key",
        "select * from crm.search_source",
        "select crm.keys_with('name', '[\"a\"]', 9)",
        "select crm.found_keys('{}')",
        "select crm.refresh_search()",
        "select trgm.show_trgm('a')",
        "select crm.fold('a')",
        "delete from crm.search_asked",
        "delete from crm.search_turn",
    ):
        with pytest.raises(psycopg.Error) as error:
            ana.execute(stolen.encode())
        assert error.value.sqlstate == "42501", stolen


@pytest.mark.parametrize(
    "typed", ["' or true --", "x%' or key like '%", "7777') union select", '{}\\,"', "\x01\u202e"]
)
def test_text_is_text(centre: Centre, ana: Connection, typed: str) -> None:
    centre.add_account(name="Secret", tax_id="77778888900")
    if ask(ana, typed) == "":
        assert "Secret" not in str(search(ana, typed))


def test_who_is_no_active_agent_searches_for_nothing(centre: Centre, ana: Connection) -> None:
    ask(ana, "4711")
    centre.admin.execute("update crm.agent set active = false where user_name = 'ana'")
    for query in ("select api_v1.ask_search('4711')", "select api_v1.search('4711')"):
        with pytest.raises(psycopg.DatabaseError) as error:
            ana.execute(query.encode())
        assert error.value.sqlstate == "AD001"


def test_what_is_loaded_at_once_can_be_searched(centre: Centre, connect_as: ConnectAs) -> None:
    columns = ("id", "number", "name", "tax_id", "scope")
    rows = [
        (uuid.uuid4(), "100200301", "Carga Inteira", "11144477735", "company"),
        (uuid.uuid4(), "100200302", "Carga Oculta", CPF, "vip"),
    ]
    bulk.load(centre.admin, [("account", columns, iter(rows))], lambda progress: None)
    ana = connect_as("ana")
    assert hits(ana, "carga") == [("name", "100200301")]
    assert hits(ana, "444777") == [("tax_id", "•••.444.777-••")]
