"""Small widgets that only draw: icon, pill, count, avatar, dot, hairline, key cap, lamp."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from agent_desktop.views.look import icon, theme
from agent_desktop.views.look.theme import Role, Tone
from agent_desktop.views.widgets.text import plain_tip


class Drawn(QWidget):
    """A widget of fixed size that is only drawn and never takes focus or clicks."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        """As large as it wants to be."""
        return self.sizeHint()

    def restyle(self) -> None:
        """Measure again: the zoom may have changed."""
        self.updateGeometry()

    def painter(self) -> QPainter:
        """A painter with smooth edges."""
        made = QPainter(self)
        made.setRenderHint(QPainter.RenderHint.Antialiasing)
        return made


class IconLabel(Drawn):
    """An icon that is part of a text and says nothing by itself."""

    def __init__(
        self,
        name: str,
        tone: Tone = Tone.TEXT2,
        size: int = 18,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._name, self._tone, self._size = name, tone, size

    def set(self, name: str, tone: Tone | None = None) -> None:
        """Show another icon."""
        self._name, self._tone = name, tone or self._tone
        self.update()

    def sizeHint(self) -> QSize:
        """A square."""
        return QSize(theme.px(self._size), theme.px(self._size))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the icon."""
        painter = QPainter(self)
        icon.paint(painter, self._name, theme.color(self._tone), 0, 0, theme.px(self._size))


@dataclass(frozen=True, slots=True)
class PillText:
    """What a pill shows: words, tone and, where the tone alone would say it, an icon."""

    text: str
    tone: Tone = Tone.NEUTRAL
    icon: str = ""


def pill_size(shown: PillText) -> QSize:
    """How large a pill is; cells of tables draw the same pills."""
    glyph = theme.px(18) if shown.icon else 0
    return QSize(theme.text_width(shown.text, Role.CAP) + glyph + theme.px(17), theme.px(20))


def paint_pill(painter: QPainter, box: QRectF, shown: PillText) -> None:
    """Draw a pill into a box of `pill_size`."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.soft(shown.tone))
    painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
    left = box.left() + theme.px(8)
    if shown.icon:
        size = theme.px(13)
        top = round(box.center().y() - size / 2)
        icon.paint(painter, shown.icon, theme.color(shown.tone), left, top, size)
        left += theme.px(18)
    painter.setPen(theme.color(shown.tone))
    painter.setFont(theme.font(Role.CAP))
    text_box = QRectF(left, box.top(), box.right() - left, box.height())
    painter.drawText(text_box, Qt.AlignmentFlag.AlignVCenter, shown.text)


class Pill(Drawn):
    """A state in a word, on a soft ground."""

    def __init__(
        self,
        text: str = "",
        tone: Tone = Tone.NEUTRAL,
        icon_name: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._shown = PillText(text, tone, icon_name)
        self.setAccessibleName(text)

    def set(self, text: str, tone: Tone = Tone.NEUTRAL, icon_name: str = "") -> None:
        """Show another state."""
        self._shown = PillText(text, tone, icon_name)
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def text(self) -> str:
        """The words on it."""
        return self._shown.text

    def sizeHint(self) -> QSize:
        """As wide as its words."""
        return pill_size(self._shown)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the pill."""
        paint_pill(self.painter(), QRectF(self.rect()), self._shown)


class Count(Pill):
    """How many there are, beside a title."""

    def set_number(self, number: int | None, tone: Tone = Tone.NEUTRAL) -> None:
        """Show a number; None hides it."""
        self.setVisible(number is not None)
        self.set("" if number is None else str(number), tone)


def initials(name: str) -> str:
    """At most two letters that stand for a name: first and last word, or the first two letters."""
    words = [word for word in name.split() if word[:1].isalnum()]
    if not words:
        return "?"
    letters = words[0][:1] + words[-1][:1] if len(words) > 1 else words[0][:2]
    return letters.upper()


class Avatar(Drawn):
    """A person or company as a circle with initials; an unknown one as an icon."""

    def __init__(
        self,
        name: str = "",
        tone: Tone = Tone.ACCENT,
        size: int = 36,
        parent: QWidget | None = None,
        *,
        icon_name: str = "",
        on_console: bool = False,
        square: bool = False,
    ) -> None:
        super().__init__(parent)
        self._name, self._tone, self._size = name, tone, size
        self._icon, self._on_console, self._square = icon_name, on_console, square
        self._bright = True

    def set(self, name: str, tone: Tone | None = None, icon_name: str = "") -> None:
        """Show somebody else."""
        self._name, self._tone, self._icon = name, tone or self._tone, icon_name
        self.update()

    def sizeHint(self) -> QSize:
        """A square."""
        return QSize(theme.px(self._size), theme.px(self._size))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw ground and letters."""
        painter = self.painter()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._ground())
        radius = theme.px(8) if self._square else self.width() / 2
        painter.drawRoundedRect(QRectF(self.rect()), radius, radius)
        ink = theme.tokens().con_text if self._on_console else theme.color(self._tone)
        if self._icon or not self._name:
            size = round(self.width() * 0.5)
            at = (self.width() - size) / 2
            icon.paint(painter, self._icon or "user-round", ink, at, at, size)
            return
        painter.setPen(ink)
        painter.setFont(theme.font(self._letters()))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, initials(self._name))

    def _ground(self) -> QColor:
        return theme.tokens().con_key if self._on_console else theme.soft(self._tone)

    def _letters(self) -> Role:
        if self._size >= 44:
            return Role.H2
        return Role.H3 if self._size >= 36 else Role.CAPB


class Hairline(QWidget):
    """A one-pixel line, lying or standing; only ornament."""

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        standing: bool = False,
        on_console: bool = False,
    ) -> None:
        super().__init__(parent)
        self._on_console = on_console
        if standing:
            self.setFixedWidth(1)
        else:
            self.setFixedHeight(1)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fill the pixel, so that it is sharp at every scale."""
        made = theme.tokens()
        QPainter(self).fillRect(self.rect(), made.con_line if self._on_console else made.border)


