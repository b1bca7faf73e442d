"""Desks through the hub: the same work as directly, by real TLS, with the rules in the database."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
import urllib3

from agent_desktop.errors import CentreUnreachable, SignInFailed
from agent_desktop.hub.tokens import AccessTokens
from agent_desktop.models.store import mirror, tables
from agent_desktop.models.store.intent import State
from agent_desktop.models.store.outbox import Parcel
from agent_desktop.sync import questions, wire
from agent_desktop.sync.answers import CentreFault, CursorUnknown
from agent_desktop.sync.audited import reveal
from agent_desktop.sync.centre import Centre as Line
from agent_desktop.sync.connection import DirectConnection as DirectLine
from agent_desktop.sync.hub_connection import HubConnection
from agent_desktop.sync.server import Server
from agent_desktop.sync.status import SyncState
from agent_desktop.sync.wakeup import Wakeup
from tests.central_fixtures import Centre, password_of
from tests.hub.hub_at import Hub, HubLogin, hub_login
from tests.sync.desk_at import Desk, server_of
from tests.waiting import until

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(180)]


@pytest.fixture
def login(centre: Centre) -> Iterator[HubLogin]:
    with hub_login(centre) as made:
        yield made


@pytest.fixture
def open_hub(login: HubLogin, tmp_path: Path) -> Iterator[Callable[..., Hub]]:
    """Starts hubs, and ends them."""
    opened: list[Hub] = []

    def open_one(*options: str, certificate: str = "good") -> Hub:
        opened.append(Hub(login.dsn, tmp_path, *options, certificate=certificate))
        return opened[-1]

    yield open_one
    for hub in opened:
        hub.stop()


@pytest.fixture
def hub(open_hub: Callable[..., Hub]) -> Hub:
    """An edge without a collector."""
    return open_hub("--no-collector")


def line_of(hub: Hub, user: str = "ana") -> HubConnection:
    return HubConnection(hub.server, user, password_of(user))


def begin(protocol: str) -> tuple[UUID, Parcel]:
    record = uuid4()
    payload = f'{{"id": "{record}", "protocol": "{protocol}", "channel": "call"}}'
    return record, Parcel(1, b"h" * 32, "interaction.begin", payload, ())


# -- the same answers as directly -----------------------------------------------------------------
def test_a_hub_answers_what_the_centre_answers(centre: Centre, hub: Hub) -> None:
    ana = centre.add_agent("ana")
    account = centre.add_account(
        name="Ção \U0001f600", tax_id="52998224725", customer_since="1912-02-29"
    )
    centre.insert("interaction_call", id=uuid4(), agent_id=ana, mos=4.25)
    client = uuid4()
    direct: Line = DirectLine(server_of(centre.dsn), "ana", password_of("ana"))
    through: Line = line_of(hub)
    with direct, through:
        told, same = (
            dict(direct.ask(questions.SIGN_IN, client, "pc")),
            dict(through.ask(questions.SIGN_IN, client, "pc")),
        )
        told.pop("server_time"), same.pop("server_time")
        assert told == same
        since = direct.ask(questions.POSITION)
        _, parcel = begin("2026112100000010")
        answer = through.ask(questions.PUSH, client, parcel)
        assert answer.state is State.ACCEPTED
        assert direct.ask(questions.PUSH, client, parcel) == answer
        centre.admin.execute("delete from crm.interaction_call")
        page, same_page = direct.ask(questions.PULL, since), through.ask(questions.PULL, since)
        assert page.rows == same_page.rows
        assert (page.gone, page.after, page.is_last) == (
            same_page.gone, same_page.after, same_page.is_last,
        )  # fmt: skip
        assert page.rows["interaction"]
        assert page.gone["interaction_call"]
        assert reveal(through, account, "tax_id") == "52998224725"
        first, last = through.ask(questions.LEASE_NUMBERS, client, "ticket")
        assert last - first == 499
        assert direct.ask(questions.OWN_ROWS) == through.ask(questions.OWN_ROWS)
        through.ask(questions.ACKNOWLEDGE, client, page.upto)
        assert through.ask(questions.SNAPSHOT_OFFER, mirror.SCHEMA) is None
        assert through.ask(questions.SNAPSHOT_PART, client, 0) is None
        assert everything(direct) == everything(through)
    assert centre.one("select acknowledged_at is not null from crm.client")


def everything(line: Line) -> dict[str, list[tuple[object, ...]]]:
    with line.snapshot() as (_, reader):
        return {table: sorted(reader.rows(table), key=repr) for table in tables.MIRRORED}


def test_errors_keep_their_names(centre: Centre, hub: Hub) -> None:
    centre.add_agent("ana")
    centre.add_agent("bia")
    client = uuid4()
    with line_of(hub) as ana, line_of(hub, "bia") as bia:
        ana.ask(questions.SIGN_IN, client, "pc")
        with pytest.raises(SignInFailed) as refused:
            bia.ask(questions.SIGN_IN, client, "pc")
        assert refused.value.code == "file_of_another_agent"
        with pytest.raises(CursorUnknown):
            ana.ask(questions.PULL, replace(ana.ask(questions.POSITION), generation=1))
        with pytest.raises(CentreFault):
            ana.ask(questions.LEASE_NUMBERS, client, "no such kind")
    with pytest.raises(SignInFailed) as wrong:
        HubConnection(hub.server, "ana", "not this one")
    assert wrong.value.code == "wrong_password"


# -- who is who -----------------------------------------------------------------------------------
def test_each_agent_sees_his_own_scopes_over_the_same_connections(
    centre: Centre, open_hub: Callable[..., Hub]
) -> None:
    hub = open_hub("--no-collector", "--connections", "1")
    mayor = centre.add_account(name="The Mayor", scope="vip")
    centre.add_agent("ana")
    centre.add_agent("vera", scopes=("company", "vip"))
    with line_of(hub) as ana, line_of(hub, "vera") as vera:
        for _ in range(5):
            assert not everything(ana)["account"]
            assert [UUID(bytes=row[0]) for row in everything(vera)["account"]] == [mayor]
            assert reveal(ana, mayor, "tax_id") is None


def raw(hub: Hub, path: str, token: str, body: bytes = b"") -> urllib3.BaseHTTPResponse:
    with urllib3.PoolManager(ca_certs=str(hub.certificates / "ca.pem"), retries=False) as http:
        return http.request(
            "POST",
            f"https://localhost:{hub.port}{wire.PATH}{path}",
            body=body,
            headers={"Authorization": f"Bearer {token}"} if token else {},
        )


def test_nothing_is_answered_without_a_token_of_ours(centre: Centre, hub: Hub) -> None:
    centre.add_agent("ana")
    with line_of(hub) as ana:
        good = ana.token
    forged = AccessTokens(lambda: ["a key of somebody's own"]).issue("ana")
    # Not the last sign: of its six bits two mean nothing.
    altered = good[:-5] + ("A" if good[-5] != "A" else "B") + good[-4:]
    body = wire.pack(())
    for path in ("ask/position", "ask/own_rows", "rows", "hints"):
        for token in ("", "x", forged, altered):
            assert raw(hub, path, token, body).status == 401, (path, token)
    assert raw(hub, "ask/position", good, body).status == 200
    assert raw(hub, "ask/no_such_question", good, body).status == 404
    for nonsense in (b"", b"\xc1", wire.pack(7), wire.pack(("x",)), wire.pack((b"x" * 16,))):
        assert raw(hub, "ask/push", good, nonsense).status in (400, 500)
    # bytes(n) of a number would be n zeros: values of another kind are refused before.
    assert raw(hub, "ask/change_password", good, wire.pack((1 << 34,))).status == 400
    assert raw(hub, "ask/snapshot_part", good, wire.pack((1 << 34, 0))).status == 400
    assert (
        raw(hub, "ask/push", good, wire.pack((bytes(16), (0, 1 << 34, "x", "{}", ())))).status
        == 400
    )
    assert raw(hub, "ask/position", good, b"x" * (5 << 20)).status == 400


def test_a_token_that_has_ended_is_fetched_anew_and_an_offboarded_agent_is_out_at_once(
    centre: Centre, open_hub: Callable[..., Hub]
) -> None:
    hub = open_hub("--no-collector", "--token-seconds", "1")
    centre.add_agent("ana")
    with line_of(hub) as ana:
        first, token = ana.ask(questions.POSITION), ana.token
        until(lambda: raw(hub, "ask/position", token, wire.pack(())).status == 401)
        assert ana.ask(questions.POSITION).generation == first.generation
        assert ana.token != token
    with line_of(hub) as ana:
        centre.admin.execute("update crm.agent set active = false")
        with pytest.raises(SignInFailed) as out:
            ana.ask(questions.POSITION)
        assert out.value.code == "agent_disabled"
        assert not everything_or_refused(ana)


def everything_or_refused(line: Line) -> bool:
    try:
        return any(everything(line).values())
    except (SignInFailed, CentreFault, CentreUnreachable):
        return False


def test_the_hub_s_own_log_in_sees_nothing(centre: Centre, login: HubLogin) -> None:
    centre.add_account(name="Marina")
    with psycopg.connect(login.dsn, autocommit=True) as connection:
        for query in (
            "select * from sync_v1.account",
            "select api_v1.position()",
            "select hub_v1.position()",
            "select * from crm.token_key",
            "update crm.site set name = ''",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(query)


@pytest.mark.parametrize(
    ("certificate", "code"),
    [
        ("expired", "centre_expired"),
        ("stranger", "centre_untrusted"),
        ("misnamed", "centre_name"),
    ],
)
def test_a_hub_that_cannot_prove_its_name_is_told_no_password(
    centre: Centre, open_hub: Callable[..., Hub], certificate: str, code: str
) -> None:
    centre.add_agent("ana")
    hub = open_hub("--no-collector", certificate=certificate)
    with pytest.raises(CentreUnreachable) as refused:
        line_of(hub)
    assert refused.value.code == code
    assert centre.one("select count(*) from crm.audit where what = 'sign_in'") == 0


# -- whole desks ----------------------------------------------------------------------------------
@contextmanager
def desk_at(centre: Centre, server: Server, folder: Path, user: str = "ana") -> Iterator[Desk]:
    desk = Desk(centre, folder, user, server=server, poll_seconds=600)  # only hints wake it
    try:
        yield desk.start()
    finally:
        desk.close()


def test_a_desk_works_through_the_hub_woken_by_hints(
    centre: Centre, hub: Hub, tmp_path: Path
) -> None:
    marina = centre.add_account(name="Marina")
    centre.add_agent("ana")
    with desk_at(centre, hub.server, tmp_path / "ana") as desk:
        interaction, protocol = desk.in_sync().begin(marina)
        desk.until(lambda: (row := desk.sees("interaction", interaction)) and not row["pending"])
        assert centre.one("select protocol from crm.interaction") == protocol
        for n in range(5):
            centre.admin.execute("update crm.account set name = %s", (f"Marina {n}",))
            desk.until(lambda n=n: desk.sees("account", marina)["name"] == f"Marina {n}")  # type: ignore


def test_a_desk_begins_with_the_hub_s_file(
    centre: Centre, open_hub: Callable[..., Hub], tmp_path: Path
) -> None:
    accounts = [centre.add_account(name=f"Cliente {n}") for n in range(20)]
    centre.add_agent("ana")
    hub = open_hub()
    until(lambda: centre.one("select count(*) from crm.snapshot_part") > 0)
    with desk_at(centre, hub.server, tmp_path / "ana") as desk:
        desk.in_sync()
        assert all(desk.sees("account", account) for account in accounts)
        assert any(status.expected for status in desk.statuses)


def test_the_hub_seals_the_audit(centre: Centre, open_hub: Callable[..., Hub]) -> None:
    marina = centre.add_account()
    centre.add_agent("ana")
    with DirectLine(server_of(centre.dsn), "ana", password_of("ana")) as ana:
        reveal(ana, marina, "tax_id")
    assert centre.one("select count(*) from crm.audit_open") > 0
    open_hub()
    until(lambda: centre.one("select count(*) from crm.audit_open") == 0)
    assert centre.one("select count(*) from crm.audit_batch") > 0


class InTurns:
    """One address for two edges; each new connection goes to the other one."""

    def __init__(self, ports: list[int]) -> None:
        self._ports = ports
        self.served = dict.fromkeys(ports, 0)
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = self._door.getsockname()[1]
        self._open: list[socket.socket] = []
        self._carriers: list[threading.Thread] = []
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        turn = 0
        while True:
            try:
                desk, _ = self._door.accept()
            except OSError:
                return
            for _ in self._ports:
                port = self._ports[turn % len(self._ports)]
                turn += 1
                try:
                    edge = socket.create_connection(("127.0.0.1", port), 5)
                except OSError:
                    continue
                self.served[port] += 1
                self._open += [desk, edge]
                for one, other in ((desk, edge), (edge, desk)):
                    carrier = threading.Thread(target=self._carry, args=(one, other))
                    self._carriers.append(carrier)
                    carrier.start()
                break
            else:
                desk.close()

    @staticmethod
    def _carry(one: socket.socket, other: socket.socket) -> None:
        try:
            while data := one.recv(1 << 16):
                other.sendall(data)
        except OSError:
            pass
        for end in (one, other):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def cut(self) -> None:
        """Break what is open; the next connections go on."""
        for one in self._open:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        with suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)
        self._thread.join(10)
        self._door.close()
        self.cut()
        for carrier in self._carriers:
            carrier.join(10)
        for one in self._open:
            one.close()


def test_two_edges_side_by_side_serve_one_desk_in_turns(
    centre: Centre, open_hub: Callable[..., Hub], tmp_path: Path
) -> None:
    """AccessTokens of one are good at the other; an edge that is killed takes nothing along."""
    marina = centre.add_account(name="Marina")
    centre.add_agent("ana")
    first, second = open_hub("--no-collector"), open_hub("--no-collector")
    with closing(InTurns([first.port, second.port])) as door:
        server = replace(first.server, port=door.port)
        with HubConnection(server, "ana", password_of("ana")) as line:
            token = line.token
            assert raw(first, "ask/position", token, wire.pack(())).status == 200
            assert raw(second, "ask/position", token, wire.pack(())).status == 200
        with desk_at(centre, server, tmp_path / "ana") as desk:
            begun = []
            desk.in_sync()
            for n in range(8):
                begun.append(desk.begin(marina))
                if n == 4:
                    first.kill()
                door.cut()
                desk.syncer.try_now()
                interaction = begun[-1][0]
                desk.until(
                    lambda i=interaction: (
                        not (desk.sees("interaction", i) or {}).get("pending", True)
                    )
                )  # type: ignore
            desk.in_sync()
    assert all(door.served.values())
    found = centre.admin.execute("select protocol from crm.interaction").fetchall()
    assert sorted(row[0] for row in found) == sorted(protocol for _, protocol in begun)


def test_a_stop_while_the_hub_stands_still_is_quick(
    centre: Centre, hub: Hub, tmp_path: Path
) -> None:
    centre.add_agent("ana")
    with desk_at(centre, hub.server, tmp_path / "ana") as desk:
        desk.in_sync()
        with psycopg.connect(centre.dsn) as blocker:
            blocker.execute("lock table crm.intent_result in access exclusive mode")
            desk.begin()
            desk.until(lambda: desk.syncer.status.state is SyncState.SENDING)
            began = time.monotonic()
            desk.syncer.stop(30)
            assert time.monotonic() - began < 20
    assert not [thread for thread in threading.enumerate() if thread.name == "hub-hints"]


def test_a_wait_ends_by_a_hint_and_by_a_wake(centre: Centre, hub: Hub) -> None:
    centre.add_agent("ana")
    with line_of(hub) as line, closing(Wakeup()) as wakeup:
        line.listen()
        line.wait(0, wakeup.receiver)
        wakeup.set()
        line.wait(600, wakeup.receiver)
        wakeup.clear()
        centre.add_account(name="x")
        line.wait(600, wakeup.receiver)


def test_no_hub_no_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        port = mute.getsockname()[1]
    with pytest.raises(CentreUnreachable):
        HubConnection(Server("localhost", port, "", is_hub=True), "ana", "x")


def test_addresses() -> None:
    assert Server.parse("https://hub.example:8443") == Server("hub.example", 8443, "", is_hub=True)
    assert str(Server.parse("https://hub.example")) == "https://hub.example:443"
    assert not Server.parse("db.example").is_hub
    for wrong in ("http://hub.example", "https://hub.example/x", "https://", ""):
        with pytest.raises(ValueError):
            Server.parse(wrong)
