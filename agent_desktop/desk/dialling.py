"""Dialling: the one place that calls somebody, after asking whether the number may be called.

The question goes to the call lane. An emergency number is never asked about and never waits.
Somebody's wish not to be called asks the agent and forbids nothing (models/account/consent.py).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal

from agent_desktop.desk.background import Background, Lane
from agent_desktop.desk.sessions import Desk
from agent_desktop.models.account import consent
from agent_desktop.models.account.consent import CallPermit, PermitReason
from agent_desktop.models.rules.dial_plan import Dialled, DialPlan, NumberKind

#: Emergency numbers are short, whatever is typed before them (trunk prefix, country).
_LONGEST_EMERGENCY = 8


class Dialling(QObject):
    """`order(number)` tells the phone. `for_session` is the session the newest call was dialled
    from, `last` what was dialled last, as it is to be dialled again.

    `asked(permit)` asks the agent whether to call somebody who asked not to be called, None that
    this is settled; `decide` carries out the answer.
    """

    asked = Signal(object)

    def __init__(
        self,
        desk: Desk,
        background: Background,
        order: Callable[[str], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._background = background
        self._order = order
        self._waiting: tuple[CallPermit, str] | None = None
        self.for_session = ""
        self.last = ""

    def dial(self, written: str, session_id: str = "") -> None:
        """Call a number, as it was written, from a session, if it may be called."""
        # A question that still stands on the screen is about another number now.
        self.decide(False)
        emergency = self._emergency(written)
        if emergency is not None:
            self._dial(emergency, session_id)
            return
        session = self._desk.session(session_id)
        interaction = session.interaction if session else None
        self._background.run(
            consent.may_call, written, interaction.id if interaction else None
        ).then(
            partial(self._answered, session_id),
            failed=partial(self._not_checked, written),
            lane=Lane.CALL,
            key="dial",
        )

    def decide(self, dial: bool) -> None:
        """The agent's answer about somebody who asked not to be called; it is written down."""
        # Taken before anything else: a second press of the key must not dial twice.
        waiting, self._waiting = self._waiting, None
        if waiting is None:
            return
        permit, session_id = waiting
        session = self._desk.session(session_id)
        interaction = session.interaction if session else None
        self._background.run(
            consent.answered, permit, dial, interaction.id if interaction else None
        ).then()
        self.asked.emit(None)
        if dial:
            self._dial(permit.dialled, session_id)

    def sent(self, written: str) -> str:
        """The number for the PBX of a target of a transfer; as it stands if nobody can read it."""
        stores = self._background.stores
        if stores is None:
            return written
        return DialPlan(stores.site.dial_plan).number(written).number or written

    def _emergency(self, written: str) -> Dialled | None:
        stores = self._background.stores
        digits = re.sub(r"\D", "", written)
        if stores is None or not 0 < len(digits) <= _LONGEST_EMERGENCY:
            return None
        dialled = DialPlan(stores.site.dial_plan).number(written)
        return dialled if dialled.kind is NumberKind.EMERGENCY else None

    def _answered(self, session_id: str, permit: CallPermit) -> None:
        if permit.allowed:
            self._dial(permit.dialled, session_id)
        elif permit.reason is PermitReason.DO_NOT_CALL:
            self._waiting = permit, session_id
            self.asked.emit(permit)
        else:
            self._desk.say("notice_dial_refused", number=permit.dialled.shown)

    def _not_checked(self, written: str, error: Exception) -> None:
        """A list that could not be read may hold this number: nobody is called."""
        self._desk.say("call_not_checked", number=written, why=str(error))

    def _dial(self, dialled: Dialled, session_id: str) -> None:
        self.last, self.for_session = dialled.again, session_id
        self._order(dialled.number)
