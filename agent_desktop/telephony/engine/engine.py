"""The phone process: `python -m agent_desktop.telephony.engine --socket NAME --folder FOLDER`.

One thread, one loop: the SIP library's events, then the orders of the desktop. It rings and
answers 180 by itself and outlives a desktop that crashes in a call (docs/telephony.md).
pjsua2 is imported in the modules of this process only (tests/test_layers.py names them).
"""

from __future__ import annotations

import argparse
import faulthandler
import json
import logging
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pjsua2 as pj

from agent_desktop.errors import PhoneFailed
from agent_desktop.telephony import message
from agent_desktop.telephony.address import TOKEN_VARIABLE, Address
from agent_desktop.telephony.call import Call, CallState, Line, LineSettings, Notice
from agent_desktop.telephony.engine import library
from agent_desktop.telephony.engine.call_sound import CallSound
from agent_desktop.telephony.engine.channel import DesktopLink, open_channel
from agent_desktop.telephony.engine.digits import send_digits
from agent_desktop.telephony.engine.incoming import Incoming
from agent_desktop.telephony.engine.invite_pace import InvitePace
from agent_desktop.telephony.engine.line import AgentLine
from agent_desktop.telephony.engine.live_calls import LiveCalls
from agent_desktop.telephony.engine.transfer import CallTransfer
from agent_desktop.telephony.headset.headset_calls import HeadsetCalls
from agent_desktop.telephony.safe_callback import guarded

log = logging.getLogger("agent_desktop.telephony.engine")

#: How long a round waits for the network, which wakes it at once; the desktop's orders wait for
#: its end. Short while somebody may press a key in the next moment, longer when nothing is up.
_RINGING_MILLISECONDS, _CALL_MILLISECONDS, _IDLE_MILLISECONDS = 10, 20, 30
_BEAT_SECONDS = 1.0
_NOTICE_PAUSE_SECONDS = 5.0
# BYE and un-REGISTER need one answer each; a PBX that is away must not hold up log-off.
_GOODBYE_SECONDS = 0.5
# A killed window is back in 2.5 s (docs/benchmarks.md); a minute also covers an agent who has to
# sign in anew.
_DESERTED_SECONDS = 60.0
#: These notices belong to one call or one key: each is told.
_ALWAYS_TOLD = frozenset({"transfer_failed", "dial_refused", "leave_needs_two", "sound_changed"})


