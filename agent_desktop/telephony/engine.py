"""The phone process: `python -m agent_desktop.telephony.engine --socket NAME --folder FOLDER`.

One thread, one loop: the SIP library's events, then the orders of the desktop. It rings and
answers 180 by itself and outlives a desktop that crashes in a call (docs/telephony.md).
pjsua2 is imported here, in line.py, live_calls.py and audio.py, and never by the desktop.
"""

from __future__ import annotations

import argparse
import faulthandler
import gc
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
from agent_desktop.telephony import audio, protocol
from agent_desktop.telephony.address import TOKEN_VARIABLE, Address
from agent_desktop.telephony.call import Call, Line, LineSettings, Notice
from agent_desktop.telephony.channel import DesktopLink, open_channel
from agent_desktop.telephony.guard import guarded
from agent_desktop.telephony.invite_pace import InvitePace
from agent_desktop.telephony.line import AgentLine
from agent_desktop.telephony.live_calls import LiveCalls

log = logging.getLogger("agent_desktop.telephony.engine")

#: More than our own policy allows, so that what is refused is seen (a build may allow less).
_LIBRARY_CALLS = 16
_LOOP_MILLISECONDS = 10
_BEAT_SECONDS = 1.0
_NOTICE_PAUSE_SECONDS = 5.0
_RETRY_SECONDS = 10.0
_GOODBYE_SECONDS = 0.5
#: Wideband first, then what every PBX speaks without transcoding; 0 is not offered.
_CODECS = {"G722": 200, "PCMA": 190, "PCMU": 189, "speex/32000": 0, "iLBC": 0}


class _Endpoint(pj.Endpoint):  # type: ignore[misc]
    """The library; tells of INVITEs that it refused by itself."""

    refused: Callable[[Any], None] | None = None

    @guarded
    def onRejectedIncomingCall(self, prm: Any) -> None:
        """More calls at once than the library can hold."""
        if self.refused:
            self.refused(prm)


def start_library() -> _Endpoint:
    """The SIP library, started in this thread, without a thread of its own for SIP."""
    endpoint = _Endpoint()
    endpoint.libCreate()
    config = pj.EpConfig()
    config.uaConfig.threadCnt = 0
    config.uaConfig.maxCalls = _LIBRARY_CALLS
    config.uaConfig.userAgent = "Agent Desktop"
    config.uaConfig.mwiUnsolicitedEnabled = False
    # Higher levels write whole messages, with customers' numbers, into the log.
    config.logConfig.level = config.logConfig.consoleLevel = 2
    config.logConfig.msgLogging = 0
    config.medConfig.clockRate = config.medConfig.sndClockRate = 16_000
    config.medConfig.audioFramePtime = 20
    # A source of silence must reach the far end as packets, or DTMF and middleboxes suffer.
    config.medConfig.noVad = True
    endpoint.libInit(config)
    endpoint.libStart()
    for codec, priority in _CODECS.items():
        endpoint.codecSetPriority(codec, priority)
    return endpoint


def stop_library(endpoint: _Endpoint) -> None:
    """End the library; objects the collector still holds must die before it."""
    gc.collect()
    # Good-byes have been said by now; otherwise it would listen for answers for a second.
    endpoint.libDestroy(pj.PJSUA_DESTROY_NO_NETWORK)


def codecs(endpoint: Any) -> tuple[str, ...]:
    """The codecs that are offered, best first."""
    # A part of a library value dies with the whole: `known` must stay.
    known = endpoint.codecEnum2()
    offered = sorted((-each.priority, str(each.codecId)) for each in known if each.priority)
    return tuple(name for _, name in offered)


def transports(endpoint: Any) -> tuple[str, ...]:
    """The transports this build of the library knows."""
    try:
        has_tls = len(endpoint.utilSslGetAvailableCiphers()) > 0
    except pj.Error:
        has_tls = False
    return ("udp", "tcp", "tls") if has_tls else ("udp", "tcp")


