"""What the console is made of: its keys, the ring lamp, the timer, the agent box.

Nothing here takes the focus: a ring must not steal a keystroke, and Enter or Space must never
answer a call.
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from agent_desktop.views.console.console_state import ConsoleState, Strip
from agent_desktop.views.look import icon, theme
from agent_desktop.views.look.theme import Role, Tone
from agent_desktop.views.shell.commands import Command, Commands
from agent_desktop.views.widgets.shapes import Drawn
from agent_desktop.views.widgets.text import Text, plain_tip
from agent_desktop.views.widgets.ticker import Ticking, now
from agent_desktop.views.words import wording

SWELL_MS, SWELL_STEP_MS, SWELL_BY = 1200, 60, 0.08


class KeyTone(Enum):
    """How a key of the console is lit."""

    PLAIN = "plain"
    ANSWER = "answer"
    END = "end"
    HELD = "held"
    MUTED = "muted"
    PRIMARY = "primary"


def _colours(lit: KeyTone, *, enabled: bool, hover: bool) -> tuple[QColor, QColor]:
    """Ground and ink of a key."""
    made = theme.tokens()
    if not enabled and lit is not KeyTone.ANSWER:
        return made.con, made.con_line
    if lit is KeyTone.PLAIN:
        return (made.con_key_hover if hover else made.con_key), made.con_text
    ground, ink = {
        KeyTone.ANSWER: (made.answer, made.on_answer),
        KeyTone.END: (made.end, made.on_end),
        KeyTone.HELD: (made.con_warn, made.on_answer),
        KeyTone.MUTED: (made.end, made.on_end),
        KeyTone.PRIMARY: (made.accent, made.on_accent),
    }[lit]
    return (ground.lighter(106) if hover else ground), ink


def painter_of_key(key: QAbstractButton, ground: QColor | None = None) -> QPainter:
    """A painter for a button of the console, its ground drawn: the plain one if none is given."""
    painter = QPainter(key)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    lit = key.underMouse() or key.isDown()
    painter.setBrush(ground or _colours(KeyTone.PLAIN, enabled=True, hover=lit)[0])
    painter.drawRoundedRect(QRectF(key.rect()), 7, 7)
    return painter


class ConsoleKey(QAbstractButton):
    """A key of the telephone. `wide` puts the words beside the icon and shows the key."""

    def __init__(
        self,
        commands: Commands,
        command_id: str,
        parent: QWidget,
        *,
        name: str,
        words: str = "",
        icon_name: str = "",
        wide: bool = False,
        lit: KeyTone = KeyTone.PLAIN,
    ) -> None:
        super().__init__(parent)
        self._commands, self._wide, self._lit, self._tip = commands, wide, lit, ""
        self._command: Command = commands.command(command_id)
        self._icon = icon_name if wide and icon_name == " " else icon_name or self._command.icon
        self.setObjectName(name)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.say(words or self._command.words)
        self.setAccessibleDescription(self._command.key)
        self.clicked.connect(lambda: commands.run(command_id))
        commands.changed.connect(self._follow)
        self._follow(command_id)

    def say(self, words: str, icon_name: str = "", lit: KeyTone | None = None) -> None:
        """Other words, icon or light; the key keeps its place and its width."""
        self._icon = icon_name or self._icon
        self._lit = lit or self._lit
        self.setText(words)
        self.setAccessibleName(words)
        self.updateGeometry()
        self.update()

    def set_wide(self, wide: bool) -> None:
        """Words beside the icon and the key shown, or all in little room."""
        if wide != self._wide:
            self._wide = wide
            self.updateGeometry()
            self.update()

    def set_tip(self, tip: str) -> None:
        """What a tooltip says besides what the key does."""
        if tip != self._tip:
            self._tip = tip
            self._follow(self._command.id)

    def name_for(self, whom: str) -> None:
        """Tell a screen reader whose call the key is about."""
        self.setAccessibleName(f"{self.text()}, {whom}" if whom else self.text())

    def is_known(self) -> bool:
        """Whether somebody carries out what the key stands for."""
        return self._commands.is_known(self._command.id)

    def restyle(self) -> None:
        """Measure again."""
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """46 high; wide enough for the words."""
        metrics = QFontMetrics(theme.font(Role.H3 if self._wide else Role.CAPB))
        wide = metrics.horizontalAdvance(self.text())
        if self._wide:
            cap = QFontMetrics(theme.font(Role.CAP)).horizontalAdvance(self._shown_key())
            glyph = theme.px(24) if self._icon.strip() else 0
            gap = theme.px(7) if self._shown_key() else 0
            return QSize(wide + glyph + cap + gap + theme.px(26), theme.px(40))
        return QSize(max(theme.px(62), wide + theme.px(18)), theme.px(46))

    def minimumSizeHint(self) -> QSize:
        """Never cut."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the key."""
        ground, ink = _colours(self._lit, enabled=self.isEnabled(), hover=self.underMouse())
        painter = painter_of_key(self, ground)
        painter.setPen(ink)
        if self._wide:
            self._paint_beside(painter, ink)
        else:
            self._paint_below(painter, ink)

    def _shown_key(self) -> str:
        return self._command.key if self._wide and self._icon.strip() else ""

    def _paint_beside(self, painter: QPainter, ink: QColor) -> None:
        left, middle = float(theme.px(13)), Qt.AlignmentFlag.AlignVCenter
        if self._icon.strip():
            size = theme.px(18)
            icon.paint(painter, self._icon, ink, left - 1, (self.height() - size) / 2, size)
            left += theme.px(24)
        painter.setFont(theme.font(Role.H3))
        painter.drawText(QRectF(left, 0, self.width(), self.height()), middle, self.text())
        left += painter.fontMetrics().horizontalAdvance(self.text()) + theme.px(7)
        painter.setFont(theme.font(Role.CAP))
        painter.drawText(QRectF(left, 0, self.width(), self.height()), middle, self._shown_key())

    def _paint_below(self, painter: QPainter, ink: QColor) -> None:
        size = theme.px(18)
        icon.paint(painter, self._icon, ink, (self.width() - size) / 2, theme.px(7), size)
        painter.setFont(theme.font(Role.CAPB))
        box = QRectF(0, theme.px(26), self.width(), theme.px(16))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self.text())

    def _follow(self, command_id: str) -> None:
        if command_id != self._command.id:
            return
        action = self._commands.action(command_id)
        self.setEnabled(action.isEnabled())
        key = self._command.key
        tip = f"{self._command.words} ({key})" if key else self._command.words
        tip = f"{tip}\n{self._tip}" if self._tip else tip
        self.setToolTip(plain_tip(self._commands.why_off(command_id) or tip))


