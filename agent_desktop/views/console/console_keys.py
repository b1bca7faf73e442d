"""The keys of the console: which of them stand in the strip, and what is written on them."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from agent_desktop.telephony.call import Act, EndReason
from agent_desktop.views.console import console_words
from agent_desktop.views.console.console_parts import ConsoleKey, KeyTone, MenuKey
from agent_desktop.views.console.console_state import ConsoleState, Strip, short_name
from agent_desktop.views.shell.commands import Commands

#: What the strip is about -> its keys; in a call all that a call knows.
_KEYS = {
    Strip.IDLE: {"call_back", "voicemail"},
    Strip.FAILED: {"retry"},
    Strip.ASKING: {"dial_anyway", "dial_not"},
    Strip.DIALLING: {"keypad", "end"},
    Strip.RINGING: {"answer", "decline", "decline_menu"},
    Strip.CONSULTING: {"swap", "mute", "complete", "conference", "keypad", "back", "end"},
    Strip.CONFERENCE: {"hold", "mute", "conference", "keypad", "leave", "end"},
    Strip.TRANSFERRING: {"end"},
    Strip.WRAP_UP: {"more", "finish"},
}
_IN_CALL = {"hold", "mute", "transfer", "conference", "keypad", "end"}
#: After these the key to call again stands in the strip; after others it is in the palette.
_WORTH_ANOTHER_TRY = {EndReason.LOST, EndReason.FAILED, EndReason.BUSY, EndReason.NO_ANSWER}
#: Keys that are there only while they can be used.
_WHEN_ENABLED = {"call_back": "call.back", "voicemail": "call.voicemail"}

#: With more other calls their faces need the room of the dialpad's key; Shift+F7 works.
MOST_WITH_DIALPAD = 2


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

    def show_view(self, view: ConsoleState) -> None:
        """Show the keys of this view, in the state of its call."""
        shown = _shown(view)
        for part, key in self._keys.items():
            if part != "reason":
                key.setVisible(part in shown and self._is_offered(part))
        live = view.live
        self._show_hold(live is not None and live.may(Act.RESUME))
        self._show_mute(live is not None and live.muted)
        for part in ("answer", "decline", "decline_menu"):
            self._keys[part].set_wide(not view.rings_beside)
        all_of_them = view.strip is Strip.CONFERENCE
        self._keys["end"].say(self.tr("End all") if all_of_them else self.tr("End"))
        for key in self.all:
            key.name_for(short_name(view.name))
        for part in ("answer", "decline", "decline_menu"):
            self._keys[part].name_for(short_name(view.ringing_name or view.name))
        self._keys["decline"].set_tip(console_words.decline_tip(view))
        messages = self.tr("%n message(s)", "", view.line.new_messages)
        self._keys["voicemail"].say(messages if view.line.new_messages else self.tr("Voicemail"))

    def show_reason(self, shown: bool, chosen: bool) -> None:
        """The key of the reason stands for its field where that has no room."""
        self._keys["reason"].setVisible(shown)
        self._keys["reason"].say(self.tr("Reason"), "check" if chosen else "tag")

    def key(self, part: str) -> ConsoleKey:
        """The key of that name; `KeyError` for an unknown one."""
        return self._keys[part]

    def _make(self) -> None:
        add = self._add
        add("call_back", "call.back", self.tr("Call back"), icon_name="history")
        add("dial_anyway", "call.dial_anyway", self.tr("Call anyway"), wide=True)
        primary = KeyTone.PRIMARY
        add("dial_not", "call.dial_not", self.tr("Do not call"), wide=True, lit=primary)
        add("retry", "call.retry", self.tr("Retry"))
        add("voicemail", "call.voicemail", self.tr("Voicemail"))
        add("reason", "wrap_up.reason", self.tr("Reason"))
        add("answer", "call.answer", self.tr("Answer"), wide=True, lit=KeyTone.ANSWER)
        add("decline", "call.decline", self.tr("Decline"), wide=True, lit=KeyTone.END)
        add("decline_menu", "call.decline_menu", "", wide=True, lit=KeyTone.END, kind=MenuKey)
        add("swap", "call.swap", self.tr("Swap"))
        add("hold", "call.hold", self.tr("Hold"))
        add("mute", "call.mute", self.tr("Mute"), icon_name="mic")
        add("transfer", "call.transfer", self.tr("Transfer"))
        add("complete", "call.transfer", self.tr("Complete"))
        add("conference", "call.conference", self.tr("Conference"))
        add("keypad", "call.keypad", self.tr("Dialpad"))
        add("back", "call.go_back", self.tr("Back"))
        add("leave", "call.leave", self.tr("Leave"))
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
        kind: type[ConsoleKey] = ConsoleKey,
    ) -> None:
        key = kind(
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

    def _is_offered(self, part: str) -> bool:
        """Keys of what nobody carries out are absent, some also while they can do nothing."""
        if part in _WHEN_ENABLED:
            return self._commands.action(_WHEN_ENABLED[part]).isEnabled()
        return self._keys[part].is_known()

    def _show_hold(self, held: bool) -> None:
        words, icon_name = (self.tr("Resume"), "play") if held else (self.tr("Hold"), "pause")
        self._keys["hold"].say(words, icon_name, KeyTone.HELD if held else KeyTone.PLAIN)

    def _show_mute(self, muted: bool) -> None:
        words, icon_name = (self.tr("Unmute"), "mic-off") if muted else (self.tr("Mute"), "mic")
        self._keys["mute"].say(words, icon_name, KeyTone.MUTED if muted else KeyTone.PLAIN)


def _shown(view: ConsoleState) -> set[str]:
    """The names of the keys that belong to this view."""
    shown = set(_KEYS.get(view.strip, _IN_CALL))
    ended = view.call.end_reason if view.call else None
    if view.strip is Strip.WRAP_UP and ended in _WORTH_ANOTHER_TRY:
        shown.add("call_back")
    if view.rings_beside:
        shown |= {"answer", "decline", "decline_menu"}
        if view.strip in (Strip.CONSULTING, Strip.CONFERENCE):
            # Nobody needs these while somebody waits; their keys work all the same.
            shown -= {"keypad", "conference"}
    if view.strip in (Strip.TALKING, Strip.HELD) and view.others:
        shown.add("swap")
        if len(view.others) > MOST_WITH_DIALPAD:
            shown.discard("keypad")
    return shown
