"""The peek card: who rings, shown beside what the agent is typing, without taking a key."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from agent_desktop.views.console.console_state import short_name
from agent_desktop.views.look import theme
from agent_desktop.views.look.theme import Role, Tone
from agent_desktop.views.widgets.block import Panel
from agent_desktop.views.widgets.shapes import Avatar, Hairline, IconLabel
from agent_desktop.views.widgets.text import Text

WIDTH = 316


@dataclass(frozen=True, slots=True)
class PeekView:
    """What is known of a ringing caller: a match, not a fact. `alert` is the first alert in
    words, `facts` the line below it (open tickets)."""

    name: str
    match: str
    alert: str = ""
    alert_icon: str = "octagon-alert"
    alert_tone: Tone = Tone.BAD
    facts: str = ""


class PeekCard(Panel):
    """A child of the window, never a window: it cannot take the focus, and clicks go through."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("peek")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._face = Avatar(parent=self, size=36)
        self._name = Text("", Role.H3, Tone.TEXT, self, elide=True, name="peek.name")
        self._match = Text("", Role.SMALL, Tone.TEXT2, self, elide=True, name="peek.match")
        self._alert_icon = IconLabel("octagon-alert", Tone.BAD, 18, self)
        self._alert = Text("", Role.H3, Tone.BAD, self, elide=True)
        self._facts_icon = IconLabel("ticket", Tone.TEXT2, 18, self)
        self._facts = Text("", Role.BODY, Tone.TEXT, self, elide=True)
        self._lay_out()
        self.hide()

    def show_peek(self, view: PeekView, around: QRect) -> None:
        """Show the card at the upper right of `around` (in the parent's coordinates), or at
        the left when it would lie over what has the focus."""
        self._face.set(view.name)
        self._name.say(short_name(view.name) or self.tr("Unknown caller"))
        words = self.tr("{0} · not verified").format(view.match) if view.match else ""
        self._match.say(words)
        self._alert.say(view.alert)
        self._alert.set_tone(view.alert_tone)
        self._alert_icon.set(view.alert_icon, view.alert_tone)
        self._facts.say(view.facts)
        for part, seen in (
            (self._alert, view.alert),
            (self._alert_icon, view.alert),
            (self._facts, view.facts),
            (self._facts_icon, view.facts),
        ):
            part.setVisible(bool(seen))
        self.setAccessibleName(f"{self._name.text()}. {words} {view.alert}")
        self.setFixedWidth(theme.px(WIDTH))
        self.adjustSize()
        self._place(around)
        self.show()
        self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A shadow line below, then the surface."""
        super().paintEvent(event)
        painter = QPainter(self)
        box = QRectF(self.rect())
        painter.fillRect(box.adjusted(10, box.height() - 1, -10, 0), theme.tokens().border_strong)

    def _place(self, around: QRect) -> None:
        gap = theme.px(8)
        right = QPoint(around.right() - self.width() - gap, around.top() + gap)
        left = QPoint(around.left() + gap, around.top() + gap)
        self.move(left if self._covers_focus(right) else right)

    def _covers_focus(self, at: QPoint) -> bool:
        focus, parent = QApplication.focusWidget(), self.parentWidget()
        if focus is None or parent is None or not parent.isAncestorOf(focus):
            return False
        place = QRect(focus.mapTo(parent, QPoint(0, 0)), focus.size())
        return QRect(at, self.size()).intersects(place)

    def _lay_out(self) -> None:
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addWidget(self._name)
        names.addWidget(self._match)
        top = QHBoxLayout()
        top.setSpacing(theme.px(10))
        top.addWidget(self._face)
        top.addLayout(names, 1)
        page = QVBoxLayout(self)
        page.setContentsMargins(theme.px(14), theme.px(12), theme.px(14), theme.px(10))
        page.setSpacing(theme.px(9))
        page.addLayout(top)
        keyboard = IconLabel("keyboard", Tone.TEXT2, 18, self)
        hint = Text(self.tr("Keep typing. Only F9 answers."), Role.SMALL, Tone.TEXT2, self)
        for symbol, words in (
            (self._alert_icon, self._alert),
            (self._facts_icon, self._facts),
            (None, None),
            (keyboard, hint),
        ):
            if symbol is None or words is None:
                page.addWidget(Hairline(self))
                continue
            row = QHBoxLayout()
            row.setSpacing(theme.px(8))
            row.addWidget(symbol)
            row.addWidget(words, 1)
            page.addLayout(row)
