"""The administrator's verbs for erased subjects and put-back servers, on the command line."""

from __future__ import annotations

import uuid

import pytest

from agent_desktop.central import admin
from tests.central_fixtures import Centre, Pusher

pytestmark = pytest.mark.postgres


def test_erase_and_erasures(
    centre: Centre, ana: Pusher, capsys: pytest.CaptureFixture[str]
) -> None:
    marina = centre.add_account("123456789", name="Marina", scope="vip")
    centre.insert("phone", id=uuid.uuid4(), account_id=marina)
    ana.connection.execute("select api_v1.sign_in(%s, 'pc 7')", (ana.client,))
    assert admin.main(["erase", "999", "--dsn", centre.dsn]) == 1
    assert "account is not known here" in capsys.readouterr().err
    assert admin.main(["erase", "123456789", "--dsn", centre.dsn]) == 0
    assert "2 records" in capsys.readouterr().out
    assert centre.one("select count(*) from crm.account") == 0
    assert admin.main(["erasures", "--dsn", centre.dsn]) == 0
    assert "pc 7" in capsys.readouterr().out


def test_restored_is_another_generation_with_numbers_above_a_gap(
    centre: Centre, ana: Pusher
) -> None:
    def lease() -> int:
        query = "select first from api_v1.lease_numbers(%s, 'ticket')"
        row = ana.connection.execute(query, (ana.client,)).fetchone()
        assert row is not None
        return int(row[0])

    before, first = centre.one("select crm.generation()"), lease()
    assert admin.main(["restored", "--dsn", centre.dsn]) == 0
    assert centre.one("select crm.generation()") != before
    assert lease() >= first + 200_000
