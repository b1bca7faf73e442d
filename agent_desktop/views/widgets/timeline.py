"""What happened with a customer, newest on top: one entry per contact."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from agent_desktop.views.look import theme
from agent_desktop.views.look.theme import Role, Tone
from agent_desktop.views.widgets.shapes import Avatar
from agent_desktop.views.widgets.text import Text

#: How many entries are filled at once; the others follow as soon as keys had their turn.
AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One contact in words. `key` comes back with `entry_chosen`; empty means not to open."""

    title: str
    when: str
    text: str = ""
    icon: str = "phone"
    tone: Tone = Tone.NEUTRAL
    key: str = ""


class Timeline(QWidget):
    """Entries under each other, joined by a line; Enter or a click opens one."""

    entry_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None, *, name: str = "timeline") -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._shown: tuple[TimelineEntry, ...] = ()
        self._rows: list[_TimelineRow] = []
        self._filled = 0
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._fill_some)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(theme.px(10))

    def show_entries(self, entries: tuple[TimelineEntry, ...]) -> None:
        """Show these entries; rows that stay are kept, so that nothing flickers."""
        if entries == self._shown:
            return
        self._shown = entries
        while len(self._rows) > len(entries):
            row = self._rows.pop()
            row.hide()
            row.deleteLater()
        for row in self._rows[AT_ONCE:]:
            row.show_entry(TimelineEntry("", ""), last=True)
        self._filled = 0
        self._fill_some()

    def _fill_some(self) -> None:
        """The next entries; a long history does not hold up what is typed."""
        last = len(self._shown) - 1
        upto = min(self._filled + AT_ONCE, len(self._shown))
        for number in range(self._filled, upto):
            if number == len(self._rows):
                self._rows.append(_TimelineRow(self))
                self._column.addWidget(self._rows[number])
            self._rows[number].show_entry(self._shown[number], last=number == last)
        self._filled = upto
        if upto <= last:
            self._soon.start()


class _TimelineRow(QWidget):
    """One entry: icon on a disc, title, time, at most a few lines."""

    def __init__(self, timeline: Timeline) -> None:
        super().__init__(timeline)
        self._timeline, self._entry, self._last = timeline, TimelineEntry("", ""), True
        self._disc = Avatar(size=26, parent=self)
        self._title = Text("", Role.H3, Tone.TEXT, self, elide=True)
        self._when = Text("", Role.SMALL, Tone.TEXT2, self, tabular=True)
        self._text = Text("", Role.SMALL, Tone.TEXT2, self, wrap=True)
        top = QHBoxLayout()
        top.setSpacing(theme.px(8))
        top.addWidget(self._title, 1)
        top.addWidget(self._when)
        words = QVBoxLayout()
        words.setSpacing(theme.px(1))
        words.addLayout(top)
        words.addWidget(self._text)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.px(10))
        row.addWidget(self._disc, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)

    def show_entry(self, entry: TimelineEntry, *, last: bool) -> None:
        self._entry, self._last = entry, last
        self._disc.set("", entry.tone, entry.icon)
        self._title.say(entry.title)
        self._when.say(entry.when)
        self._text.say(entry.text)
        self._text.setVisible(bool(entry.text))
        self.setAccessibleName(f"{entry.when}: {entry.title}. {entry.text}")
        can_open = bool(entry.key)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if can_open else Qt.FocusPolicy.NoFocus)
        self.setCursor(
            Qt.CursorShape.PointingHandCursor if can_open else Qt.CursorShape.ArrowCursor
        )
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open the entry."""
        if self._entry.key:
            self._timeline.entry_chosen.emit(self._entry.key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._entry.key:
            self._timeline.entry_chosen.emit(self._entry.key)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the line down to the next entry, and the focus."""
        painter = QPainter(self)
        centre = theme.px(13)
        if not self._last:
            top = theme.px(28)
            painter.fillRect(centre, top, 1, self.height() - top, theme.tokens().border)
        if self.hasFocus():
            painter.setPen(theme.tokens().focus)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