class Engine:
    """Joins the library, the line, the calls and the desktop; all in the thread of `turn`."""

    def __init__(self, endpoint: _Endpoint, link: DesktopLink, *, orphan_seconds: float) -> None:
        self._endpoint = endpoint
        self._link = link
        self._orphan_seconds = orphan_seconds
        self._orphan_since = time.monotonic()
        self._next_beat = self._next_retry = 0.0
        self._told: dict[str, float] = {}
        self._later: list[Callable[[], None]] = []
        self._next_settings: LineSettings | None = None
        self._pace = InvitePace()
        self._calls = LiveCalls(
            changed=self._call_changed, tell=self._tell, later=self._later.append
        )
        version = f"pjsip {endpoint.libVersion().full}"
        self._line = AgentLine(
            endpoint,
            Line(engine=version, codecs=codecs(endpoint), transports=transports(endpoint)),
            changed=self._line_changed,
            invited=self._invited,
            later=self._later.append,
        )
        endpoint.refused = self._refused
        self.has_ended = False

    def turn(self) -> None:
        """One round: the library's events, the desktop's orders, what had to wait for both."""
        self._endpoint.libHandleEvents(_LOOP_MILLISECONDS)
        for message in self._link.receive():
            self._try(message)
        while self._later:
            guarded(self._later.pop(0))()
        self._calls.rest_sound()
        if self._next_settings and not self._calls.live():
            settings, self._next_settings = self._next_settings, None
            self._open_line(settings)
        self._watch(time.monotonic())

    def _watch(self, now: float) -> None:
        if now >= self._next_beat:
            self._next_beat = now + _BEAT_SECONDS
            self._link.send(protocol.Beat())
        if now >= self._next_retry:
            self._next_retry = now + _RETRY_SECONDS
            self._line.retry()
        sound = self._calls.sound
        if sound and sound.kind is not self._line.value.sound:
            self._line.set_sound(sound=sound.kind, sound_device=sound.device)
        if self._link.is_attached or self._calls.live():
            self._orphan_since = now
        elif now - self._orphan_since >= self._orphan_seconds:
            log.info("no desktop and no call: ending")
            self.has_ended = True

    def _try(self, message: protocol.Message) -> None:
        try:
            self._obey(message)
        except pj.Error as fault:
            log.warning("%s failed: %s", protocol.name_of(message), fault.reason)
            self._order_failed(message)
        except Exception:
            log.exception("%s failed", protocol.name_of(message))
            self._order_failed(message)

    def _order_failed(self, message: protocol.Message) -> None:
        call_id = getattr(message, "call_id", "")
        notice = Notice("order_failed", call_id, detail=protocol.name_of(message))
        self._link.send(protocol.Noticed(notice))

    def _obey(self, message: protocol.Message) -> None:
        match message:
            case protocol.Attach():
                state = protocol.State(os.getpid(), self._line.value, self._calls.live())
                self._link.send(state)
            case protocol.OpenLine(settings):
                self._open_line(settings)
            case protocol.CloseLine():
                self._close_line()
            case protocol.Quit():
                self.has_ended = True
            case protocol.Dial(number):
                self._dial(number)
            case protocol.Answer(call_id):
                self._calls.answer(call_id)
            case protocol.Reject(call_id, busy):
                self._calls.reject(call_id, busy=busy)
            case protocol.HangUp(call_id):
                self._calls.hang_up(call_id)
            case protocol.Hold(call_id):
                self._calls.hold(call_id)
            case protocol.Resume(call_id):
                self._calls.resume(call_id)
            case protocol.Mute(call_id, on):
                self._calls.mute(call_id, on)

    def _open_line(self, settings: LineSettings) -> None:
        if settings == self._line.settings:
            return self._line_changed(self._line.value)
        if self._calls.live():
            self._next_settings = settings
            return self._tell(Notice("line_pending"))
        self._close_sound()
        self._calls.sound = audio.open_sound(self._endpoint, settings)
        self._line.open(settings)
        return None

    def _close_line(self) -> None:
        self._next_settings = None
        self._calls.hang_up_all()
        self._line.close()
        self._close_sound()

    def _close_sound(self) -> None:
        sound, self._calls.sound = self._calls.sound, None
        if sound:
            sound.close()

    def _dial(self, number: str) -> None:
        try:
            uri = self._line.uri_for(number)
        except ValueError:
            return self._tell(Notice("dial_refused", number=number))
        return self._calls.dial(self._line.account, number, uri)

    def _invited(self, account: Any, prm: Any) -> None:
        is_believed = self._line.believes(str(prm.rdata.srcAddress))
        self._calls.invited(account, prm, is_believed=is_believed)
        self._keep_pace()

    def _keep_pace(self) -> None:
        pause = self._pace.pause(time.monotonic())
        if pause:
            # Only a flood gets here. It must be halted within the callback: the library takes
            # many messages in one go. Sound goes on meanwhile, in threads of its own.
            log.warning("too many INVITEs: none is taken for %.2f s", pause)
            time.sleep(pause)

    def _refused(self, prm: Any) -> None:
        # Some builds of the library can hold four calls only and say "busy" by themselves.
        if self._line.believes(str(prm.rdata.srcAddress)):
            self._calls.tell_too_many(str(prm.rdata.wholeMsg))

    def _call_changed(self, call: Call) -> None:
        self._link.send(protocol.CallChanged(call))

    def _line_changed(self, line: Line) -> None:
        self._link.send(protocol.LineChanged(line))

    def _tell(self, notice: Notice) -> None:
        """Send a notice; one kind at most every few seconds, so that a flood is one line."""
        now = time.monotonic()
        if now - self._told.get(notice.code, -_NOTICE_PAUSE_SECONDS) >= _NOTICE_PAUSE_SECONDS:
            self._told[notice.code] = now
            self._link.send(protocol.Noticed(notice))

    def end(self, *_: object) -> None:
        """Leave the loop after this round; also a signal handler."""
        self.has_ended = True

    def close(self) -> None:
        """Hang up, say good-bye to the registrar, let the desktop go."""
        self._calls.hang_up_all()
        self._line.unregister()
        until = time.monotonic() + _GOODBYE_SECONDS
        while self._is_saying_goodbye() and time.monotonic() < until:
            self._endpoint.libHandleEvents(_LOOP_MILLISECONDS)
        self._line.close()
        self._close_sound()
        self._link.close()

    def _is_saying_goodbye(self) -> bool:
        return bool(self._calls.live()) or self._line.is_registered


