"""The process that fills a mirror: killed in the middle, and how long it holds a transaction."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from agent_desktop.errors import CentreUnreachable
from agent_desktop.models.store import mirror
from agent_desktop.models.store.mirror import Mirror
from agent_desktop.models.store.mirror_builder import MirrorBuilder
from agent_desktop.sync import bootstrap_process
from agent_desktop.sync.bootstrap_process import BootstrapProcess
from agent_desktop.sync.connection import DirectConnection as Line
from agent_desktop.sync.progress import Reporter
from tests import given
from tests.central_fixtures import Centre, password_of
from tests.hub.hub_at import HubLogin, hub_login
from tests.sync.desk_at import server_of
from tests.sync.test_snapshot_file import fill, make, offer_in_small_parts
from tests.waiting import until

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(180)]


@pytest.fixture
def hub(centre: Centre) -> Iterator[HubLogin]:
    with hub_login(centre) as login:
        yield login


def serve_parts(centre: Centre, otherwise: str, unless: str) -> None:
    """The centre gives a part unless it is asked for one of which `unless` holds."""
    centre.admin.execute(
        "create or replace function api_v1.snapshot_part(id uuid, n int) returns bytea"
        " language plpgsql stable security definer set search_path = '' as $$ begin"
        f" if {unless} then {otherwise}; end if;"
        " return (select p.data from crm.snapshot_part p where p.snapshot_id = snapshot_part.id"
        " and p.n = snapshot_part.n); end $$"
    )


def test_a_process_that_is_killed_in_the_middle_leaves_what_it_fetched(
    centre: Centre, hub: HubLogin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer_in_small_parts(centre, hub, monkeypatch)
    path, note = tmp_path / "mirror.fresh", tmp_path / "mirror.fresh.parts.json"
    order = (server_of(centre.dsn), "ana", password_of("ana"), path, given.MIRROR_KEY, {"x": 1})

    serve_parts(centre, "perform pg_sleep(600)", unless="n = 4")
    first = BootstrapProcess(*order)
    until(lambda: note.exists() and note.read_text("utf-8").rstrip().endswith(", 4]"))
    first.abort()
    with pytest.raises(CentreUnreachable):
        first.run(lambda _: None)
    assert not path.exists()

    serve_parts(centre, "raise 'asked for again'", unless="n < 4")
    BootstrapProcess(*order).run(lambda _: None)
    with closing(Mirror(path, given.MIRROR_KEY)) as taken:
        taken.check()
        with taken.reading() as c:
            assert mirror.kept_value(c, "x") == 1
    assert [file.name for file in tmp_path.iterdir() if "parts" in file.name] == []


@pytest.mark.parametrize("of", ["desk", "collector"])
def test_no_transaction_is_open_while_indexes_are_made(
    centre: Centre, hub: HubLogin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, of: str
) -> None:
    """At a large site that takes longer than the centre lets a transaction idle."""
    fill(centre, 3)
    centre.add_agent("ana")
    states: list[object] = []
    finish = MirrorBuilder.finish

    def looked_at(builder: MirrorBuilder, *rest: Any) -> None:
        states.append(
            centre.one(
                "select array_agg(state) from pg_stat_activity where datname = current_database()"
                " and pid <> pg_backend_pid() and xact_start is not null"
            )
        )
        finish(builder, *rest)

    monkeypatch.setattr(MirrorBuilder, "finish", looked_at)
    if of == "collector":
        make(hub)
    else:
        with Line(server_of(centre.dsn), "ana", password_of("ana")) as line:
            path, report = tmp_path / "mirror.fresh", Reporter(io.StringIO())
            bootstrap_process.fetch_rows(line, path, given.MIRROR_KEY, {}, report)
    assert states == [None]
