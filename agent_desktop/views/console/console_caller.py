"""The caller box of the console: lamp or face, who it is, and what the call is about."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from agent_desktop.views.console import console_words
from agent_desktop.views.console.console_parts import RingLamp
from agent_desktop.views.console.console_state import (
    WITHOUT_CALLER,
    ConsoleState,
    Strip,
    short_name,
)
from agent_desktop.views.look import theme
from agent_desktop.views.look.theme import Role, Tone
from agent_desktop.views.shell.commands import Commands
from agent_desktop.views.widgets.button import IconButton
from agent_desktop.views.widgets.shapes import Avatar
from agent_desktop.views.widgets.text import Text
from agent_desktop.views.words import wording


class ConsoleCaller(QWidget):
    """Two lines beside a face; while somebody rings the lamp is there."""

    def __init__(self, commands: Commands, parent: QWidget) -> None:
        super().__init__(parent)
        self._lamp = RingLamp(self)
        self._face = Avatar(parent=self, size=40, on_console=True)
        self._title = Text("", Role.H3, Tone.CON_TEXT, self, elide=True, name="console.title")
        self._under = Text("", Role.SMALL, Tone.CON_TEXT2, self, elide=True, name="console.under")
        self._protocol = Text("", Role.SMALLB, Tone.CON_TEXT, self, name="console.protocol")
        self._copy = IconButton(
            "copy",
            self.tr("Copy protocol number"),
            self,
            key="Ctrl+L",
            name="console.copy",
            size=18,
            on_console=True,
        )
        self._copy.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._copy.clicked.connect(lambda: commands.run("copy.protocol"))
        for part in (self._lamp, self._face, self._protocol, self._copy):
            part.hide()
        self._lay_out()

    def show_view(self, view: ConsoleState) -> None:
        """Who is on the phone, and who rings beside."""
        strip = view.strip
        self._lamp.ring(view.ringing is not None)
        # In a conference all faces stand beside each other.
        self._face.setVisible(strip not in (*WITHOUT_CALLER, Strip.RINGING, Strip.CONFERENCE))
        self._face.set(view.name if view.verified else short_name(view.name))
        self._title.say(console_words.title(view))
        words, tone = console_words.facts(view)
        self._under.set_tone(tone)
        self._under.say(words)
        self._protocol.say(self.tr("Protocol {0}").format(wording.protocol(view.protocol)))
        for part in (self._protocol, self._copy):
            part.setVisible(bool(view.protocol) and _has_room_for_protocol(view))

    def leave_room(self, needed: bool) -> None:
        """Something else needs the room of the protocol number for a moment."""
        if needed:
            self._protocol.hide()
            self._copy.hide()

    def words(self) -> str:
        """Both lines, for who cannot see them."""
        return " · ".join(part for part in (self._title.text(), self._under.text()) if part)

    def _lay_out(self) -> None:
        under = QHBoxLayout()
        under.setSpacing(theme.px(6))
        under.addWidget(self._under, 1)
        under.addWidget(self._protocol)
        under.addWidget(self._copy)
        words = QVBoxLayout()
        words.setSpacing(theme.px(1))
        words.addStretch()
        words.addWidget(self._title)
        words.addLayout(under)
        words.addStretch()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.px(10))
        row.addWidget(self._lamp)
        row.addWidget(self._face)
        row.addLayout(words, 1)


def _has_room_for_protocol(view: ConsoleState) -> bool:
    """With one call; beside others it is on the page head and with Ctrl+L."""
    alone = not view.rings_beside and not view.others
    calm = view.live is None or not console_words.trouble_of(view.live)
    return view.strip in _WITH_PROTOCOL and alone and calm


_WITH_PROTOCOL = (Strip.TALKING, Strip.HELD, Strip.WRAP_UP, Strip.DIALLING)
