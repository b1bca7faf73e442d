"""A customer's wish not to be called, kept and taken back with one command."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from agent_desktop.desk.session import Toast
from agent_desktop.errors import Refused
from agent_desktop.models.account import consent
from agent_desktop.views.words import wording

if TYPE_CHECKING:
    from agent_desktop.models.account.record import Phone
    from agent_desktop.views.kit.page import Context


class CallWish(QObject):
    """Turns the wish about the number that the account page shows; undone from its toast."""

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context

    def turn(self, phones: Sequence[Phone]) -> None:
        """Keep the wish about the preferred number, or end it if there is one."""
        shown = sorted(phones, key=lambda phone: not phone.preferred)
        if shown:
            self._set(shown[0], not shown[0].do_not_call, "")

    def _set(self, phone: Phone, wish: bool, reason: str) -> None:
        self._context.background.run(consent.set_do_not_call, phone.id, wish, reason).then(
            partial(self._kept, phone), failed=self._failed
        )

    def _kept(self, before: Phone, now: Phone) -> None:
        code = "do_not_call_kept" if now.do_not_call else "do_not_call_ended"
        undo = partial(self._set, now, before.do_not_call, before.do_not_call_reason)
        self._context.desk.toast.emit(Toast(code, {"number": wording.phone(now)}, undo))

    def _failed(self, error: Exception) -> None:
        code = next(iter(error.reasons.values())) if isinstance(error, Refused) else ""
        self._context.desk.say("not_saved", why=wording.refusal(code) if code else str(error))
