"""The head of a page: who or what it is about, its states, at most two buttons, anchor tabs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QMenu, QSizePolicy, QVBoxLayout, QWidget

from agent_desktop.views.look import theme
from agent_desktop.views.look.theme import Role, Tone
from agent_desktop.views.widgets.button import ButtonKind, IconButton
from agent_desktop.views.widgets.colleagues import ColleaguesHere
from agent_desktop.views.widgets.enter_presses import EnterPresses
from agent_desktop.views.widgets.refill import refills
from agent_desktop.views.widgets.shapes import Avatar, Hairline, Pill, PillText
from agent_desktop.views.widgets.text import Text


@dataclass(frozen=True, slots=True)
class Tab:
    """An anchor: the key of a block, its title and how many records it holds."""

    key: str
    title: str
    count: int | None = None


class PageHead(QWidget):
    """Identity, pills, buttons and anchor tabs. It stays while the body scrolls.

    `second` is the line under the title: add small widgets (facts, masked value, links).
    `tab_chosen(key)` asks the page to show that block.
    """

    tab_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None, *, name: str = "head") -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._name = name
        self._avatar = Avatar(parent=self, size=44)
        self._avatar.hide()
        self._title = Text("", Role.H1, Tone.TEXT, self, elide=True, name=f"{name}.title")
        self._title.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._after = Text("", Role.H2, Tone.TEXT2, self, elide=True, name=f"{name}.subject")
        self._after.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._after.hide()
        self._under = Text("", Role.SMALL, Tone.TEXT2, self, elide=True, name=f"{name}.under")
        self._under.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._under.hide()
        self._pills = QHBoxLayout()
        self.second = QHBoxLayout()
        self.buttons = QHBoxLayout()
        self._here = ColleaguesHere(self, name=f"{name}.here")
        self._tabs = AnchorTabs(self, name=f"{name}.tabs")
        self._tabs.chosen.connect(self.tab_chosen)
        self._lay_out()

    def set_identity(
        self,
        title: str,
        *,
        subject: str = "",
        under: str = "",
        avatar: str = "",
        icon_name: str = "",
        tone: Tone = Tone.ACCENT,
    ) -> None:
        """Title; `subject` beside it; `under` as first words of the second line; initials of
        `avatar`, or an icon on a square, before it."""
        self._title.say(title)
        for part, text in ((self._after, subject), (self._under, under)):
            part.say(text)
            part.setVisible(bool(text))
        self._avatar._square = bool(icon_name)
        self._avatar.set(avatar, tone, icon_name)
        self._avatar.setVisible(bool(avatar or icon_name))

    def set_pills(self, pills: Iterable[PillText], *, below: bool = False) -> None:
        """States of the record, beside the title, or before the second line with `below`."""
        target = self.second if below else self._title_row
        if self._pills.parent() is not target:
            self._pills.setParent(None)
            target.insertLayout(0 if below else 2, self._pills)
        self._fill_pills(tuple(pills))

    @refills("_pills")
    def _fill_pills(self, pills: tuple[PillText, ...]) -> None:
        for shown in pills:
            self._pills.addWidget(Pill(shown.text, shown.tone, shown.icon, self))

    def add_state(self, widget: QWidget) -> None:
        """A further widget in the line of the pills, a lamp for example."""
        self._title_row.insertWidget(self._title_row.count() - 1, widget)

    def show_here(self, names: tuple[str, ...], words: str) -> None:
        """Who else has this record in front, at the end of the title's row, which is free."""
        self._here.show_names(names, words)

    def add_button(self, button: QAbstractButton) -> None:
        """A button at the right; at most two, further ones belong into the menu."""
        self.buttons.insertWidget(self.buttons.count(), button)

    def set_menu(self, menu: QMenu) -> None:
        """The overflow menu after the buttons."""
        more = IconButton(
            "ellipsis",
            self.tr("More actions"),
            self,
            name=f"{self._name}.more",
            kind=ButtonKind.DEFAULT,
            size=32,
        )
        more.clicked.connect(lambda: menu.popup(more.mapToGlobal(more.rect().bottomLeft())))
        self.buttons.addWidget(more)

    def set_tabs(self, tabs: Iterable[Tab]) -> None:
        """Anchor tabs under the head; none hides the row."""
        self._tabs.set_tabs(tuple(tabs))

    def show_tab(self, key: str) -> None:
        """Mark the tab of the block that is at the top now."""
        self._tabs.mark(key)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The head lies on the surface, rounded like the sheet at the top."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.tokens().surface)
        box = QRectF(self.rect())
        painter.drawRoundedRect(box, 10, 10)
        painter.drawRect(box.adjusted(0, 12, 0, 0))

    def _lay_out(self) -> None:
        for row in (self._pills, self.second):
            row.setSpacing(theme.px(8))
        self.buttons.setSpacing(theme.px(10))
        self._title_row = QHBoxLayout()
        self._title_row.setSpacing(theme.px(10))
        self._title_row.addWidget(self._title)
        self._title_row.addWidget(self._after)
        self._title_row.addLayout(self._pills)
        self._title_row.addWidget(self._here, 1)
        self.second.addWidget(self._under)
        second_row = QHBoxLayout()
        second_row.addLayout(self.second)
        second_row.addStretch(1)
        names = QVBoxLayout()
        names.setSpacing(theme.px(1))
        names.addStretch()
        names.addLayout(self._title_row)
        names.addLayout(second_row)
        names.addStretch()
        line = QHBoxLayout()
        line.setContentsMargins(theme.px(18), theme.px(6), theme.px(16), theme.px(6))
        line.setSpacing(theme.px(10))
        line.addWidget(self._avatar)
        line.addLayout(names, 1)
        line.addLayout(self.buttons)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(0)
        self._strut = QWidget(self)
        self._strut.setLayout(line)
        self._strut.setMinimumHeight(theme.px(63))
        page.addWidget(self._strut)
        page.addWidget(self._tabs)
        page.addWidget(Hairline(self))