class MenuKey(ConsoleKey):
    """A narrow key beside another one, with more ways to do the same."""

    def name_for(self, whom: str) -> None:
        """Its words are not written on it, so they are always told whole."""
        self.setAccessibleName(f"{self._command.words}, {whom}" if whom else self._command.words)

    def sizeHint(self) -> QSize:
        """As high as the key beside it, wide enough for a click."""
        return QSize(theme.px(26), super().sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw ground and icon."""
        ground, ink = _colours(self._lit, enabled=self.isEnabled(), hover=self.underMouse())
        painter = painter_of_key(self, ground)
        size = theme.px(16)
        x, y = (self.width() - size) / 2, (self.height() - size) / 2
        icon.paint(painter, self._icon, ink, x, y, size)


class RingLamp(Drawn):
    """The green lamp of a ringing call; it swells while the phone rings, nothing else moves."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._phase = 0.0
        self._timer = QTimer(self, interval=SWELL_STEP_MS)
        self._timer.timeout.connect(self._step)

    def ring(self, rings: bool) -> None:
        """Swell, or rest."""
        self.setVisible(rings)
        if rings and theme.may_move() and not self._timer.isActive():
            self._timer.start()
        if not rings:
            self._timer.stop()
            self._phase = 0.0

    def sizeHint(self) -> QSize:
        """Room for the lamp at its largest."""
        return QSize(theme.px(44), theme.px(44))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the lamp at its present size."""
        painter = self.painter()
        share = 1 - abs(1 - 2 * self._phase)
        side = theme.px(40) * (1 + SWELL_BY * share)
        at = (self.width() - side) / 2
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.tokens().answer)
        painter.drawRoundedRect(QRectF(at, at, side, side), 9, 9)
        size = theme.px(22)
        middle = (self.width() - size) / 2
        ink = theme.tokens().on_answer
        icon.paint(painter, "phone-incoming", ink, middle, middle, size)

    def _step(self) -> None:
        self._phase = (self._phase + SWELL_STEP_MS / SWELL_MS) % 1.0
        self.update()


class Timer(Ticking):
    """The big figures: how long since a moment, or how long until one."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("console.timer")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._since: datetime | None = None
        self._until: datetime | None = None

    def count_from(self, since: datetime | None) -> None:
        """Show the time since then; None shows nothing."""
        self._since, self._until = since, None
        self.setVisible(since is not None)
        self.update()

    def count_to(self, until: datetime) -> None:
        """Show the time until then; overdue it counts up with a minus."""
        self._since, self._until = None, until
        self.show()
        self.update()

    def show_view(self, view: ConsoleState) -> None:
        """The age of the call in front, or what is left of the wrap-up."""
        call = view.shown_call
        if view.strip is Strip.WRAP_UP and view.wrap_up is not None:
            self.count_to(view.wrap_up.until)
        elif call is not None and call.is_live:
            self.count_from(call.answered_at or call.started_at)
        else:
            self.count_from(None)

    def text(self) -> str:
        """The figures shown now."""
        if self._until is not None:
            left = (self._until - now()).total_seconds()
            return wording.duration(left) if left >= 0 else f"−{wording.duration(-left)}"
        return wording.duration((now() - self._since).total_seconds()) if self._since else ""

    def sizeHint(self) -> QSize:
        """Room for an hour, so that nothing moves while it ticks."""
        metrics = QFontMetrics(theme.font(Role.TIMER, tabular=True))
        return QSize(metrics.horizontalAdvance(self.text() or "00:00") + 4, theme.px(40))

    def second_passed(self) -> None:
        """Draw the next second; the place grows only when a figure is added."""
        if self.sizeHint().width() != self.width():
            self.updateGeometry()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the figures."""
        painter = QPainter(self)
        painter.setFont(theme.font(Role.TIMER, tabular=True))
        over = self._until is not None and self._until < now()
        painter.setPen(theme.color(Tone.CON_WARN if over else Tone.CON_TEXT))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())


class AgentBox(QAbstractButton):
    """The agent's state and how long it lasts; a click or Shift+F12 opens the menu of states."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("console.agent")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self._words, self._next, self._dot = "", "", Tone.CON_TEXT2
        self._since: datetime | None = None
        self._clock = Text("", Role.SMALL, Tone.CON_TEXT2, self)
        self._clock.hide()

    def show_state(self, words: str, dot: Tone, since: datetime, after: str = "") -> None:
        """Words, dot and start; `after` is the state asked for after this call."""
        self._words, self._dot, self._since, self._next = words, dot, since, after
        self.setAccessibleName(self.tr("Agent state: {0}").format(words))
        self.setAccessibleDescription(after)
        self.setToolTip(plain_tip(after))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Dot, words, chevron; with the next state a little wider."""
        metrics = QFontMetrics(theme.font(Role.H3))
        small = QFontMetrics(theme.font(Role.SMALL))
        words = max(metrics.horizontalAdvance(self._words), small.horizontalAdvance(self._line()))
        return QSize(max(theme.px(122), words + theme.px(32 + 34)), theme.px(46))

    def minimumSizeHint(self) -> QSize:
        """Never cut."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the box."""
        painter, made = painter_of_key(self), theme.tokens()
        size = theme.px(10)
        painter.setBrush(theme.color(self._dot))
        painter.drawEllipse(QRectF(theme.px(12), (self.height() - size) / 2, size, size))
        painter.setPen(made.con_text)
        painter.setFont(theme.font(Role.H3))
        left = theme.px(32)
        painter.drawText(QRectF(left, theme.px(6), self.width(), theme.px(18)), 0, self._words)
        painter.setPen(made.con_text2)
        painter.setFont(theme.font(Role.SMALL, tabular=True))
        painter.drawText(QRectF(left, theme.px(24), self.width(), theme.px(16)), 0, self._line())
        glyph = theme.px(16)
        x, y = self.width() - theme.px(24), (self.height() - glyph) / 2
        icon.paint(painter, "chevron-down", made.con_text2, x, y, glyph)

    def _line(self) -> str:
        passed = (now() - self._since).total_seconds() if self._since else 0
        return (
            f"{wording.duration(passed)} · {self._next}" if self._next else wording.duration(passed)
        )
