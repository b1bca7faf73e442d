"""The views have the mirror's columns, and facts are the digests a desk computes."""

from __future__ import annotations

import uuid
from hashlib import sha256
from uuid import UUID

import pytest

from agent_desktop.models.rules import tax_id
from agent_desktop.models.store.tables import MIRRORED
from tests.central_fixtures import Centre, Pusher

COMPUTED_BY_THE_DESK = {"folded_name"}


def columns_of(centre: Centre, schema: str, name: str) -> list[str]:
    columns: list[str] = centre.one(
        "select array_agg(attname::text order by attnum) from pg_attribute"
        " where attrelid = %s::regclass and attnum > 0 and not attisdropped",
        f"{schema}.{name}",
    )
    return columns


def test_views_have_the_mirror_s_columns_in_its_order(centre: Centre) -> None:
    for name, table in MIRRORED.items():
        wanted = [c.name for c in table.columns if c.name not in COMPUTED_BY_THE_DESK]
        assert columns_of(centre, "sync_v1", name) == wanted
        assert set(wanted) <= set(columns_of(centre, "crm", name))


def test_there_is_no_view_beside_them(centre: Centre) -> None:
    names = centre.one(
        "select array_agg(relname::text) from pg_class"
        " where relnamespace = 'sync_v1'::regnamespace and relkind = 'v'"
    )
    assert set(names) == set(MIRRORED)


def test_every_mirrored_table_feeds(centre: Centre) -> None:
    feeding = centre.one(
        "select array_agg(tgrelid::regclass::text) from pg_trigger where tgname = 'row_feed'"
    )
    assert set(feeding) == {f"crm.{name}" for name in MIRRORED}


def test_revisions_count_changes_and_cannot_be_set(centre: Centre, account: UUID) -> None:
    assert centre.one("select revision from crm.account") == 1
    for expected in (2, 3):
        centre.admin.execute("update crm.account set name = name || '!', revision = 77")
        assert centre.one("select revision from crm.account") == expected


@pytest.mark.parametrize("value", ["39053344705", "12ABC34501DE35", "7707083893", ""])
def test_tax_ids_are_masked_as_at_the_desk(centre: Centre, value: str) -> None:
    account = centre.add_account(tax_id=value)
    row = centre.admin.execute(
        "select tax_id_kind, tax_id_masked from crm.account where id = %s", (account,)
    ).fetchone()
    if not value:
        assert row == ("", "")
        return
    read = tax_id.parse(value)
    assert row == (read.kind.value, tax_id.masked(read))


def digest(centre: Centre, kind: str, answer: str) -> bytes:
    key = centre.one("select fact_key from crm.site")
    return sha256(key + f"{kind}:{answer}".encode()).digest()[:16]


def facts(centre: Centre) -> dict[str, bytes]:
    rows = centre.admin.execute("select kind, digest from crm.fact").fetchall()
    return dict(rows)


def test_facts_follow_their_records(centre: Centre, ana: Pusher) -> None:
    account = centre.add_account(tax_id="39053344705", birth_on="1980-02-03")
    centre.insert("unit", id=uuid.uuid4(), account_id=account, postcode="13010-000")
    centre.insert("meter", id=uuid.uuid4(), account_id=account, serial="ab 12-34")
    for due, cents in (("2026-10-01", 18944), ("2026-11-01", 20150), ("2026-09-01", 1)):
        centre.insert(
            "invoice", id=uuid.uuid4(), account_id=account, due_on=due, amount_cents=cents
        )
    known = {
        "tax_id": "39053344705", "birth_on": "1980-02-03", "postcode": "13010000",
        "meter_serial": "AB1234", "last_bill": "20150",
    }  # fmt: skip
    expected = {kind: digest(centre, kind, answer) for kind, answer in known.items()}
    assert facts(centre) == expected
    assert centre.one("select tax_id_digest from crm.account") == expected["tax_id"]
    row = ana.connection.execute("select count(*) from sync_v1.fact").fetchone()
    assert row == (5,)
    ids = set(centre.admin.execute("select id from crm.fact").fetchall())
    centre.admin.execute("select crm.refresh_facts()")
    assert facts(centre) == expected
    assert set(centre.admin.execute("select id from crm.fact").fetchall()) == ids


def test_facts_change_and_go_with_their_records(centre: Centre) -> None:
    account = centre.add_account(birth_on="1980-02-03")
    unit = uuid.uuid4()
    centre.insert("unit", id=unit, account_id=account, postcode="1")
    centre.admin.execute("update crm.account set birth_on = '1980-02-04'")
    assert facts(centre)["birth_on"] == digest(centre, "birth_on", "1980-02-04")
    centre.admin.execute("update crm.account set birth_on = null")
    assert set(facts(centre)) == {"postcode"}
    centre.admin.execute("delete from crm.unit")
    assert facts(centre) == {}
