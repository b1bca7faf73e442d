"""Hints of a centre without a hub: what is lost, forged or shouted costs time at most."""

from __future__ import annotations

import dataclasses
import functools
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from agent_desktop.sync import connection, queries, questions
from tests.central_fixtures import Centre, ConnectAs
from tests.sync.desk_at import Desk, count, execute

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(180)]


def test_a_flood_of_forged_hints_is_a_pull_now_and_then(
    centre: Centre, connect_as: ConnectAs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pulls: list[float] = []
    pull = queries.pull

    @functools.wraps(pull)
    def counted(*given: Any, **more: Any) -> Any:
        began = time.monotonic()
        try:
            return pull(*given, **more)
        finally:
            pulls.append(time.monotonic() - began)

    counting = dataclasses.replace(questions.PULL, sql=counted)
    for asking in (questions, connection):
        monkeypatch.setattr(asking, "PULL", counting)
    centre.add_agent("ana")
    marina = centre.add_account(name="Marina")
    hostile, over = connect_as("hostile"), threading.Event()

    def shout() -> None:
        while not over.is_set():
            hostile.execute("select pg_notify('feed', g::text) from generate_series(1, 50) g")

    desk = Desk(centre, tmp_path, "ana").start()
    shouting = threading.Thread(target=shout)
    try:
        desk.in_sync()
        began, before = time.monotonic(), len(pulls)
        shouting.start()
        desk.until(lambda: len(pulls) >= before + 3)
        flooded, lasted = pulls[before:], time.monotonic() - began
        assert sum(flooded) < lasted / 2, "the desk rests between two pulls"
        execute(centre, "update crm.account set name = 'Later' where id = %s", marina)
        desk.until(lambda: (desk.sees("account", marina) or {})["name"] == "Later")
        saved = desk.begin(marina)[1]
        desk.until(lambda: count(centre, "interaction") == 1)
        assert centre.one("select protocol from crm.interaction") == saved
    finally:
        over.set()
        shouting.join(20)
        desk.close()


def test_a_site_without_hints_polls(centre: Centre, tmp_path: Path) -> None:
    centre.add_agent("ana")
    marina = centre.add_account(name="Marina")
    execute(
        centre,
        "create or replace function crm.feed_line() returns trigger language plpgsql as $$"
        " begin insert into crm.feed (table_name, id, op, scope, old_scope, revision)"
        " values (tg_table_name, new.id, lower(tg_op), new.scope, new.scope, new.revision);"
        " return null; end $$",
    )
    desk = Desk(centre, tmp_path, "ana").start()
    try:
        desk.in_sync()
        execute(centre, "update crm.account set name = 'Later' where id = %s", marina)
        desk.until(lambda: (desk.sees("account", marina) or {})["name"] == "Later")
    finally:
        desk.close()
