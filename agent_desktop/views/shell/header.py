"""The header: mark, history, what the work area shows, search, sync state, links, person."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from enum import Enum

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QFontMetrics, QIcon, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QHBoxLayout,
    QMenu,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from agent_desktop.settings import PRODUCT
from agent_desktop.views.look import icon, theme
from agent_desktop.views.look.theme import Role, Scheme, Tone
from agent_desktop.views.shell.commands import Commands
from agent_desktop.views.widgets.button import IconButton
from agent_desktop.views.widgets.shapes import (
    Avatar,
    Drawn,
    Hairline,
    IconLabel,
    key_cap_size,
    paint_key_cap,
)
from agent_desktop.views.widgets.text import Text, plain_tip
from agent_desktop.views.words import wording

HEIGHT, MARK_WIDTH, TITLE_WIDTH = 50, 200, 156
#: Languages by their own names: who does not read the present one finds the own.
LANGUAGES = (("en", "English"), ("pt_BR", "Português (Brasil)"), ("ru", "Русский"))


class SyncDisplay(Enum):
    """How this desk stands to the centre."""

    STARTING = "starting"
    IN_SYNC = "in_sync"
    NOT_SENT = "not_sent"
    OFFLINE = "offline"


class Header(QWidget):
    """Shows what it is told; every button is a command, but for language and pages of the
    history, which come as signals."""

    language_chosen = Signal(str)
    page_chosen = Signal(int)

    def __init__(self, commands: Commands, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("header")
        self._commands = commands
        self._history: Callable[[], tuple[str, ...]] = tuple
        self._language = "en"
        self._make_parts()
        self._lay_out()
        self.restyle()

    # -- what is shown ----------------------------------------------------------------------
    def set_title(self, area: str, title: str) -> None:
        """What the work area shows: the area small, the record large."""
        self._area.say(area)
        self._title.say(title)

    def set_person(self, name: str, role: str, team: str = "") -> None:
        """Who is signed in."""
        self._face.set(name)
        self._name.say(name)
        self._role.say(" · ".join(part for part in (wording.role(role), team) if part))

    def show_sync(
        self, state: SyncDisplay, unsent: int = 0, since: datetime | None = None, tip: str = ""
    ) -> None:
        """In sync, n not sent, or offline since when; with an icon that differs as well."""
        words, icon_name, tone = self._sync_words(state, unsent, since)
        self._sync_icon.set(icon_name, tone)
        self._sync.say(words)
        self._sync.set_tone(Tone.TEXT2 if state is SyncDisplay.IN_SYNC else tone)
        self._sync.setToolTip(plain_tip(tip))
        self._sync.setAccessibleName(words)

    def set_history(self, titles: Callable[[], tuple[str, ...]]) -> None:
        """Asked for the last pages, newest first, when the list beside the arrows is opened."""
        self._history = titles

    def set_language(self, code: str) -> None:
        """The language in force, ticked in the menu."""
        self._language = code

    # -- making -----------------------------------------------------------------------------
    def _make_parts(self) -> None:
        self._area = Text("", Role.SMALL, Tone.TEXT2, self, elide=True, name="header.area")
        self._title = Text("", Role.H3, Tone.TEXT, self, elide=True, name="header.title")
        self._back = self._icon_button("chevron-left", "go.back", "header.back")
        self._forward = self._icon_button("chevron-right", "go.forward", "header.forward")
        self._pages = IconButton("history", self.tr("Last pages"), self, name="header.history")
        self._pages.clicked.connect(self._open_history)
        self._search = SearchButton(self)
        self._search.clicked.connect(lambda: self._commands.run("go.palette"))
        self._sync_icon = IconLabel("cloud-check", Tone.OK, 18, self)
        self._sync = Text("", Role.SMALLB, Tone.TEXT2, self, name="header.sync")
        self._help = self._icon_button("circle-question-mark", "help.keys", "header.help")
        self._settings = IconButton("settings", self.tr("Settings"), self, name="header.settings")
        self._settings.clicked.connect(self._open_settings)
        self._face = Avatar(parent=self, size=30, tone=Tone.VIOLET)
        self._name = Text("", Role.H3, Tone.TEXT, self, name="header.person")
        self._role = Text("", Role.CAP, Tone.TEXT2, self, name="header.role")
        self._log_off = self._icon_button("log-out", "sign.out", "header.log_off")

    def _icon_button(self, icon_name: str, command_id: str, name: str) -> IconButton:
        command = self._commands.command(command_id)
        made = IconButton(icon_name, command.words, self, key=command.key, name=name)
        made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        made.clicked.connect(lambda: self._commands.run(command_id))
        return made

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(12), 0, theme.px(8), 0)
        row.setSpacing(theme.px(4))
        row.addWidget(Mark(self))
        for part in (self._back, self._forward, self._pages):
            row.addWidget(part)
        row.addSpacing(theme.px(8))
        titles = _lines(self._area, self._title)
        row.addLayout(titles)
        row.addWidget(self._search, 1)
        row.addSpacing(theme.px(6))
        row.addStretch()
        row.addWidget(self._sync_icon)
        row.addWidget(self._sync)
        row.addSpacing(theme.px(4))
        for part in (self._help, self._settings):
            row.addWidget(part)
        row.addWidget(Hairline(self, standing=True))
        row.addSpacing(theme.px(6))
        row.addWidget(self._face)
        row.addSpacing(theme.px(4))
        row.addLayout(_lines(self._name, self._role))
        row.addWidget(self._log_off)

    def restyle(self) -> None:
        """Height in the zoom in force."""
        self.setFixedHeight(theme.px(HEIGHT))
        for part in (self._area, self._title):
            part.setFixedWidth(theme.px(TITLE_WIDTH))

    def _sync_words(
        self, state: SyncDisplay, unsent: int, since: datetime | None
    ) -> tuple[str, str, Tone]:
        if state is SyncDisplay.OFFLINE:
            words = self.tr("offline since {0}").format(wording.time(since))
            if unsent:
                words += " · " + self.tr("%n not sent", "", unsent)
            return words, "cloud-off", Tone.WARN
        if state is SyncDisplay.NOT_SENT:
            return self.tr("%n not sent", "", unsent), "cloud-upload", Tone.ACCENT
        if state is SyncDisplay.STARTING:
            return self.tr("connecting"), "refresh-cw", Tone.TEXT2
        return self.tr("In sync"), "cloud-check", Tone.OK

    # -- menus ------------------------------------------------------------------------------
    def _menu(self, name: str) -> QMenu:
        made = QMenu(self)
        made.setObjectName(name)
        made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return made

    def _open_history(self) -> None:
        menu = self._menu("header.history_menu")
        for number, title in enumerate(self._history()[:20]):
            action = menu.addAction(title.replace("&", "&&"))
            action.triggered.connect(lambda _=False, n=number: self.page_chosen.emit(n))
        menu.popup(self._pages.mapToGlobal(self._pages.rect().bottomLeft()))

    def _open_settings(self) -> None:
        menu = self._menu("header.settings_menu")
        self._add_choices(menu, _THEMES.items(), _THEMES[theme.scheme()])
        menu.addSeparator()
        for command_id in ("look.larger", "look.smaller"):
            action = self._commands.action(command_id)
            command = self._commands.command(command_id)
            action.setIcon(QIcon(icon.icon(command.icon)))
            menu.addAction(action)
        menu.addSeparator()
        menu.addAction(self._commands.action("go.phone"))
        menu.addAction(self._commands.action("go.known"))
        menu.addAction(self._commands.action("password.change"))
        menu.addSeparator()
        group = QActionGroup(menu)
        for code, words in LANGUAGES:
            action = menu.addAction(words)
            action.setCheckable(True)
            action.setChecked(code == self._language)
            group.addAction(action)
            action.triggered.connect(lambda _=False, c=code: self.language_chosen.emit(c))
        menu.popup(self._settings.mapToGlobal(self._settings.rect().bottomLeft()))

    def _add_choices(self, menu: QMenu, choices: Iterable[tuple[Scheme, str]], chosen: str) -> None:
        for _scheme, command_id in choices:
            action: QAction = menu.addAction(self._commands.command(command_id).words)
            action.setCheckable(True)
            action.setChecked(command_id == chosen)
            action.triggered.connect(lambda _=False, c=command_id: self._commands.run(c))


_THEMES = {
    Scheme.SYSTEM: "look.system",
    Scheme.LIGHT: "look.light",
    Scheme.DARK: "look.dark",
}


def _lines(first: QWidget, second: QWidget) -> QVBoxLayout:
    """Two lines of text, middle of the header."""
    column = QVBoxLayout()
    column.setSpacing(0)
    column.addStretch()
    column.addWidget(first)
    column.addWidget(second)
    column.addStretch()
    return column


class Mark(Drawn):
    """The sign and the name of the program."""

    def sizeHint(self) -> QSize:
        """As wide as the open navigation, so that the header's arrows stand over the sheet."""
        return QSize(theme.px(MARK_WIDTH), theme.px(30))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw sign and name."""
        painter = self.painter()
        side, made = theme.px(29), theme.tokens()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(made.accent)
        painter.drawRoundedRect(QRectF(0, 0, side, side), 7, 7)
        size = theme.px(18)
        at = (side - size) / 2
        icon.paint(painter, "headset", made.on_accent, at, at, size)
        painter.setPen(made.text)
        painter.setFont(theme.font(Role.H3))
        box = QRectF(side + theme.px(9), 0, self.width(), side)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, PRODUCT)


class SearchButton(QAbstractButton):
    """Looks like a search field and opens the palette: there is one search engine."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("header.search")
        self.setText(self.tr("Search or type a command"))
        self.setAccessibleName(self.text())
        self.setAccessibleDescription("Ctrl+K")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.IBeamCursor)
        self.restyle()

    def restyle(self) -> None:
        """Widths of the design in the zoom in force."""
        self.setMinimumWidth(theme.px(240))
        self.setMaximumWidth(theme.px(420))

    def sizeHint(self) -> QSize:
        """A field."""
        return QSize(theme.px(330), theme.px(32))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw a field with magnifier, hint and key."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        made = theme.tokens()
        wide = 2 if self.hasFocus() else 1
        painter.setPen(QPen(made.focus if self.hasFocus() else made.border_strong, wide))
        painter.setBrush(made.surface)
        inset = wide / 2
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), 6, 6)
        size = theme.px(17)
        at = (self.height() - size) / 2
        icon.paint(painter, "search", made.text3, theme.px(10), at, size)
        cap = key_cap_size("Ctrl K")
        left = self.width() - cap.width() - theme.px(8)
        middle = (self.height() - cap.height()) / 2
        paint_key_cap(painter, QRectF(left, middle, cap.width(), cap.height()), "Ctrl K")
        painter.setPen(made.text3)
        painter.setFont(theme.font(Role.BODY))
        room = left - theme.px(42)
        words = QFontMetrics(painter.font()).elidedText(
            self.text(), Qt.TextElideMode.ElideRight, round(room)
        )
        box = QRectF(theme.px(34), 0, room, self.height())
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, words)
