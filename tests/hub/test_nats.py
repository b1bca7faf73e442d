"""A site with NATS: hints and presence between edges. Killed, flooded or lied to, it costs time
and never a record."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from uuid import UUID, uuid4

import nats
import pytest

from agent_desktop.errors import SignInFailed
from agent_desktop.hub.nats_bus import NatsBus, NatsServer
from agent_desktop.hub.presence import MOST_DESKS, SharedPresence
from agent_desktop.models.agent.presence import OtherAgent, Stand
from agent_desktop.sync import questions, wire
from agent_desktop.sync.hub_connection import HubConnection
from tests.central_fixtures import Centre
from tests.hub.hub_at import Hub, HubLogin, hub_login
from tests.hub.nats_at import PASSWORD, PROGRAM, USER, NatsAt
from tests.hub.test_hub import desk_at, line_of
from tests.pbx.certificates import write_certificates
from tests.sync.desk_at import Desk, execute
from tests.sync.test_presence import told as told_at
from tests.waiting import until

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.timeout(240),
    pytest.mark.skipif(PROGRAM is None, reason="there is no nats-server here"),
]


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[NatsAt]:
    """A NATS server that hubs started now find in their environment."""
    made = NatsAt(tmp_path)
    for name, value in made.environment.items():
        monkeypatch.setenv(name, value)
    yield made
    made.kill()


@pytest.fixture
def login(centre: Centre) -> Iterator[HubLogin]:
    with hub_login(centre) as made:
        yield made


@pytest.fixture
def open_hub(server: NatsAt, login: HubLogin, tmp_path: Path) -> Iterator[Callable[..., Hub]]:
    """Starts hubs at the NATS server, and ends them."""
    with ExitStack() as opened:

        def open_one(*options: str) -> Hub:
            hub = Hub(login.dsn, tmp_path, "--nats", server.url, *options)
            opened.callback(hub.stop)
            return hub

        yield open_one


def rename(centre: Centre, account: UUID, name: str) -> None:
    execute(centre, "update crm.account set name = %s where id = %s", name, account)


def sees(desk: Desk, account: UUID, name: str) -> bool:
    return (desk.sees("account", account) or {}).get("name") == name


def arrived(centre: Centre, protocol: str) -> int:
    """How often the centre has this contact."""
    query = "select count(*) from crm.interaction where protocol = %s"
    return int(centre.one(query, protocol))


def shout(server: NatsAt, centre: Centre, subject: str, messages: list[bytes]) -> None:
    """Send this as whoever got hold of the hub's credentials would."""

    async def send() -> None:
        client = await nats.connect(server.url, user=USER, password=PASSWORD)
        for data in messages:
            await client.publish(f"agent_desktop.{centre.name}.{subject}", data)
        await client.flush()
        await client.close()

    asyncio.run(send())


# -- hints ----------------------------------------------------------------------------------------
def test_a_desk_at_an_edge_without_collector_is_woken_over_nats(
    centre: Centre, open_hub: Callable[..., Hub], tmp_path: Path
) -> None:
    centre.add_agent("ana")
    marina = centre.add_account(name="Marina")
    open_hub()  # its collector sends the centre's hints on
    edge = open_hub("--no-collector")
    with desk_at(centre, edge.server, tmp_path / "ana") as desk:
        desk.in_sync()
        rename(centre, marina, "name 0")
        # The collector may not listen yet when the first one comes: a later one counts.
        desk.until(lambda: nudged(centre, marina, desk))
        rename(centre, marina, "name 1")
        desk.until(lambda: sees(desk, marina, "name 1"))


def nudged(centre: Centre, account: UUID, desk: Desk) -> bool:
    """Whether a desk that does not poll hears of a record that changes again and again."""
    execute(centre, "update crm.account set note = note || '.' where id = %s", account)
    return sees(desk, account, "name 0")


