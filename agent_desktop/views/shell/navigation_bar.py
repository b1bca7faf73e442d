"""The navigation bar: where one can go by role, and the roster of open interactions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from agent_desktop.views.look import icon, theme
from agent_desktop.views.look.theme import Role, Tone
from agent_desktop.views.shell.commands import Command, Commands
from agent_desktop.views.widgets.shapes import Hairline, initials, key_cap_size, paint_key_cap
from agent_desktop.views.widgets.text import Text, plain_tip
from agent_desktop.views.widgets.ticker import Ticking, now
from agent_desktop.views.words import wording

OPEN_WIDTH, FOLDED_WIDTH = 208, 60
#: From this width of the window on the bar is open unless the person folded it.
OPEN_FROM = 1500
#: What each role sees, in order; an entry whose command nobody carries out is left out.
BY_ROLE: dict[str, tuple[str, ...]] = {
    "agent": ("go.home", "go.identify", "go.worklist", "go.calls", "go.demo"),
    "second_level": ("go.worklist", "go.home", "go.identify", "go.calls", "go.demo"),
    "supervisor": ("go.home", "go.worklist", "go.identify", "go.calls", "go.demo"),
    "administrator": ("go.home", "go.identify", "go.worklist", "go.calls", "go.demo"),
}


@dataclass(frozen=True, slots=True)
class RosterEntry:
    """One open interaction: `words` and `since` are its state (talking, wrap-up, ringing)."""

    session_id: str
    name: str
    tone: Tone = Tone.ACCENT
    words: str = ""
    since: datetime | None = None
    current: bool = False


class NavigationBar(Ticking):
    """Entries run commands; `session_chosen(id)` brings an interaction to the front."""

    session_chosen = Signal(str)
    fold_changed = Signal(bool)

    def __init__(
        self, commands: Commands, parent: QWidget | None = None, *, role: str = "agent"
    ) -> None:
        super().__init__(parent)
        self.setObjectName("navigation")
        self.setAccessibleName(self.tr("Navigation"))
        self._commands, self._role = commands, role
        self._entries: dict[str, NavEntry] = {}
        self._roster: list[RosterButton] = []
        self.folded = True
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(theme.px(10), theme.px(3), theme.px(8), theme.px(10))
        self._column.setSpacing(theme.px(2))
        self._places = QVBoxLayout()
        self._places.setSpacing(theme.px(2))
        self._people = QVBoxLayout()
        self._people.setSpacing(theme.px(4))
        self._line = Hairline(self)
        self._title = Text(self.tr("Open interactions"), Role.CAP, Tone.TEXT2, self)
        self._fold = NavEntry(commands, "go.navigation", self)
        self._fold.setObjectName("navigation.fold")
        self._lay_out()
        commands.on("go.navigation", self.turn)
        commands.changed.connect(self._follow)
        self.set_role(role)
        self.show_roster(())

    def set_role(self, role: str) -> None:
        """Show what this role works with."""
        self._role = role
        for entry in self._entries.values():
            entry.deleteLater()
        self._entries = {}
        for command_id in BY_ROLE.get(role, BY_ROLE["agent"]):
            entry = NavEntry(self._commands, command_id, self)
            self._entries[command_id] = entry
            self._places.addWidget(entry)
            entry.set_folded(self.folded)
            self._follow(command_id)

    def mark(self, command_id: str) -> None:
        """The entry of the page in front; an unknown id marks none."""
        for known, entry in self._entries.items():
            entry.setChecked(known == command_id)

    def set_count(self, command_id: str, number: int | None) -> None:
        """A number beside an entry."""
        if command_id in self._entries:
            self._entries[command_id].set_count(number)

    def show_roster(self, entries: Iterable[RosterEntry]) -> None:
        """The open interactions, oldest first."""
        shown = tuple(entries)
        while len(self._roster) > len(shown):
            gone = self._roster.pop()
            gone.hide()
            gone.deleteLater()
        while len(self._roster) < len(shown):
            button = RosterButton(self)
            button.clicked.connect(lambda _=False, b=button: self.session_chosen.emit(b.key))
            self._roster.append(button)
            self._people.addWidget(button)
        for button, entry in zip(self._roster, shown, strict=True):
            button.show_entry(entry, folded=self.folded)
        self._line.setVisible(bool(shown) and self.folded)
        self._title.setVisible(bool(shown) and not self.folded)

    def turn(self) -> None:
        """Fold or open, because the person wants it."""
        self.set_folded(not self.folded)
        self.fold_changed.emit(self.folded)

    def set_folded(self, folded: bool) -> None:
        """Icons only, or icons with words."""
        self.folded = folded
        self.restyle()
        for entry in (*self._entries.values(), self._fold):
            entry.set_folded(folded)
        self.show_roster([button.entry for button in self._roster])

    def restyle(self) -> None:
        """Width in the zoom in force."""
        self.setFixedWidth(theme.px(FOLDED_WIDTH if self.folded else OPEN_WIDTH))

    def _lay_out(self) -> None:
        self._column.addLayout(self._places)
        self._column.addSpacing(theme.px(8))
        self._column.addWidget(self._line)
        self._column.addWidget(self._title)
        self._column.addSpacing(theme.px(4))
        self._column.addLayout(self._people)
        self._column.addStretch()
        self._column.addWidget(self._fold)
        self.restyle()

    def _follow(self, command_id: str) -> None:
        entry = self._entries.get(command_id)
        if entry is not None:
            entry.setVisible(self._commands.is_known(command_id))
            entry.setEnabled(self._commands.action(command_id).isEnabled())

    def second_passed(self) -> None:
        """The running times of the roster go on."""
        for button in self._roster:
            if button.entry.since is not None and not self.folded:
                button.update()


class NavEntry(QAbstractButton):
    """One place to go: icon, words, count; the present one lies on a surface."""

    def __init__(self, commands: Commands, command_id: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._command: Command = commands.command(command_id)
        self._folded, self._count = True, ""
        self.setObjectName(f"navigation.{command_id.split('.')[-1]}")
        self.setCheckable(command_id != "go.navigation")
        self.setAutoExclusive(False)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setText(self._command.words)
        self.setAccessibleName(self.text())
        self.setAccessibleDescription(self._command.key)
        self.clicked.connect(lambda: commands.run(command_id))

    def set_folded(self, folded: bool) -> None:
        """With words or without; without them the tooltip has them."""
        self._folded = folded
        self._show_tip()
        self.update()

    def _show_tip(self) -> None:
        key = f" ({self._command.key})" if self._command.key else ""
        words = f"{self.text()} {self._count}".strip() + key
        self.setToolTip(plain_tip(words) if self._folded else "")

    def set_count(self, number: int | None) -> None:
        """A number at the right."""
        self._count = str(number) if number else ""
        self.setAccessibleName(f"{self.text()} {self._count}".strip())
        self._show_tip()
        self.update()

    def nextCheckState(self) -> None:
        """The page decides which entry is marked, not the click."""

    def sizeHint(self) -> QSize:
        """34 high."""
        return QSize(theme.px(42), theme.px(34))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw ground, icon, words and count."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        made = theme.tokens()
        ink = made.accent_text if self.isChecked() else made.text2
        self._paint_ground(painter)
        size = theme.px(18)
        icon_name = self._command.icon
        if self._command.id == "go.navigation" and self._folded:
            icon_name = "panel-left-open"
        left = (self.width() - size) / 2 if self._folded else theme.px(12)
        icon.paint(painter, icon_name, ink, round(left), (self.height() - size) // 2, size)
        if not self._folded:
            self._paint_words(painter)
        elif self._count:
            self._paint_badge(painter)

    def _paint_badge(self, painter: QPainter) -> None:
        """The count over the icon's corner, where there is no room beside the words."""
        made = theme.tokens()
        painter.setFont(theme.font(Role.CAPB))
        wide = max(15, QFontMetrics(painter.font()).horizontalAdvance(self._count) + theme.px(8))
        box = QRectF(self.width() / 2 + theme.px(1), theme.px(2), wide, theme.px(15))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(made.accent)
        painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
        painter.setPen(made.on_accent)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._count)

    def _paint_ground(self, painter: QPainter) -> None:
        made = theme.tokens()
        if self.isChecked():
            painter.setPen(QPen(made.border, 1))
            painter.setBrush(made.surface)
        elif self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(made.border)
        else:
            painter.setPen(Qt.PenStyle.NoPen)
        if self.hasFocus():
            painter.setPen(QPen(made.focus, 2))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 7, 7)

    def _paint_words(self, painter: QPainter) -> None:
        made = theme.tokens()
        painter.setPen(made.text if self.isChecked() else made.text2)
        painter.setFont(theme.font(Role.H3 if self.isChecked() else Role.BODYB))
        box = QRectF(theme.px(40), 0, self.width() - theme.px(52), self.height())
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, self.text())
        if self._command.id == "go.navigation":
            cap = key_cap_size("Ctrl B")
            top = (self.height() - cap.height()) / 2
            place = QRectF(self.width() - cap.width() - 2, top, cap.width(), cap.height())
            paint_key_cap(painter, place, "Ctrl B")
        elif self._count:
            painter.setFont(theme.font(Role.SMALL, tabular=True))
            side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(box, int(side), self._count)


