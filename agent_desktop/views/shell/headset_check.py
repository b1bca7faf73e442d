"""Reminds an agent to try the headset before the first call; once for each headset."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from agent_desktop.telephony.phone import Phone
from agent_desktop.telephony.sound import Sound
from agent_desktop.views.look.theme import Tone
from agent_desktop.views.shell.message_bar import MessageBar

_KEY = "sound"


class HeadsetCheck(QObject):
    """`checked` is the headset that was tried last, as `passed(str)` told it."""

    passed = Signal(str)

    def __init__(self, phone: Phone, bar: MessageBar, checked: str, parent: QObject) -> None:
        super().__init__(parent)
        self._phone = phone
        self._bar = bar
        self._checked = checked
        phone.sound_changed.connect(self._on_sound)

    def pass_(self) -> None:
        """The agent hears and was heard: not asked again while the headset is the same."""
        self._checked = self._headset()
        self._bar.solved(_KEY)
        self.passed.emit(self._checked)

    def put_off(self) -> None:
        """The agent has seen the message."""
        self._bar.solved(_KEY)

    def _headset(self) -> str:
        sound = self._phone.sound
        return f"{sound.headset or '-'} {sound.microphone or '-'}"

    def _on_sound(self, _sound: object) -> None:
        is_there = self._phone.sound.kind is not Sound.NONE
        if not is_there or self._headset() == self._checked:
            self._bar.solved(_KEY)
        elif not self._phone.calls():
            self._bar.show_message(
                _KEY,
                self.tr("This headset has not been tried yet."),
                verb=self.tr("Try it now"),
                tone=Tone.ACCENT,
                icon_name="headset",
            )