def test_nats_killed_in_the_middle_costs_time_only(
    centre: Centre, server: NatsAt, open_hub: Callable[..., Hub], tmp_path: Path
) -> None:
    centre.add_agent("ana")
    marina = centre.add_account(name="Marina")
    hub = open_hub()
    with desk_at(centre, hub.server, tmp_path / "ana") as desk:
        desk.in_sync()
        rename(centre, marina, "name 0")
        desk.until(lambda: nudged(centre, marina, desk))
        server.kill()
        desk.syncer.poll_seconds = 0.5
        desk.syncer.wake()
        rename(centre, marina, "without hints")
        _, saved = desk.begin(marina)
        desk.until(lambda: sees(desk, marina, "without hints"))
        desk.until(lambda: arrived(centre, saved) == 1)
        server.start()
        desk.syncer.poll_seconds = 600
        desk.syncer.wake()
        rename(centre, marina, "name 0")
        desk.until(lambda: nudged(centre, marina, desk))
    told = hub.log.read_text()
    assert told.count("NATS went away") == 1
    assert told.count("NATS is away") <= 1


def test_a_hub_begins_without_nats(
    centre: Centre, server: NatsAt, open_hub: Callable[..., Hub], tmp_path: Path
) -> None:
    centre.add_agent("ana")
    marina = centre.add_account(name="Marina")
    server.kill()
    hub = open_hub()
    with desk_at(centre, hub.server, tmp_path / "ana") as desk:
        desk.in_sync()
        server.start()
        rename(centre, marina, "name 0")
        desk.until(lambda: nudged(centre, marina, desk))
    assert hub.log.read_text().count("NATS is away") == 1


