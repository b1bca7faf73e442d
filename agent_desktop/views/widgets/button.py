"""Buttons: the kinds of the design, one look, the key beside the words, and why one is off."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from agent_desktop.views.look import icon, theme
from agent_desktop.views.look.theme import Role
from agent_desktop.views.widgets.enter_presses import EnterPresses
from agent_desktop.views.widgets.text import plain_tip


class ButtonKind(Enum):
    """How much a button asks to be pressed. At most one PRIMARY stands on a page."""

    PRIMARY = "primary"
    DEFAULT = "default"
    SOFT = "soft"
    GHOST = "ghost"
    LINK = "link"
    DANGER = "danger"
    TEXT = "text"
    CONSOLE = "console"


@dataclass(frozen=True, slots=True)
class Face:
    """The colours of a button in one state; None means not drawn."""

    ground: QColor | None
    line: QColor | None
    ink: QColor


def face(kind: ButtonKind, *, enabled: bool, hover: bool) -> Face:
    """Colours of a kind of button."""
    made = theme.tokens()
    if not enabled:
        bare = kind in (ButtonKind.GHOST, ButtonKind.LINK, ButtonKind.TEXT)
        return Face(None if bare else made.surface2, None if bare else made.border, made.text3)
    if kind is ButtonKind.PRIMARY:
        return Face(made.accent_hover if hover else made.accent, None, made.on_accent)
    if kind is ButtonKind.SOFT:
        return Face(made.selected if hover else made.accent_soft, None, made.accent_text)
    if kind is ButtonKind.DANGER:
        return Face(made.bad_soft if hover else made.surface, made.bad_fill, made.bad)
    if kind is ButtonKind.LINK:
        return Face(None, None, made.accent_text)
    if kind is ButtonKind.GHOST:
        return Face(made.hover if hover else None, None, made.accent_text)
    if kind is ButtonKind.CONSOLE:
        return Face(made.con_key if hover else None, None, made.con_blue)
    if kind is ButtonKind.TEXT:
        return Face(made.hover if hover else None, None, made.text2)
    return Face(made.hover if hover else made.surface, made.border_strong, made.text)


class Button(EnterPresses):
    """A button with words. `key` is shown beside them and belongs to a command; `why` of
    `set_off` becomes the tooltip of a button that cannot be pressed now."""

    def __init__(
        self,
        text: str,
        kind: ButtonKind = ButtonKind.DEFAULT,
        parent: QWidget | None = None,
        *,
        icon_name: str = "",
        key: str = "",
        name: str = "",
        small: bool = False,
    ) -> None:
        super().__init__(parent)
        self._kind, self._icon, self._key, self._small = kind, icon_name, key, small
        self._tip = ""
        self.setText(text)
        self.setObjectName(name)
        self.setAccessibleName(text)
        self.setAccessibleDescription(key)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_words(self, text: str) -> None:
        """Other words, shown and told."""
        self.setText(text)
        self.setAccessibleName(text)
        self.updateGeometry()

    def set_look(self, kind: ButtonKind | None = None, icon_name: str | None = None) -> None:
        """Another kind or icon."""
        self._kind = kind or self._kind
        self._icon = self._icon if icon_name is None else icon_name
        self.updateGeometry()
        self.update()

    def set_tip(self, tip: str) -> None:
        """The tooltip while it can be pressed."""
        self._tip = tip
        self.setToolTip(plain_tip(tip))

    def set_off(self, why: str) -> None:
        """Cannot be pressed now, and the tooltip says why."""
        self.setEnabled(False)
        self.setToolTip(plain_tip(why))

    def set_on(self) -> None:
        """Can be pressed again."""
        self.setEnabled(True)
        self.setToolTip(plain_tip(self._tip))

    def restyle(self) -> None:
        """Measure again."""
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Words, icon and key with the air of the design."""
        high = theme.px(26 if self._small else 32)
        return QSize(self._content_width() + 2 * self._air(), high)

    def minimumSizeHint(self) -> QSize:
        """A button is never cut."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw ground, focus ring, icon, words and key."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shown = self._face()
        paint_ground(painter, QRectF(self.rect()), shown, focused=self.hasFocus())
        self._paint_content(painter, shown)

    def _face(self) -> Face:
        return face(self._kind, enabled=self.isEnabled(), hover=self.underMouse())

    def _air(self) -> int:
        if self._kind is ButtonKind.LINK:
            return theme.px(2)
        return theme.px(10 if self._small else 12)

    def _words_font(self) -> Role:
        return Role.SMALLB if self._small else Role.H3

    def _content_width(self) -> int:
        wide = 0
        if self.text():
            metrics = QFontMetrics(theme.font(self._words_font()))
            wide += metrics.horizontalAdvance(self.text()) + 2
        if self._icon:
            wide += theme.px(18) + (theme.px(6) if self.text() else 0)
        if self._key:
            wide += theme.px(7) + QFontMetrics(theme.font(Role.CAP)).horizontalAdvance(self._key)
        return wide

    def _paint_content(self, painter: QPainter, shown: Face) -> None:
        left = (self.width() - self._content_width()) // 2
        if self._icon:
            size = min(theme.px(18), self.height() - 2)
            left = round(left)
            icon.paint(painter, self._icon, shown.ink, left, (self.height() - size) // 2, size)
            left += size + theme.px(6)
        painter.setPen(shown.ink)
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
        words = QFont(theme.font(self._words_font()))
        words.setUnderline(self._kind is ButtonKind.LINK and self.underMouse())
        painter.setFont(words)
        box = QRectF(left, 0, self.width(), self.height())
        painter.drawText(box, int(flags), self.text())
        if self._key:
            left += painter.fontMetrics().horizontalAdvance(self.text()) + theme.px(7)
            painter.setFont(theme.font(Role.CAP))
            painter.drawText(QRectF(left, 0, self.width(), self.height()), int(flags), self._key)


def paint_ground(
    painter: QPainter, box: QRectF, shown: Face, *, focused: bool, radius: float = 6
) -> None:
    """Draw what lies under a button; a focused one gets a ring of 2 px with a gap inside."""
    painter.setPen(QPen(shown.line, 1) if shown.line and not focused else Qt.PenStyle.NoPen)
    painter.setBrush(shown.ground or Qt.BrushStyle.NoBrush)
    inset = 3.0 if focused and shown.line is None else 0.5
    painter.drawRoundedRect(box.adjusted(inset, inset, -inset, -inset), radius - 1, radius - 1)
    if focused:
        painter.setPen(QPen(theme.tokens().focus, 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), radius, radius)


class IconButton(Button):
    """A button without words: the tooltip says what it does and by which key."""

    def __init__(
        self,
        icon_name: str,
        tip: str,
        parent: QWidget | None = None,
        *,
        key: str = "",
        name: str = "",
        kind: ButtonKind = ButtonKind.TEXT,
        size: int = 28,
        on_console: bool = False,
    ) -> None:
        super().__init__("", kind, parent, icon_name=icon_name, name=name)
        self._size, self._on_console = size, on_console
        self.say(icon_name, tip, key)

    def say(self, icon_name: str, tip: str, key: str = "") -> None:
        """Do another thing of the same kind: icon, what it does and by which key."""
        self._icon = icon_name
        self.set_tip(f"{tip} ({key})" if key else tip)
        self.setAccessibleName(tip)
        self.setAccessibleDescription(key)
        self.update()

    def sizeHint(self) -> QSize:
        """A square that a finger finds: never below 24 px."""
        return QSize(theme.px(self._size), theme.px(self._size))

    def _face(self) -> Face:
        if not self._on_console:
            return super()._face()
        made = theme.tokens()
        return Face(made.con_key if self.underMouse() else None, None, made.con_text2)
