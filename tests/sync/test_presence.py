"""Who has a record open, at a real centre: told to who may see it, and soon forgotten."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from agent_desktop.errors import SignInFailed
from agent_desktop.models.agent.presence import NOWHERE, OtherAgent, Presence, Stand, presence_of
from agent_desktop.sync import presence as attendances
from agent_desktop.sync import questions
from agent_desktop.sync.centre import Centre as Line
from agent_desktop.sync.connection import DirectConnection as DirectLine
from agent_desktop.sync.presence import PresenceReporter
from agent_desktop.sync.status import SyncState
from tests.central_fixtures import Centre, ConnectAs, password_of
from tests.sync.desk_at import Desk, execute, server_of

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(180)]


def told(line: Line, client: UUID, stand: Stand) -> Presence:
    """What the centre tells a desk that stands there."""
    return presence_of(stand, line.ask(questions.PRESENCE, client, stand))


class Seat:
    """A line of one agent with a file of its own."""

    def __init__(self, line: Line, host: str) -> None:
        self.line, self.client = line, uuid4()
        line.ask(questions.SIGN_IN, self.client, host)

    def at(self, kind: str, record: UUID, field: str = "") -> Presence:
        return told(self.line, self.client, Stand(kind, record, field))

    def nowhere(self) -> Presence:
        return told(self.line, self.client, NOWHERE)


@pytest.fixture
def sit(centre: Centre) -> Iterator[Callable[..., Seat]]:
    """Seats agents at the centre."""
    lines = []

    def seated(user: str, host: str = "") -> Seat:
        if user not in centre.agents:
            centre.add_agent(user)
        lines.append(DirectLine(server_of(centre.dsn), user, password_of(user)))
        return Seat(lines[-1], host or f"PC of {user}")

    yield seated
    for line in lines:
        line.close()


def grow_old(centre: Centre, seconds: int) -> None:
    """As if the last signs of life were given so much earlier."""
    execute(
        centre,
        f"update crm.presence set at = at - interval '{seconds} seconds',"
        f" since = since - interval '{seconds} seconds'",
    )


# -- the centre ---------------------------------------------------------------------------------
def test_colleagues_at_the_same_record_hear_of_each_other(
    centre: Centre, sit: Callable[..., Seat]
) -> None:
    marina, other = centre.add_account(name="Marina"), centre.add_account(name="Other")
    ana, bia = sit("ana"), sit("bia")
    assert ana.at("account", marina, "email").here == ()
    assert bia.at("account", marina).here == (OtherAgent("Ana", "email"),)
    assert ana.at("account", marina).here == (OtherAgent("Bia"),)
    assert bia.at("account", other).here == ()
    assert ana.at("account", marina).here == ()
    assert bia.at("ticket", marina).here == (), "no ticket of this id"


def test_it_is_gone_30_s_after_the_last_sign_of_life(
    centre: Centre, sit: Callable[..., Seat]
) -> None:
    marina = centre.add_account(name="Marina")
    ana, bia = sit("ana"), sit("bia")
    ana.at("account", marina)
    grow_old(centre, 25)
    assert bia.at("account", marina).here == (OtherAgent("Ana"),)
    grow_old(centre, 6)
    assert bia.at("account", marina).here == ()
    assert ana.at("account", marina).here == (OtherAgent("Bia"),)
    ana.line.ask(questions.LEAVE, ana.client)
    assert bia.at("account", marina).here == (), "who closes in order is gone at once"


def test_old_rows_are_swept_and_none_is_durable(centre: Centre, sit: Callable[..., Seat]) -> None:
    marina = centre.add_account(name="Marina")
    ana, bia = sit("ana"), sit("bia")
    bia.at("account", marina)
    grow_old(centre, 31)
    for _ in range(400):  # one in twenty sweeps
        ana.at("account", marina)
        if centre.one("select count(*) from crm.presence") == 1:
            break
    assert centre.one("select count(*) from crm.presence") == 1
    kind = "select relpersistence::text from pg_class where oid = 'crm.presence'::regclass"
    assert centre.one(kind) == "u"


def test_nobody_is_told_of_a_record_beyond_their_scope(
    centre: Centre, sit: Callable[..., Seat]
) -> None:
    mayor = centre.add_account(name="The Mayor", scope="vip")
    centre.add_agent("carla", scopes=("company", "vip"))
    centre.add_agent("davi", scopes=("company", "vip"))
    ana, carla, davi = sit("ana"), sit("carla"), sit("davi")
    carla.at("account", mayor, "note")
    assert davi.at("account", mayor).here == (OtherAgent("Carla", "note"),)
    assert ana.at("account", mayor).here == (), "hears of nobody"
    assert davi.at("account", mayor).here == (OtherAgent("Carla", "note"),), "is not heard of"
    lost = "delete from crm.agent_scope where agent_id = %s and scope = 'vip'"
    execute(centre, lost, centre.agents["davi"])
    assert davi.at("account", mayor).here == (), "a scope that was lost counts at once"


def test_who_left_is_told_to_nobody(centre: Centre, sit: Callable[..., Seat]) -> None:
    marina = centre.add_account(name="Marina")
    ana, bia = sit("ana"), sit("bia")
    ana.at("account", marina)
    execute(centre, "update crm.agent set active = false where user_name = 'ana'")
    assert bia.at("account", marina).here == ()
    with pytest.raises(SignInFailed):
        ana.at("account", marina)


def test_an_agent_speaks_only_for_desks_of_their_own(
    centre: Centre, sit: Callable[..., Seat], connect_as: ConnectAs
) -> None:
    marina = centre.add_account(name="Marina")
    ana, bia = sit("ana"), sit("bia")
    ana.at("account", marina)
    with pytest.raises(SignInFailed) as refused:
        told(bia.line, ana.client, Stand("account", marina, "forged"))
    assert refused.value.code == "file_of_another_agent"
    with pytest.raises(SignInFailed):
        told(bia.line, uuid4(), Stand("account", marina))
    bia.line.ask(questions.LEAVE, ana.client)
    assert bia.at("account", marina).here == (OtherAgent("Ana"),)
    hostile = connect_as("bia")
    for attack in (
        "select * from crm.presence",
        "update crm.presence set field = 'x'",
        "delete from crm.presence",
        "truncate crm.presence",
        "select crm.sees_record('account', gen_random_uuid())",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            hostile.execute(attack)


def test_who_listens_to_every_channel_learns_nothing(
    centre: Centre, sit: Callable[..., Seat], connect_as: ConnectAs
) -> None:
    marina = centre.add_account(name="Marina")
    ana, spy = sit("ana"), connect_as("spy")
    for channel in ("feed", "presence", "api_v1", "crm", marina.hex, str(marina), "account", "*"):
        spy.execute(f'listen "{channel}"')
    for field in ("", "email", "note"):
        ana.at("account", marina, field)
    ana.line.ask(questions.LEAVE, ana.client)
    assert list(spy.notifies(timeout=0.5)) == []
    execute(centre, "update crm.account set note = 'new'")  # the ear is open: this is heard
    heard = list(spy.notifies(timeout=20, stop_after=1))
    assert [(one.channel, one.payload) for one in heard] == [("feed", "")]


# -- the same agent at two desks -----------------------------------------------------------------
def test_the_same_agent_at_two_desks_is_told(centre: Centre, sit: Callable[..., Seat]) -> None:
    marina = centre.add_account(name="Marina")
    first, second = sit("ana", "PC1"), sit("ana", "PC2")
    assert first.nowhere().elsewhere == ()
    began = centre.one("select since from crm.presence where client = %s", first.client)
    told = second.at("account", marina)
    assert [(one.host, one.since) for one in told.elsewhere] == [("PC1", began)]
    assert [one.host for one in first.at("account", marina).elsewhere] == ["PC2"]
    assert first.at("account", marina).here == (), "oneself is no colleague"
    assert sit("bia").nowhere().elsewhere == (), "nobody else's business"
    first.line.ask(questions.LEAVE, first.client)
    assert second.nowhere().elsewhere == ()


# -- the desk ------------------------------------------------------------------------------------
class _Counted(DirectLine):
    """A line that knows how often it was asked."""

    asked = 0

    def ask(self, question: Any, *values: Any, **named: Any) -> Any:
        self.asked += question is questions.PRESENCE
        return super().ask(question, *values, **named)


def test_pages_and_fields_that_change_fast_are_told_seldom(centre: Centre) -> None:
    centre.add_agent("ana")
    marina, presence_reporter, client = centre.add_account(), PresenceReporter(), uuid4()
    here, there = socket.socketpair()
    line = _Counted(server_of(centre.dsn), "ana", password_of("ana"))
    with closing(line), here, there:
        line.ask(questions.SIGN_IN, client, "PC1")
        presence_reporter.rest(line, client, 0.01, here)
        assert presence_reporter.stand_at(Stand("account", marina))
        assert not any(presence_reporter.stand_at(Stand("account", uuid4())) for _ in range(50))
        presence_reporter.rest(line, client, attendances.LEAST_SECONDS + 0.2, here)
        assert line.asked == 2, "pages: one sign for all"
        woken = [presence_reporter.stand_at(Stand("account", marina, f"f{n}")) for n in range(50)]
        presence_reporter.rest(line, client, 0.01, here)
    assert woken.count(True) == 1
    assert line.asked == 2, "fields: later"


def test_a_centre_without_presence_does_as_before(centre: Centre, tmp_path: Path) -> None:
    centre.add_agent("ana")
    marina = centre.add_account(name="Marina")
    execute(centre, "drop function api_v1.presence")
    desk = Desk(centre, tmp_path, "ana").start()
    try:
        desk.in_sync()
        desk.stand_at("account", marina)
        execute(centre, "update crm.account set name = 'Later'")
        desk.until(lambda: (desk.sees("account", marina) or {})["name"] == "Later")
        assert {one.state for one in desk.statuses if one.state is SyncState.OFFLINE} == set()
    finally:
        desk.close()


def test_two_desks_hear_of_each_other(centre: Centre, tmp_path: Path) -> None:
    marina = centre.add_account(name="Marina")
    for user in ("ana", "bia"):
        centre.add_agent(user)
    ana, bia = (Desk(centre, tmp_path / user, user).start() for user in ("ana", "bia"))
    try:
        ana.stand_at("account", marina)
        bia.stand_at("account", marina, "note")
        ana.until(lambda: ana.presence.here == (OtherAgent("Bia", "note"),))
        bia.until(lambda: bia.presence.here == (OtherAgent("Ana"),))
        bia.close()
        ana.until(lambda: ana.presence.here == ())
    finally:
        ana.close()
        bia.close()