class Engine:
    """Joins the library, the line, the calls and the desktop; all in the thread of `turn`."""

    def __init__(
        self, endpoint: library.LibraryEndpoint, link: DesktopLink, *, orphan_seconds: float
    ) -> None:
        self._endpoint = endpoint
        self._link = link
        self._orphan_seconds = orphan_seconds
        self._orphan_since = time.monotonic()
        self._next_beat = 0.0
        self._heard_at = time.monotonic()
        self._told: dict[str, float] = {}
        self._later: list[Callable[[], None]] = []
        self._next_settings: LineSettings | None = None
        self._calls = LiveCalls(
            changed=self._call_changed, tell=self._tell, later=self._later.append
        )
        self._incoming = Incoming(
            self._calls,
            tell=self._tell,
            later=self._later.append,
            beat=lambda: self._link.send(message.Beat()),
            pace=InvitePace() if library.has_few_sockets(endpoint) else None,
        )
        self._sound = CallSound(endpoint, self._calls, send=self._link.send, tell=self._tell)
        self._line = AgentLine(
            endpoint,
            library.bare_line(endpoint),
            changed=self._line_changed,
            invited=self._invited,
            later=self._later.append,
        )
        self._transfer = CallTransfer(
            self._calls, self._line, tell=self._tell, later=self._later.append
        )
        self._headset = HeadsetCalls(
            self._calls, redial=self._redial_wanted, changed=self._headset_changed
        )
        self._orders = self._table_of_orders()
        endpoint.refused = self._refused
        endpoint.transport_moved = self._line.transport_moved
        self.has_ended = False

    def _table_of_orders(self) -> dict[type, Callable[[Any], None]]:
        calls, transfer, sound = self._calls, self._transfer, self._sound
        return {
            message.Attach: self._attach,
            message.OpenLine: lambda order: self._open_line(order.settings),
            message.CloseLine: self._close_line,
            message.Quit: self.end,
            message.Answer: lambda order: calls.answer(order.call_id),
            message.Reject: lambda order: calls.reject(order.call_id, order.reason),
            message.HangUp: lambda order: calls.hang_up(order.call_id),
            message.Hold: lambda order: calls.hold(order.call_id),
            message.Resume: lambda order: calls.resume(order.call_id),
            message.Mute: lambda order: calls.mute(order.call_id, order.on),
            message.Dial: lambda order: transfer.dial(order.number),
            message.Transfer: lambda order: transfer.transfer(order.call_id, order.number),
            message.Consult: lambda order: transfer.consult(order.call_id, order.number),
            message.Complete: lambda order: transfer.complete(order.call_id),
            message.Back: lambda order: transfer.back(order.call_id),
            message.Conference: lambda order: transfer.conference(order.call_ids),
            message.Leave: lambda order: transfer.leave(),
            message.Digits: self._send_digits,
            message.ChooseSound: lambda order: sound.choose(order.choice),
            message.WatchLevels: lambda order: sound.watch_levels(order.on),
            message.EchoTest: lambda order: sound.echo(order.on),
            message.TryRing: lambda order: sound.try_ring(),
        }

    def turn(self) -> None:
        """One round: the library's events, the desktop's orders, what had to wait for both."""
        self._endpoint.libHandleEvents(self._patience())
        for order in self._link.receive():
            self._obey(order)
        # The library may not be called from within its callbacks (hanging up there aborts it).
        while self._later:
            guarded(self._later.pop(0))()
        now = time.monotonic()
        guarded(self._calls.turn)(now)
        guarded(self._transfer.turn)(now)
        guarded(self._sound.turn)(now)
        guarded(self._headset.turn)(now)
        guarded(self._line.turn)(now)
        # Another line needs another transport, and its end would cut the call that runs over it.
        if self._next_settings and not self._calls.live():
            settings, self._next_settings = self._next_settings, None
            self._open_line(settings)
        self._watch(now)

    def _patience(self) -> int:
        states = {call.state for call in self._calls.all()}
        if CallState.RINGING in states or CallState.ENDED in states:
            return _RINGING_MILLISECONDS
        return _CALL_MILLISECONDS if states else _IDLE_MILLISECONDS

    def _watch(self, now: float) -> None:
        if now >= self._next_beat:
            self._next_beat = now + _BEAT_SECONDS
            self._link.send(message.Beat())
        state = self._sound.state
        if (state.kind, state.headset) != (self._line.value.sound, self._line.value.sound_device):
            self._line.set_sound(sound=state.kind, sound_device=state.headset)
        if self._link.is_attached or self._calls.live():
            self._orphan_since = now
            self._end_deserted_calls(now)
        elif now - self._orphan_since >= self._orphan_seconds:
            log.info("no desktop and no call: ending")
            self.has_ended = True

    def _end_deserted_calls(self, now: float) -> None:
        """Without a desktop a call is kept as long as somebody is heard in it, not for ever."""
        heard = [call for call in self._calls.live() if not call.media_lost]
        if self._link.is_attached or heard:
            self._heard_at = now
        elif now - self._heard_at >= _DESERTED_SECONDS:
            log.info("nobody is heard and no desktop is there: hanging up")
            self._heard_at = now
            self._calls.hang_up_all()

    # --- orders

    def _obey(self, order: message.Message) -> None:
        name = message.name_of(order)
        try:
            self._orders[type(order)](order)
        except pj.Error as fault:
            log.warning("%s failed: %s", name, fault.reason)
            self._order_failed(order, name)
        # The edge of an order: one that fails must not end a process with customers on the line.
        except Exception:
            log.exception("%s failed", name)
            self._order_failed(order, name)

    def _order_failed(self, order: message.Message, name: str) -> None:
        notice = Notice("order_failed", getattr(order, "call_id", ""), detail=name)
        self._link.send(message.Noticed(notice))

    def _attach(self, _order: object) -> None:
        state = message.EngineState(
            os.getpid(), self._line.value, self._calls.live(), self._sound.state
        )
        self._link.send(state)

    def _open_line(self, settings: LineSettings) -> None:
        if settings == self._line.settings:
            return self._line_changed(self._line.value)
        if self._calls.live():
            self._next_settings = settings
            return self._tell(Notice("line_pending"))
        self._calls.auto_answer = settings.auto_answer
        self._calls.emergency_numbers = settings.emergency_numbers
        self._sound.open()
        self._line.open(settings)
        return None

    def _close_line(self, _order: object) -> None:
        self._next_settings = None
        self._calls.hang_up_all()
        self._line.close()
        self._sound.close()

    def _send_digits(self, order: message.Digits) -> None:
        call, settings = self._calls.find(order.call_id), self._line.settings
        if call and settings and not send_digits(call, order.digits, settings.digits_by):
            self._tell(Notice("digits_failed", order.call_id, detail=order.digits))

    # --- events

    def _invited(self, account: Any, prm: Any) -> None:
        is_believed = self._line.believes(str(prm.rdata.srcAddress))
        self._incoming.invited(account, prm, is_believed=is_believed)

    def _refused(self, prm: Any) -> None:
        # Some builds of the library can hold four calls only and say "busy" by themselves.
        if self._line.believes(str(prm.rdata.srcAddress)):
            self._incoming.library_refused(str(prm.rdata.wholeMsg))

    def _headset_changed(self) -> None:
        headset = self._headset.headset
        self._sound.set_keys(headset.name, headset.why.value)

    def _redial_wanted(self) -> None:
        # The number, and the check whether it may be called, are the desktop's.
        self._link.send(message.Noticed(Notice("redial_wanted")))

    def _call_changed(self, call: Call) -> None:
        self._link.send(message.CallChanged(call))

    def _line_changed(self, line: Line) -> None:
        self._link.send(message.LineChanged(line))

    def _tell(self, notice: Notice) -> None:
        """Send a notice; one kind at most every few seconds, so that a flood is one line."""
        now = time.monotonic()
        last = self._told.get(notice.code, -_NOTICE_PAUSE_SECONDS)
        if notice.code in _ALWAYS_TOLD or now - last >= _NOTICE_PAUSE_SECONDS:
            self._told[notice.code] = now
            self._link.send(message.Noticed(notice))

    def end(self, *_: object) -> None:
        """Leave the loop after this round; also a signal handler."""
        self.has_ended = True

    def close(self) -> None:
        """Hang up, say good-bye to the registrar, let the desktop go."""
        self._calls.hang_up_all()
        self._line.unregister()
        until = time.monotonic() + _GOODBYE_SECONDS
        while self._is_saying_goodbye() and time.monotonic() < until:
            self._endpoint.libHandleEvents(_RINGING_MILLISECONDS)
        self._line.close()
        self._sound.close()
        self._headset.close()
        self._link.close()

    def _is_saying_goodbye(self) -> bool:
        return bool(self._calls.live()) or self._line.is_registered


