"""The keys of the console: which of them stand in the strip, and what is written on them."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from agent_desktop.telephony.call import EndReason
from agent_desktop.views.commands import Commands
from agent_desktop.views.console_parts import ConsoleKey, KeyTone
from agent_desktop.views.console_view import ConsoleView, Strip, short_name

#: What the strip is about -> its keys; in a call all that a call knows.
_KEYS = {
    Strip.IDLE: {"call_back"},
    Strip.FAILED: {"retry"},
    Strip.DIALLING: {"end"},
    Strip.RINGING: {"answer", "decline"},
    Strip.WRAP_UP: {"more", "finish"},
}
_IN_CALL = {"hold", "mute", "transfer", "conference", "keypad", "end"}
#: The keys that every phone can carry out; of the others those that this one cannot are absent.
_ALWAYS = {"answer", "decline", "hold", "mute", "end"}
#: After these the key to call again stands in the strip; after others it is in the palette.
_WORTH_ANOTHER_TRY = {EndReason.LOST, EndReason.FAILED, EndReason.BUSY, EndReason.NO_ANSWER}


class ConsoleKeys(QObject):
    """All keys, made hidden; `strip` lays them out in the order of `all`."""

    def __init__(self, commands: Commands, strip: QWidget) -> None:
        super().__init__(strip)
        self._commands = commands
        self._strip = strip
        self._keys: dict[str, ConsoleKey] = {}
        self._make()

    @property
    def all(self) -> tuple[ConsoleKey, ...]:
        """Every key, from left to right."""
        return tuple(self._keys.values())

    def show_view(self, view: ConsoleView) -> None:
        """Show the keys of this view, in the state of its call."""
        shown = self._shown(view)
        for part, key in self._keys.items():
            key.setVisible(part in shown and self._is_offered(part))
        self._show_hold(view.strip is Strip.HELD)
        self._show_mute(view.call is not None and view.call.muted)
        for key in self.all:
            key.name_for(short_name(view.name))

    def _make(self) -> None:
        add = self._add
        add("call_back", "call.back", self.tr("Call back"), icon_name="history")
        add("retry", "call.retry", self.tr("Retry"))
        add("answer", "call.answer", self.tr("Answer"), wide=True, lit=KeyTone.ANSWER)
        add("decline", "call.decline", self.tr("Decline"), wide=True, lit=KeyTone.END)
        add("hold", "call.hold", self.tr("Hold"))
        add("mute", "call.mute", self.tr("Mute"), icon_name="mic")
        add("transfer", "call.transfer", self.tr("Transfer"))
        add("conference", "call.conference", self.tr("Conference"))
        add("keypad", "call.keypad", self.tr("Dialpad"))
        add("end", "call.hang_up", self.tr("End"), lit=KeyTone.END)
        add("more", "wrap_up.more", self.tr("+ 30 s"), icon_name=" ", wide=True)
        add("finish", "wrap_up.finish", self.tr("Finish"), wide=True, lit=KeyTone.PRIMARY)

    def _add(
        self,
        part: str,
        command_id: str,
        words: str,
        *,
        icon_name: str = "",
        wide: bool = False,
        lit: KeyTone = KeyTone.PLAIN,
    ) -> None:
        key = ConsoleKey(
            self._commands,
            command_id,
            self._strip,
            name=f"console.{part}",
            words=words,
            icon_name=icon_name,
            wide=wide,
            lit=lit,
        )
        key.hide()
        self._keys[part] = key

    def _shown(self, view: ConsoleView) -> set[str]:
        shown = _KEYS.get(view.strip, _IN_CALL)
        ended = view.call.end_reason if view.call else None
        if view.strip is Strip.WRAP_UP and ended in _WORTH_ANOTHER_TRY:
            return shown | {"call_back"}
        return shown

    def _is_offered(self, part: str) -> bool:
        """Keys of what this phone cannot do are absent; a call back needs a last call."""
        if part == "call_back":
            return self._commands.action("call.back").isEnabled()
        return part in _ALWAYS or self._keys[part].is_known()

    def _show_hold(self, held: bool) -> None:
        words, icon_name = (self.tr("Resume"), "play") if held else (self.tr("Hold"), "pause")
        self._keys["hold"].say(words, icon_name, KeyTone.HELD if held else KeyTone.PLAIN)

    def _show_mute(self, muted: bool) -> None:
        words, icon_name = (self.tr("Unmute"), "mic-off") if muted else (self.tr("Mute"), "mic")
        self._keys["mute"].say(words, icon_name, KeyTone.MUTED if muted else KeyTone.PLAIN)