class KeyCap(Drawn):
    """A key of the keyboard, drawn beside what it does."""

    def __init__(
        self, key: str, parent: QWidget | None = None, *, on_console: bool = False
    ) -> None:
        super().__init__(parent)
        self._key, self._on_console = key, on_console

    def sizeHint(self) -> QSize:
        """As wide as the key's name."""
        return key_cap_size(self._key)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the cap."""
        paint_key_cap(self.painter(), QRectF(self.rect()), self._key, on_console=self._on_console)


def key_cap_size(key: str) -> QSize:
    """How large the cap of a key is."""
    from PySide6.QtGui import QFontMetrics

    wide = QFontMetrics(theme.font(Role.CAP)).horizontalAdvance(key)
    return QSize(wide + theme.px(12), theme.px(18))


def paint_key_cap(painter: QPainter, box: QRectF, key: str, *, on_console: bool = False) -> None:
    """Draw the cap of a key into a box of `key_cap_size`."""
    made = theme.tokens()
    painter.setPen(Qt.PenStyle.NoPen if on_console else QPen(made.border, 1))
    painter.setBrush(made.con if on_console else made.surface2)
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
    painter.setPen(made.con_text2 if on_console else made.text2)
    painter.setFont(theme.font(Role.CAP))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, key)


class LampState(Enum):
    """What a lamp says; the shape differs with the colour."""

    ACTIVE = "active"
    NOT_INTEGRATED = "none"
    INACTIVE = "inactive"


_LAMP_TONE = {
    LampState.ACTIVE: Tone.OK,
    LampState.NOT_INTEGRATED: Tone.WARN,
    LampState.INACTIVE: Tone.BAD,
}


def paint_lamp(painter: QPainter, box: QRectF, state: LampState) -> None:
    """Disc with a tick, triangle with a mark, or square with a cross: shape as well as colour."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.fill(_LAMP_TONE[state]))
    x, y, s = box.left(), box.top(), box.width()
    if state is LampState.NOT_INTEGRATED:
        corners = ((0.5, 0.04), (1.0, 0.94), (0.0, 0.94))
        painter.drawPolygon(QPolygonF([QPointF(x + a * s, y + b * s) for a, b in corners]))
        strokes = (((0.5, 0.38), (0.5, 0.62)), ((0.5, 0.78), (0.5, 0.79)))
    elif state is LampState.INACTIVE:
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        strokes = (((0.32, 0.32), (0.68, 0.68)), ((0.68, 0.32), (0.32, 0.68)))
    else:
        painter.drawEllipse(box)
        strokes = (((0.28, 0.52), (0.44, 0.68)), ((0.44, 0.68), (0.74, 0.34)))
    pen = QPen(theme.tokens().surface, s / 9, c=Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    for (x1, y1), (x2, y2) in strokes:
        painter.drawLine(QPointF(x + x1 * s, y + y1 * s), QPointF(x + x2 * s, y + y2 * s))


class Lamp(Drawn):
    """The state of an account at the ERP. It informs and never blocks; words stand beside it."""

    def __init__(
        self,
        state: LampState = LampState.NOT_INTEGRATED,
        text: str = "",
        tip: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, on=False)
        self.set(state, text, tip)

    def set(self, state: LampState, text: str, tip: str = "") -> None:
        """Show a state in words; the tip says where and when it was learnt."""
        self._state, self._text = state, text
        self.setAccessibleName(text)
        self.setToolTip(plain_tip(tip))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Lamp and words."""
        wide = self.fontMetrics().horizontalAdvance(self._text) if self._text else -theme.px(7)
        return QSize(theme.px(16 + 7) + wide + 1, theme.px(20))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw lamp and words."""
        painter = self.painter()
        size = theme.px(16)
        paint_lamp(painter, QRectF(0, (self.height() - size) / 2, size, size), self._state)
        painter.setPen(theme.color(Tone.TEXT2))
        box = self.rect().adjusted(size + theme.px(7), 0, 0, 0)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, self._text)