class RosterButton(QAbstractButton):
    """One open interaction: face, name, state and how long it lasts."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.entry = RosterEntry("", "")
        self._folded = True
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def key(self) -> str:
        """The session it stands for."""
        return self.entry.session_id

    def show_entry(self, entry: RosterEntry, *, folded: bool) -> None:
        """Show an interaction."""
        self.entry, self._folded = entry, folded
        told = ", ".join(part for part in (entry.name, entry.words) if part)
        self.setObjectName(f"navigation.session.{entry.session_id}")
        self.setAccessibleName(told)
        self.setToolTip(plain_tip(told) if folded else "")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """40 high."""
        return QSize(theme.px(42), theme.px(40))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw face, name and state."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        made = theme.tokens()
        painter.setPen(Qt.PenStyle.NoPen)
        if self.entry.current or self.hasFocus():
            line = QPen(made.focus, 2) if self.hasFocus() else QPen(made.border, 1)
            painter.setPen(line)
            painter.setBrush(made.surface)
        elif self.underMouse():
            painter.setBrush(made.border)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 7, 7)
        self._paint_face(painter)
        if not self._folded:
            self._paint_words(painter)

    def _paint_face(self, painter: QPainter) -> None:
        side = theme.px(26)
        left = (self.width() - side) / 2 if self._folded else theme.px(8)
        box = QRectF(left, (self.height() - side) / 2, side, side)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.soft(self.entry.tone))
        painter.drawEllipse(box)
        ink = theme.color(self.entry.tone)
        if not any(map(str.isalpha, self.entry.name)):
            size = theme.px(15)
            inset = (side - size) / 2
            icon.paint(painter, "phone", ink, box.left() + inset, box.top() + inset, size)
            return
        painter.setPen(ink)
        painter.setFont(theme.font(Role.CAPB))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, initials(self.entry.name))

    def _paint_words(self, painter: QPainter) -> None:
        left, made = theme.px(42), theme.tokens()
        room = self.width() - left - theme.px(8)
        painter.setPen(made.text)
        painter.setFont(theme.font(Role.H3))
        name = QFontMetrics(painter.font()).elidedText(
            self.entry.name or self.tr("Unknown caller"), Qt.TextElideMode.ElideRight, room
        )
        painter.drawText(QRectF(left, theme.px(4), room, theme.px(17)), 0, name)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color(self.entry.tone))
        painter.drawEllipse(QRectF(left, theme.px(26), theme.px(6), theme.px(6)))
        painter.setPen(made.text2)
        painter.setFont(theme.font(Role.CAP, tabular=True))
        since = self.entry.since
        passed = wording.duration((now() - since).total_seconds()) if since else ""
        words = " ".join(part for part in (self.entry.words, passed) if part)
        place = QRectF(left + theme.px(11), theme.px(21), room - theme.px(11), theme.px(16))
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, words)
