"""The acts of an agent on calls: each finds the call it means and gives the phone its order.

Whether an act is allowed now stands in `telephony/call.py`'s table; what is not allowed is not
ordered. `active_call` is the call the keys mean.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, SignalInstance

from agent_desktop.telephony.call import Act, Call, CallState, Line, RejectReason

if TYPE_CHECKING:
    from collections.abc import Iterable

#: A ring younger than this is not answered by F9: the key was meant for something else.
RING_GRACE = timedelta(milliseconds=400)
#: Which call the keys mean if several are up.
_FIRST = (CallState.TALKING, CallState.DIALLING, CallState.HELD, CallState.TRANSFERRING)


class PhoneFace(Protocol):
    """The part of a phone that the desk uses; telephony/phone.py and dummy.py both have it."""

    call_changed: SignalInstance
    line_changed: SignalInstance

    @property
    def line(self) -> Line: ...
    def calls(self) -> tuple[Call, ...]: ...
    def answer(self, call_id: str) -> None: ...
    def reject(self, call_id: str, reason: RejectReason = ...) -> None: ...
    def hang_up(self, call_id: str) -> None: ...
    def hold(self, call_id: str) -> None: ...
    def resume(self, call_id: str) -> None: ...
    def mute(self, call_id: str, on: bool) -> None: ...
    def dial(self, number: str) -> None: ...
    def transfer(self, call_id: str, number: str) -> None: ...
    def consult(self, call_id: str, number: str) -> None: ...
    def complete(self, call_id: str) -> None: ...
    def back(self, call_id: str) -> None: ...
    def conference(self, call_ids: Iterable[str]) -> None: ...
    def leave(self) -> None: ...
    def digits(self, call_id: str, digits: str) -> None: ...


class CallControl(QObject):
    """The acts of the keys; each does nothing when there is no call it could mean."""

    def __init__(self, phone: PhoneFace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._phone = phone

    # -- which call -------------------------------------------------------------------------
    @property
    def active_call(self) -> Call | None:
        """The call the call keys mean: talking before dialling before held."""
        return active(self._phone.calls())

    @property
    def consultation(self) -> Call | None:
        """The call dialled to ask about another one, while both are up."""
        return consultation(self._phone.calls())

    @property
    def ringing(self) -> Call | None:
        """The call that has been ringing longest."""
        return _oldest(call for call in self._phone.calls() if call.state is CallState.RINGING)

    # -- one call ---------------------------------------------------------------------------
    def answer(self) -> None:
        """Answer the call that has been ringing longest; the phone holds the one in progress."""
        ringing = self.ringing
        if ringing is not None and datetime.now(UTC) - ringing.started_at >= RING_GRACE:
            self._phone.answer(ringing.id)

    def decline(self, reason: RejectReason = RejectReason.BUSY) -> None:
        """Decline the ringing call, never another one."""
        if self.ringing is not None:
            self._phone.reject(self.ringing.id, reason)

    def hang_up(self) -> None:
        """End the active call, or the whole conference; a ringing one is left alone."""
        call = self.active_call
        if call is not None:
            for each in self._members() if call.in_conference else (call,):
                self._phone.hang_up(each.id)

    def toggle_hold(self) -> None:
        """Hold the active call or all of a conference, or resume it."""
        call = self.active_call
        if call is None:
            return
        if call.may(Act.RESUME):
            self.resume(call.id)
        elif call.may(Act.HOLD):
            for each in self._members() if call.in_conference else (call,):
                self._phone.hold(each.id)

    def resume(self, call_id: str) -> None:
        """Talk on a held call; the members of a conference are all taken back."""
        call = self._live(call_id)
        if call is not None and call.in_conference:
            self._phone.conference(member.id for member in self._members())
        elif call is not None and call.may(Act.RESUME):
            self._phone.resume(call_id)

    def toggle_mute(self) -> None:
        """Mute the microphone of the active call, or open it again."""
        call = self.active_call
        if call is not None and call.may(Act.MUTE):
            for each in self._members() if call.in_conference else (call,):
                self._phone.mute(each.id, not call.muted)

    def digits(self, text: str) -> None:
        """Send keys (0-9 * # A-D) to whom is talked to."""
        call = self.active_call
        if call is not None and call.may(Act.DIGITS):
            self._phone.digits(call.id, text)

    # -- handing over -----------------------------------------------------------------------
    def transfer(self, number: str) -> None:
        """Ask there first: hold the active call and dial `number` about it."""
        call = self.active_call
        if call is not None and call.may(Act.CONSULT):
            self._phone.consult(call.id, number)

    def blind(self, number: str) -> None:
        """Hand the active call over to `number` without asking."""
        call = self.active_call
        if call is not None and call.may(Act.TRANSFER):
            self._handing(call.id, number)
            self._phone.transfer(call.id, number)

    def complete(self) -> None:
        """Connect the consultation with the call it is about, and leave both."""
        asked = self.consultation
        if asked is not None and asked.may(Act.COMPLETE):
            self._handing(asked.consult_for, asked.number)
            self._phone.complete(asked.id)

    def back(self) -> None:
        """End the consultation and talk on with the call it was about."""
        asked = self.consultation
        if asked is not None and asked.may(Act.BACK):
            self._phone.back(asked.id)

    def swap(self) -> None:
        """Talk with the other one: the call that has been on hold longest."""
        held = held_beside(self._phone.calls())
        if held is not None:
            self.resume(held.id)

    # -- several calls ----------------------------------------------------------------------
    def conference(self) -> bool:
        """Let all calls that are up hear each other; False if there are not two."""
        found = mergeable(self._phone.calls())
        if found:
            self._phone.conference(call.id for call in found)
        return bool(found)

    def drop(self, call_id: str = "") -> None:
        """Drop one of a conference, the one who joined last if none is named."""
        members = self._members()
        chosen = [call for call in members if call.id == call_id] if call_id else members[-1:]
        for call in chosen:
            self._phone.hang_up(call.id)

    def leave(self) -> None:
        """Leave the conference to its two other members."""
        members = self._members()
        if len(members) == 2:
            self._handing(members[0].id, members[1].number)
        if members:
            self._phone.leave()

    def _handing(self, call_id: str, number: str) -> None:
        """A call is about to be handed over; whoever shows it may want to know to whom."""

    def _members(self) -> list[Call]:
        """The members of the conference, who came last at the end."""
        members = (call for call in self._phone.calls() if call.in_conference)
        return sorted(members, key=lambda call: call.started_at)

    def _live(self, call_id: str) -> Call | None:
        return next((call for call in self._phone.calls() if call.id == call_id), None)


def _oldest(calls: Iterable[Call]) -> Call | None:
    return min(calls, key=lambda call: call.started_at, default=None)


def active(calls: Iterable[Call]) -> Call | None:
    """The call the keys mean: talking before dialling before held before being handed over."""
    found = tuple(calls)
    for state in _FIRST:
        call = _oldest(each for each in found if each.state is state)
        if call is not None:
            return call
    return None


def consultation(calls: Iterable[Call]) -> Call | None:
    """The call dialled to ask about another one, if both are up."""
    found = tuple(calls)
    live = {call.id for call in found if call.is_live}
    return next((call for call in found if call.is_live and call.consult_for in live), None)


def held_beside(calls: Iterable[Call]) -> Call | None:
    """The call a swap takes: in a consultation the other of the two, else the one that has been
    on hold longest beside the active one."""
    found = tuple(calls)
    now, asked = active(found), consultation(found)
    if now is not None and asked is not None and now.id in (asked.id, asked.consult_for):
        if not asked.may(Act.SWAP):
            return None
        other = asked.consult_for if now.id == asked.id else asked.id
        found = tuple(call for call in found if call.id in (now.id, other))
    held = [
        call
        for call in found
        if call.state is CallState.HELD
        and now is not None
        and call.id != now.id
        and not (call.in_conference and now.in_conference)
    ]
    return min(held, key=lambda call: call.state_since or call.started_at, default=None)


def mergeable(calls: Iterable[Call]) -> tuple[Call, ...]:
    """The calls a conference would join: at least two, and one of them not in it yet."""
    up = (CallState.TALKING, CallState.HELD)
    found = tuple(c for c in calls if c.state in up and c.may(Act.CONFERENCE))
    joins = len(found) > 1 and not all(call.in_conference for call in found)
    return found if joins else ()