def test_a_wrong_password_of_nats_is_told_and_the_site_works(
    centre: Centre,
    open_hub: Callable[..., Hub],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    centre.add_agent("ana")
    monkeypatch.setenv("AGENT_DESKTOP_NATS_PASSWORD", "not this one")
    hub = open_hub()
    with desk_at(centre, hub.server, tmp_path / "ana") as desk:
        desk.in_sync()
    told = hub.log.read_text()
    assert told.count("NATS is away") == 1
    assert "not this one" not in told


def test_hints_that_are_lost_entirely_cost_time_only(
    centre: Centre, open_hub: Callable[..., Hub], tmp_path: Path
) -> None:
    centre.add_agent("ana")
    marina = centre.add_account(name="Marina")
    hub = open_hub("--no-collector")  # nobody sends any
    with desk_at(centre, hub.server, tmp_path / "ana") as desk:
        desk.in_sync()
        desk.syncer.poll_seconds = 0.5
        desk.syncer.wake()
        for n in range(3):
            rename(centre, marina, f"name {n}")
            desk.until(partial(sees, desk, marina, f"name {n}"))


@pytest.mark.parametrize("certificate", ["good", "misnamed", "stranger", "expired"])
def test_nats_by_tls_is_believed_with_a_proven_name_only(
    centre: Centre,
    login: HubLogin,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    certificate: str,
) -> None:
    certificates = tmp_path / "certificates"
    write_certificates(certificates)
    server = NatsAt(tmp_path, certificates / f"{certificate}.pem")
    monkeypatch.setenv("AGENT_DESKTOP_NATS_CA", str(certificates / "ca.pem"))
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    centre.add_agent("ana")
    marina = centre.add_account(name="Marina")
    hub = Hub(login.dsn, tmp_path, "--nats", server.url)
    try:
        with desk_at(centre, hub.server, tmp_path / "ana") as desk:
            desk.in_sync()
            rename(centre, marina, "name 0")
            if certificate == "good":
                desk.until(lambda: nudged(centre, marina, desk))
            else:
                desk.until(lambda: "NATS is away" in hub.log.read_text())
                assert "certificate" in hub.log.read_text()
    finally:
        hub.stop()
        server.kill()


def test_floods_and_forgeries_change_nothing(
    centre: Centre, server: NatsAt, open_hub: Callable[..., Hub], tmp_path: Path
) -> None:
    centre.add_agent("ana")
    marina = centre.add_account(name="Marina")
    hub = open_hub()
    with desk_at(centre, hub.server, tmp_path / "ana") as desk:
        desk.in_sync()
        before = pulls(centre)
        shout(server, centre, "feed", [b"", b"pull this", b"\x00" * 1000] * 5_000)
        rename(centre, marina, "after the flood")
        desk.until(lambda: sees(desk, marina, "after the flood"))
        shout(server, centre, "presence", [b"", b"x" * 16, b"\xc1", b"x" * 5_000] * 500)
        desk.stand_at("account", marina)
        _, saved = desk.begin(marina)
        desk.until(lambda: arrived(centre, saved) == 1)
        assert desk.presence.here == ()
    assert pulls(centre) - before < 1_000, "15,000 hints are a few"


def pulls(centre: Centre) -> int:
    """How many transactions this centre has had."""
    execute(centre, "select pg_stat_force_next_flush()")
    query = "select xact_commit from pg_stat_database where datname = current_database()"
    return int(centre.one(query))


# -- presence -------------------------------------------------------------------------------------
def test_desks_at_several_edges_hear_of_each_other(
    centre: Centre, open_hub: Callable[..., Hub]
) -> None:
    mayor = centre.add_account(name="The Mayor", scope="vip")
    for user in ("carla", "davi"):
        centre.add_agent(user, scopes=("company", "vip"))
    centre.add_agent("ana")
    one, other = open_hub("--no-collector"), open_hub("--no-collector")
    at_mayor = Stand("account", mayor, "note")
    with line_of(one, "carla") as carla, line_of(other, "davi") as davi, line_of(other) as ana:
        clients = {line: uuid4() for line in (carla, davi, ana)}
        for line, client in clients.items():
            line.ask(questions.SIGN_IN, client, f"PC {client}")

        def heard(line: HubConnection) -> tuple[OtherAgent, ...]:
            return told_at(line, clients[line], at_mayor).here

        until(lambda: heard(carla) == () or heard(davi) == (OtherAgent("Carla", "note"),))
        until(lambda: heard(davi) == (OtherAgent("Carla", "note"),))
        until(lambda: heard(carla) == (OtherAgent("Davi", "note"),))
        assert heard(ana) == (), "beyond the scope nobody is told of"
        assert heard(davi) == (OtherAgent("Carla", "note"),), "nor does one count there"
        assert centre.one("select count(*) from crm.presence") == 0, "the centre's table is spared"
        with pytest.raises(SignInFailed):
            ana.ask(questions.LEAVE, clients[carla])
        assert heard(davi) == (OtherAgent("Carla", "note"),), "only of one's own desk"
        carla.ask(questions.LEAVE, clients[carla])
        until(lambda: heard(davi) == ())


def test_without_nats_presence_goes_through_the_centre(
    centre: Centre, server: NatsAt, open_hub: Callable[..., Hub]
) -> None:
    marina = centre.add_account(name="Marina")
    for user in ("ana", "bia"):
        centre.add_agent(user)
    hubs = [open_hub("--no-collector") for _ in range(2)]
    server.kill()
    with line_of(hubs[0]) as ana, line_of(hubs[1], "bia") as bia:
        clients = [uuid4(), uuid4()]
        ana.ask(questions.SIGN_IN, clients[0], "PC1")
        bia.ask(questions.SIGN_IN, clients[1], "PC2")

        def told() -> bool:
            told_at(ana, clients[0], Stand("account", marina, "email"))
            found = told_at(bia, clients[1], Stand("account", marina)).here
            return found == (OtherAgent("Ana", "email"),)

        until(told)
        assert centre.one("select count(*) from crm.presence") == 2


def test_what_nats_says_is_bounded() -> None:
    """Somebody who got into NATS makes up desks."""
    bus = NatsBus(NatsServer("nats://127.0.0.1:1"))
    shared = SharedPresence(None, bus)  # type: ignore[arg-type]
    since = "2026-11-22T09:12:00+00:00"
    record = uuid4()
    for n in range(MOST_DESKS + 500):
        client = UUID(int=n).bytes
        stand = ("account", record.bytes, "f" * 900)
        shared.heard(wire.pack((client, client, "n" * 900, "h" * 900, since, stand)))
    bus.stop()
    signs = shared.memory.signs()
    assert len(signs) == MOST_DESKS
    longest = max(len(sign.name) + len(sign.host) + len(sign.stand.field) for sign in signs)
    assert longest <= 300