class AnchorTabs(QWidget):
    """A row of anchors; arrows move, Enter chooses, Ctrl+digit is a command of the page."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None, *, name: str) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(theme.px(10), 0, theme.px(10), 0)
        self._row.setSpacing(theme.px(4))
        self._tabs: list[_TabButton] = []
        self.setVisible(False)

    def set_tabs(self, tabs: tuple[Tab, ...]) -> None:
        """Show these anchors; the first is marked."""
        if tabs and [tab.key for tab in tabs] == [button.tab.key for button in self._tabs]:
            for button, tab in zip(self._tabs, tabs, strict=True):
                button.show_tab(tab)
            self.mark(tabs[0].key)
        else:
            self._fill(tabs)
        self.setVisible(bool(tabs))

    @refills("_row")
    def _fill(self, tabs: tuple[Tab, ...]) -> None:
        self._tabs = [_TabButton(tab, self) for tab in tabs]
        for button in self._tabs:
            button.setObjectName(f"{self.objectName()}.{button.tab.key}")
            button.clicked.connect(lambda _=False, key=button.tab.key: self._choose(key))
            self._row.addWidget(button)
        self._row.addStretch()
        if tabs:
            self.mark(tabs[0].key)

    def mark(self, key: str) -> None:
        """Underline one tab."""
        for button in self._tabs:
            button.setChecked(button.tab.key == key)

    def choose_number(self, number: int) -> None:
        """Choose the tab of this number, counted from 1; beyond the last nothing happens."""
        if 0 < number <= len(self._tabs):
            self._choose(self._tabs[number - 1].tab.key)

    def _choose(self, key: str) -> None:
        self.mark(key)
        self.chosen.emit(key)


class _TabButton(EnterPresses):
    """One anchor: title, count, underline."""

    def __init__(self, tab: Tab, parent: QWidget) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self._say(tab)

    def show_tab(self, tab: Tab) -> None:
        """Another title or count of the same anchor."""
        if tab != self.tab:
            self._say(tab)
            self.updateGeometry()
            self.update()

    def _say(self, tab: Tab) -> None:
        self.tab = tab
        self.setText(tab.title)
        count = "" if tab.count is None else f", {tab.count}"
        self.setAccessibleName(tab.title + count)

    def sizeHint(self) -> QSize:
        """Title, count and air."""
        wide = QFontMetrics(theme.font(Role.BODYB)).horizontalAdvance(self.tab.title)
        if self.tab.count is not None:
            metrics = QFontMetrics(theme.font(Role.SMALL))
            wide += metrics.horizontalAdvance(str(self.tab.count)) + theme.px(7)
        return QSize(wide + theme.px(19), theme.px(34))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw title, count and underline."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        now = self.isChecked() or self.underMouse()
        painter.setPen(theme.color(Tone.ACCENT if now else Tone.TEXT2))
        font = theme.font(Role.H3 if self.isChecked() else Role.BODYB)
        painter.setFont(font)
        left = theme.px(9)
        painter.drawText(
            QRectF(left, 0, self.width(), self.height() - 2),
            Qt.AlignmentFlag.AlignVCenter,
            self.tab.title,
        )
        left += QFontMetrics(font).horizontalAdvance(self.tab.title) + theme.px(6)
        if self.tab.count is not None:
            painter.setFont(theme.font(Role.SMALL))
            painter.setPen(theme.color(Tone.TEXT2))
            box = QRectF(left, 0, self.width(), self.height() - 2)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, str(self.tab.count))
        if self.isChecked() or self.hasFocus():
            line = QRectF(0, self.height() - 2, self.width(), 2)
            painter.fillRect(line, theme.tokens().focus)