def _print_facts() -> int:
    # The library writes its first lines to standard output: they go to the errors instead.
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as output:
        os.dup2(2, 1)
        output.write(json.dumps(library.facts()) + "\n")
    return 0


def run(address: Address, token: str, orphan_seconds: float) -> None:
    """Serve one desktop after the other until told to quit or orphaned."""
    link = open_channel(address, token)
    endpoint = library.start_library()
    engine = Engine(endpoint, link, orphan_seconds=orphan_seconds)
    signal.signal(signal.SIGTERM, engine.end)
    log.info("ready, process %s", os.getpid())
    while not engine.has_ended:
        engine.turn()
    engine.close()
    # Now nothing of ours holds an object of the library, whose end would crash on it.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    endpoint.refused = endpoint.transport_moved = None
    del engine
    library.stop_library(endpoint)


def main(arguments: list[str] | None = None) -> int:
    """Entry of the phone process; 3 if another one serves this address already."""
    parser = argparse.ArgumentParser(prog="agent_desktop.telephony.engine")
    parser.add_argument("--socket", default="")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--orphan-seconds", type=float, default=10.0)
    parser.add_argument("--facts", action="store_true", help="print what the engine can do")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    # pjsip ends by assert; the stack in the log is all that is left to tell where.
    faulthandler.enable()
    if options.facts:
        return _print_facts()
    # Popped, so that no program this process may start inherits it.
    token = os.environ.pop(TOKEN_VARIABLE, "") or sys.stdin.readline().strip()
    if not token or not options.socket or not options.folder:
        parser.error("a socket, its folder and the token in the environment are needed")
    try:
        run(Address(options.folder, options.socket), token, options.orphan_seconds)
    except PhoneFailed as fault:
        log.error("%s", fault.code)
        return 3
    return 0
