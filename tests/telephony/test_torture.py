"""Messages nobody should send, from believed and strange addresses: the phone goes on as it was.

After each batch the same phone process answers OPTIONS; after each test the next real call rings,
is answered and carries sound both ways. AD_TORTURE is how many blind mutations are tried (2,000
if it is not set), AD_TORTURE_SEED another beginning. What ended the process is written to the
folder of the test, message by message.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication

from agent_desktop.demo.caller_control import DemoCustomer
from agent_desktop.telephony.call import Call, CallState, LineSettings, LineState
from tests.telephony.endpoints import LOOPBACK_LINE, Desk
from tests.telephony.torture import bodies, mutation, strays, syntax
from tests.telephony.torture.wire import LOOPBACK, STRANGER, TcpWire, UdpWire
from tests.telephony.torture.writer import TORTURER, Writer
from tests.waiting import until_in_qt

pytestmark = [pytest.mark.sip, pytest.mark.timeout(600)]

RINGING, TALKING, ENDED = CallState.RINGING, CallState.TALKING, CallState.ENDED
MARIA = "+5511987654321"
MUTATIONS = int(os.environ.get("AD_TORTURE", "2000"))
SEED = int(os.environ.get("AD_TORTURE_SEED", "20261122"))
CLASSES = (
    syntax.odd_but_right,
    syntax.too_much,
    syntax.wrong,
    bodies.bodies,
    strays.requests,
    strays.answers,
    strays.no_sip,
)
TCP_LINE = LineSettings("1001", transport="tcp", accepts_loopback=True)


class Victim:
    """A desk under torture: what rings is declined at once, the rest must stay as it was."""

    def __init__(self, desk: Desk, customer: DemoCustomer, line: LineSettings) -> None:
        self.desk, self._customer = desk, customer
        self.port = desk.open(line)
        self.pid = desk.phone.engine_pid
        self.rang: list[Call] = []
        desk.phone.call_changed.connect(self._decline)

    def _decline(self, call: Call) -> None:
        if call.state is RINGING and call.number != MARIA:
            self.rang.append(call)
            self.desk.phone.reject(call.id)

    @staticmethod
    def idle() -> None:
        """What the desktop does meanwhile: it hears, and declines."""
        QCoreApplication.processEvents()

    def lives(self, wire: UdpWire | TcpWire) -> bool:
        """Whether the same process still answers."""
        answers = wire.answers_options(self.idle)
        return answers and self.desk.phone.engine_pid == self.pid

    def takes_a_call(self) -> None:
        """The next real call rings, is answered, and sound flows both ways."""
        until_in_qt(lambda: not self.desk.phone.calls(), 60)
        heard = len(self.desk.heard)
        ref = self._customer.call(self.port, MARIA)

        def is_in(state: CallState) -> Call | None:
            new = (c for c in self.desk.heard[heard:] if c.number == MARIA and c.state is state)
            return next(new, None)

        until_in_qt(lambda: is_in(RINGING), 30)
        ringing = is_in(RINGING)
        assert ringing
        self.desk.phone.answer(ringing.id)
        until_in_qt(lambda: is_in(TALKING), 30)
        before = self._customer.counts(ref)
        until_in_qt(
            lambda: all(
                self._customer.counts(ref)[way] > before[way] + 10
                for way in ("packets_in", "packets_out")
            ),
            30,
        )
        self.desk.phone.hang_up(ringing.id)
        until_in_qt(lambda: is_in(ENDED), 30)
        assert self.desk.phone.engine_pid == self.pid
        assert self.desk.phone.line.state is LineState.READY


@pytest.fixture
def torture(desk: Desk, customer: DemoCustomer) -> Iterator[Callable[[LineSettings], Victim]]:
    """Opens a line to be tortured; in the end a real call is taken by the same process."""
    victims: list[Victim] = []

    def open_line(line: LineSettings = LOOPBACK_LINE) -> Victim:
        victims.append(Victim(desk, customer, line))
        return victims[-1]

    yield open_line
    assert [notice.code for notice in desk.notices if notice.code == "engine_restarted"] == []


Torture = Callable[..., Victim]
Cases = Callable[[Writer], dict[str, bytes]]


@pytest.mark.parametrize("host", [LOOPBACK, STRANGER], ids=["believed", "stranger"])
@pytest.mark.parametrize("cases", CLASSES, ids=lambda cases: cases.__name__)
def test_datagrams(torture: Torture, cases: Cases, host: str) -> None:
    victim = torture()
    with UdpWire(victim.port, host) as wire:
        for name, message in cases(wire.writer).items():
            wire.send(message)
            assert victim.lives(wire), f"it died of “{name}”:\n{message!r}"
    assert host == LOOPBACK or not victim.rang, "a stranger rang"
    victim.takes_a_call()


@pytest.mark.parametrize("cases", CLASSES, ids=lambda cases: cases.__name__)
def test_streams(torture: Torture, cases: Cases) -> None:
    """The same over TCP: whole, cut in two, and many in one piece."""
    victim = torture(TCP_LINE)
    for host in (STRANGER, LOOPBACK):
        assert not victim.rang, "a stranger rang"
        wire = TcpWire(victim.port, host)
        with wire.connect() as connection:
            writer = wire.writer(connection)
        messages = cases(writer)
        for name, message in messages.items():
            half = len(message) // 2
            wire.send([message])
            wire.send([message[:half], message[half:]])
            victim.idle()
            assert victim.desk.phone.engine_pid == victim.pid, f"died near “{name}”: {message!r}"
        wire.send([b"".join(messages.values())])
        assert victim.lives(wire)


@pytest.mark.parametrize("host", [LOOPBACK, STRANGER], ids=["believed", "stranger"])
def test_blind_mutations(torture: Torture, host: str, tmp_path: Path) -> None:
    victim, chance = torture(), random.Random(SEED + (host == STRANGER))
    with UdpWire(victim.port, host) as wire:
        for batch in range(MUTATIONS // 20):
            rights = mutation.rights(wire.writer)
            sent = [mutation.mutated(chance.choice(rights), chance, rights) for _ in range(10)]
            for message in sent:
                wire.send(message)
            if not victim.lives(wire):
                for n, message in enumerate(sent):
                    (tmp_path / f"message-{n}").write_bytes(message)
                pytest.fail(f"it died in batch {batch} of seed {SEED}: {tmp_path}")
            if batch % 50 == 49:
                victim.takes_a_call()
    assert host == LOOPBACK or not victim.rang, "a stranger rang"
    victim.takes_a_call()


def test_names_and_headers_of_strangers_come_out_as_plain_text(torture: Torture) -> None:
    victim = torture()
    name = "<img src=x onerror=alert(1)>\u202e\u2066Ana\u200f\x07\x1b[31m\x85\u2028 <b>S</b>"
    add = "X-Queue-Name: a\u202eb\x00c\x1b]0;t\x07\r\nX-DNIS: <script>0800</script>\x7f\r\n"
    with UdpWire(victim.port) as wire:
        caller = b'"%s" <sip:%s@%s>;tag=1' % (name.encode(), TORTURER, wire.writer.me)
        wire.send(wire.writer.request(From=caller, add=add.replace("\x00", "").encode()))
        until_in_qt(lambda: victim.rang)
        assert victim.lives(wire)
    call = victim.rang[0]
    assert call.display_name == "<img src=x onerror=alert(1)>Ana[31m <b>S</b>"
    assert (call.queue, call.dialled) == ("abc]0;t", "<script>0800</script>")
    texts = (call.display_name, call.number, call.queue, call.dialled)
    assert all(text.isprintable() for text in texts)
    victim.takes_a_call()
