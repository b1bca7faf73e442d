"""The SIP library of the phone process: started, ended, and asked what this build of it can do."""

from __future__ import annotations

import gc
import logging
import time
from collections.abc import Callable
from typing import Any

import pjsua2 as pj

from agent_desktop.telephony.audio import audio
from agent_desktop.telephony.call import Line
from agent_desktop.telephony.safe_callback import guarded
from agent_desktop.telephony.sound import SoundChoice

log = logging.getLogger(__name__)

#: More than our own policy allows, so that what is refused is seen (a build may allow less).
_LIBRARY_CALLS = 16
#: Wideband first (Opus costs a desk PC twice as much as G.722), then what every PBX speaks
#: without transcoding; 0 is not offered.
_CODECS = {"G722": 200, "opus/48000": 195, "PCMA": 190, "PCMU": 189, "speex/32000": 0, "iLBC": 0}


#: The library's own lines: at most so many in so many seconds, and so long.
_MOST_LINES, _LINES_SECONDS, _LONGEST_LINE = 20, 10.0, 200


class _LibraryLog(pj.LogWriter):  # type: ignore[misc]
    """The first line of what the library has to say. Of a message that it cannot read it would
    write down all, with the customer's number, for every stranger who sends one."""

    def __init__(self) -> None:
        super().__init__()
        self._since = 0.0
        self._told = 0

    @guarded
    def write(self, entry: Any) -> None:
        """A line of the library, from whatever thread."""
        now = time.monotonic()
        if now - self._since >= _LINES_SECONDS:
            self._since, self._told = now, 0
        self._told += 1
        if self._told <= _MOST_LINES:
            first = str(entry.msg).strip().partition("\n")[0]
            line = "".join(c for c in first if c.isprintable())[:_LONGEST_LINE]
            log.info("%s%s", line, " (and more)" if self._told == _MOST_LINES else "")


class LibraryEndpoint(pj.Endpoint):  # type: ignore[misc]
    """The library; tells of INVITEs that it refused by itself, and of connections."""

    refused: Callable[[Any], None] | None = None
    transport_moved: Callable[[Any], None] | None = None

    @guarded
    def onTransportState(self, prm: Any) -> None:
        """A connection was made, failed or was lost."""
        if self.transport_moved:
            self.transport_moved(prm)

    @guarded
    def onRejectedIncomingCall(self, prm: Any) -> None:
        """More calls at once than the library can hold."""
        if self.refused:
            self.refused(prm)


def start_library() -> LibraryEndpoint:
    """The SIP library, started in this thread, without a thread of its own for SIP."""
    endpoint = LibraryEndpoint()
    endpoint.libCreate()
    config = pj.EpConfig()
    # No thread of the library's own: its callbacks would come at any moment of our code.
    config.uaConfig.threadCnt = 0
    config.uaConfig.maxCalls = _LIBRARY_CALLS
    config.uaConfig.userAgent = "Agent Desktop"
    # A stranger's NOTIFY would light the voicemail lamp; only answers to our SUBSCRIBE count.
    config.uaConfig.mwiUnsolicitedEnabled = False
    # Higher levels write whole messages, with customers' numbers, into the log.
    config.logConfig.level = config.logConfig.consoleLevel = 2
    config.logConfig.msgLogging = 0
    # The library deletes it in the end.
    config.logConfig.writer = _LibraryLog().__disown__()
    config.medConfig.clockRate = config.medConfig.sndClockRate = 16_000
    config.medConfig.audioFramePtime = 20
    # A source of silence must reach the far end as packets, or DTMF and middleboxes suffer.
    config.medConfig.noVad = True
    endpoint.libInit(config)
    endpoint.libStart()
    known = endpoint.codecEnum2()
    for name in [str(each.codecId) for each in known]:
        for codec, priority in _CODECS.items():
            if name.startswith(codec):
                endpoint.codecSetPriority(name, priority)
    return endpoint


def stop_library(endpoint: LibraryEndpoint) -> None:
    """End the library; objects the collector still holds must die before it."""
    # A pj object that dies after libDestroy calls into a library that is gone, and crashes.
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


def has_srtp(endpoint: Any) -> bool:
    """True if this build can encrypt sound."""
    return len(endpoint.srtpCryptoEnum()) > 0


def has_few_sockets(endpoint: Any) -> bool:
    """True if this build can watch 64 sockets only and aborts at the next one (invite_pace.py):
    the wheels of 2.15; what installer/linux/pjsua2 builds, 2.17, can watch 1,024."""
    version = endpoint.libVersion()
    return (int(version.major), int(version.minor)) < (2, 16)


def bare_line(endpoint: Any) -> Line:
    """A line that is off, with what this build can do."""
    return Line(
        engine=f"pjsip {endpoint.libVersion().full}",
        codecs=codecs(endpoint),
        transports=transports(endpoint),
        has_srtp=has_srtp(endpoint),
    )


def facts() -> dict[str, object]:
    """Ask the engine of this machine for the self-test: versions, codecs, sound."""
    endpoint = start_library()
    sound = audio.open_sound(endpoint, SoundChoice())
    answer = {
        "engine": f"pjsip {endpoint.libVersion().full}",
        "codecs": codecs(endpoint),
        "transports": transports(endpoint),
        "srtp": has_srtp(endpoint),
        "sound": sound.wait_kind().value,
        "sound_devices": audio.device_names(endpoint),
    }
    sound.close()
    del sound
    stop_library(endpoint)
    return answer