def facts() -> dict[str, object]:
    """What this machine's engine can do, for the self-test: versions, codecs, sound."""
    endpoint = start_library()
    sound = audio.open_sound(endpoint, LineSettings(extension=""))
    answer = {
        "engine": f"pjsip {endpoint.libVersion().full}",
        "codecs": codecs(endpoint),
        "transports": transports(endpoint),
        "srtp": len(endpoint.srtpCryptoEnum()) > 0,
        "sound": sound.wait_kind().value,
        "sound_devices": audio.device_names(endpoint),
    }
    sound.close()
    del sound
    stop_library(endpoint)
    return answer


def _print_facts() -> int:
    # The library writes its first lines to standard output: they go to the errors instead.
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as output:
        os.dup2(2, 1)
        output.write(json.dumps(facts()) + "\n")
    return 0


def run(address: Address, token: str, orphan_seconds: float) -> None:
    """Serve one desktop after the other until told to quit or orphaned."""
    link = open_channel(address, token)
    endpoint = start_library()
    engine = Engine(endpoint, link, orphan_seconds=orphan_seconds)
    signal.signal(signal.SIGTERM, engine.end)
    log.info("ready, process %s", os.getpid())
    while not engine.has_ended:
        engine.turn()
    engine.close()
    # Now nothing of ours holds an object of the library, whose end would crash on it.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    endpoint.refused = None
    del engine
    stop_library(endpoint)


def main(arguments: list[str] | None = None) -> int:
    """Entry of the phone process; 3 if another one serves this address already."""
    parser = argparse.ArgumentParser(prog="agent_desktop.telephony.engine")
    parser.add_argument("--socket", default="")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--orphan-seconds", type=float, default=10.0)
    parser.add_argument("--facts", action="store_true", help="print what the engine can do")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    faulthandler.enable()
    if options.facts:
        return _print_facts()
    token = os.environ.pop(TOKEN_VARIABLE, "") or sys.stdin.readline().strip()
    if not token or not options.socket or not options.folder:
        parser.error("a socket, its folder and the token in the environment are needed")
    try:
        run(Address(options.folder, options.socket), token, options.orphan_seconds)
    except PhoneFailed as fault:
        log.error("%s", fault.code)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
