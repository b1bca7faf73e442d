"""Which sound goes where: microphone, headset and calls as the ends of one-way connections.

The bridge of the library mixes by itself what reaches the same end. A connection dies without a
word when a call's stream is made anew (hold, resume), so what is joined is kept here and
compared with what is wanted.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from itertools import permutations
from typing import Any

import pjsua2 as pj

from agent_desktop.telephony.call import Call, CallState

MICROPHONE, SPEAKER, SILENCE = "microphone", "speaker", "silence"
#: (from, to): ids of calls or one of the three ends above.
Joint = tuple[str, str]


def wanted_joints(calls: tuple[Call, ...]) -> set[Joint]:
    """The connections for these calls, whose streams are all up.

    A muted call gets silence, not nothing: without packets DTMF and middleboxes suffer.
    """
    joints: set[Joint] = set()
    for call in calls:
        joints.add((call.id, SPEAKER))
        joints.add((SILENCE if call.muted else MICROPHONE, call.id))
    members = [c.id for c in calls if c.in_conference and c.state is CallState.TALKING]
    return joints | set(permutations(members, 2))


class AudioRouting:
    """The connections that are up."""

    def __init__(self) -> None:
        self._joined: set[Joint] = set()

    def forget(self, end: str) -> None:
        """The library has dropped this end with all its connections."""
        self._joined = {joint for joint in self._joined if end not in joint}

    def forget_all(self) -> None:
        """Sound was opened anew."""
        self._joined.clear()

    def join(self, wanted: set[Joint], ends: Mapping[str, Any]) -> None:
        """Make the connections those `wanted`; an end that is not in `ends` is left out."""
        for source, sink in self._joined - wanted:
            # An end that went took its connections along: the library would only raise.
            if source in ends and sink in ends and ends[source] is not ends[sink]:
                with contextlib.suppress(pj.Error):
                    ends[source].stopTransmit(ends[sink])
        possible = {joint for joint in wanted if joint[0] in ends and joint[1] in ends}
        for source, sink in possible - self._joined:
            ends[source].startTransmit(ends[sink])
        self._joined = possible
