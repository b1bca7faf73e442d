"""The message bar under the console: one line about what is wrong until it is solved."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from agent_desktop.views.look import theme
from agent_desktop.views.look.theme import Role, Tone
from agent_desktop.views.widgets.button import Button, ButtonKind
from agent_desktop.views.widgets.shapes import IconLabel
from agent_desktop.views.widgets.text import Text


@dataclass(frozen=True, slots=True)
class _Message:
    text: str
    verb: str
    tone: Tone
    icon: str


class MessageBar(QWidget):
    """Shows the newest unsolved message; `verb_chosen(key)` is its button.

    Messages stay by `key` until `solved(key)`: offline, line lost, clock drift.
    """

    verb_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("message_bar")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._messages: dict[str, _Message] = {}
        self._tone = Tone.WARN
        self._icon = IconLabel("cloud-off", Tone.WARN, 18, self)
        self._words = Text("", Role.BODY, Tone.WARN, self, elide=True, name="message_bar.text")
        self._verb = Button("", ButtonKind.GHOST, self, name="message_bar.verb", small=True)
        self._verb.clicked.connect(lambda: self.verb_chosen.emit(self.key()))
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(13), theme.px(5), theme.px(6), theme.px(5))
        row.setSpacing(theme.px(10))
        row.addWidget(self._icon)
        row.addWidget(self._words, 1)
        row.addWidget(self._verb)
        self.hide()

    def show_message(
        self,
        key: str,
        text: str,
        *,
        verb: str = "",
        tone: Tone = Tone.WARN,
        icon_name: str = "cloud-off",
    ) -> None:
        """Show a message, or other words for the one of this key."""
        self._messages[key] = _Message(text, verb, tone, icon_name)
        self._refresh()

    def solved(self, key: str) -> None:
        """The trouble of this key is over."""
        if self._messages.pop(key, None) is not None:
            self._refresh()

    def key(self) -> str:
        """The message that is shown: the worst, of these the latest; empty without one."""
        ranks = {Tone.BAD: 2, Tone.WARN: 1}
        latest_first = reversed(self._messages)
        return max(latest_first, key=lambda k: ranks.get(self._messages[k].tone, 0), default="")

    def restyle(self) -> None:
        """Height in the zoom in force."""
        self.setMinimumHeight(theme.px(38))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the soft ground."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.soft(self._tone))
        painter.drawRoundedRect(QRectF(self.rect()), 8, 8)

    def _refresh(self) -> None:
        shown = self._messages.get(self.key())
        self.setVisible(shown is not None)
        if shown is None:
            return
        self._tone = shown.tone
        self._icon.set(shown.icon, shown.tone)
        self._words.set_tone(shown.tone)
        self._words.say(shown.text)
        self._verb.set_words(shown.verb)
        self._verb.setVisible(bool(shown.verb))
        self.setAccessibleName(shown.text)
        self.restyle()
        self.update()
