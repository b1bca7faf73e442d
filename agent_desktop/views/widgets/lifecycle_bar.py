"""The life of a record as a row of chevrons: done, now, next, not yet allowed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from agent_desktop.views.look import icon, theme
from agent_desktop.views.look.theme import Role, Tone
from agent_desktop.views.widgets.text import plain_tip


class StepState(Enum):
    """Where a step is."""

    DONE = "done"
    NOW = "now"
    NEXT = "next"


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `note` stands under it: its date, or what is missing; `allowed` makes it
    clickable; `why` is the tooltip of one that is not."""

    key: str
    title: str
    state: StepState
    note: str = ""
    allowed: bool = False
    why: str = ""


class LifecycleBar(QWidget):
    """Chevrons with a line of text under each. `step_chosen(key)` comes only for allowed
    steps; left and right move between them, Enter chooses."""

    step_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None, *, name: str = "lifecycle") -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._steps: tuple[Step, ...] = ()
        self._marked = -1

    def show_steps(self, steps: tuple[Step, ...]) -> None:
        """Show the steps, first to last."""
        self._steps = steps
        self._marked = next((n for n, step in enumerate(steps) if step.allowed), -1)
        still = self.tr("open")
        words = {StepState.DONE: self.tr("done"), StepState.NOW: self.tr("now")}
        told = [f"{step.title} {words.get(step.state, still)}" for step in steps]
        self.setAccessibleName(", ".join(told))
        self.update()

    def sizeHint(self) -> QSize:
        """Chevron and line of text."""
        return QSize(600, theme.px(34 + 5 + 18))

    def minimumSizeHint(self) -> QSize:
        """Below this only the present step and its neighbours would fit."""
        return QSize(theme.px(420), self.sizeHint().height())

    def boxes(self) -> list[tuple[Step, QRectF]]:
        """The steps that have room, each with its place; in a narrow bar only the present
        one and its neighbours."""
        steps = list(self._steps)
        if steps and self.width() < theme.px(110) * len(steps):
            at = next((n for n, s in enumerate(steps) if s.state is StepState.NOW), 0)
            steps = steps[max(0, at - 1) : at + 2]
        if not steps:
            return []
        wide = self.width() / len(steps)
        high = theme.px(34)
        return [(step, QRectF(n * wide, 0, wide, high)) for n, step in enumerate(steps)]

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw all steps."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        places = self.boxes()
        for number, (step, box) in enumerate(places):
            self._paint_step(painter, step, box, number == 0, number == len(places) - 1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on an allowed step chooses it."""
        step = self._step_at(event.position())
        if step is not None and step.allowed:
            self.step_chosen.emit(step.key)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The tooltip says why a step cannot be chosen."""
        step = self._step_at(event.position())
        allowed = step is not None and step.allowed
        self.setCursor(Qt.CursorShape.PointingHandCursor if allowed else Qt.CursorShape.ArrowCursor)
        self.setToolTip("" if step is None or step.allowed else plain_tip(step.why))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move between allowed steps, Enter chooses."""
        ways = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        allowed = [n for n, step in enumerate(self._steps) if step.allowed]
        if event.key() in ways and allowed:
            at = allowed.index(self._marked) if self._marked in allowed else 0
            self._marked = allowed[(at + ways[Qt.Key(event.key())]) % len(allowed)]
            self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Space) and self._marked in allowed:
            self.step_chosen.emit(self._steps[self._marked].key)
        else:
            super().keyPressEvent(event)

    def _step_at(self, at: QPointF) -> Step | None:
        return next((step for step, box in self.boxes() if box.contains(at)), None)

    def _paint_step(
        self, painter: QPainter, step: Step, box: QRectF, first: bool, last: bool
    ) -> None:
        ground, ink, line = _colours(step.state)
        marked = self.hasFocus() and self._steps.index(step) == self._marked
        pen = QPen(theme.tokens().focus, 2) if marked else QPen(line, 1)
        painter.setPen(pen)
        painter.setBrush(ground)
        painter.drawPolygon(_chevron(box.adjusted(0.5, 0.5, -3.5, -0.5), first, last))
        left = box.left() + theme.px(14 if first else 24)
        glyph = {StepState.DONE: "check", StepState.NOW: "circle-dot"}.get(step.state)
        if glyph:
            size = theme.px(16)
            icon.paint(painter, glyph, ink, left, box.center().y() - size / 2, size)
            left += theme.px(21)
        painter.setPen(ink)
        painter.setFont(theme.font(Role.H3))
        title = QRectF(left, box.top(), box.right() - left - theme.px(14), box.height())
        metrics = QFontMetrics(painter.font())
        words = metrics.elidedText(step.title, Qt.TextElideMode.ElideRight, int(title.width()))
        painter.drawText(title, Qt.AlignmentFlag.AlignVCenter, words)
        self._paint_note(painter, step, box)

    def _paint_note(self, painter: QPainter, step: Step, box: QRectF) -> None:
        painter.setPen(theme.color(Tone.TEXT2))
        painter.setFont(theme.font(Role.CAP))
        inset = theme.px(3 if box.left() == 0 else 13)
        note = QRectF(box.left() + inset, box.bottom() + theme.px(4), box.width(), theme.px(18))
        metrics = QFontMetrics(painter.font())
        wide = int(box.width()) - inset
        words = metrics.elidedText(step.note, Qt.TextElideMode.ElideRight, wide)
        painter.drawText(note, Qt.AlignmentFlag.AlignVCenter, words)


def _colours(state: StepState) -> tuple[QColor, QColor, QColor]:
    made = theme.tokens()
    if state is StepState.DONE:
        return made.ok_soft, made.ok, made.ok_soft
    if state is StepState.NOW:
        return made.accent, made.on_accent, made.accent
    return made.surface2, made.text2, made.border


def _chevron(box: QRectF, first: bool, last: bool) -> QPolygonF:
    point = 0.0 if last else float(theme.px(10))
    notch = 0.0 if first else float(theme.px(10))
    right = box.right() + point * 0.6
    corners = [
        (box.left(), box.top()),
        (right - point, box.top()),
        (right, box.center().y()),
        (right - point, box.bottom()),
        (box.left(), box.bottom()),
        (box.left() + notch, box.center().y()),
    ]
    return QPolygonF([QPointF(x, y) for x, y in corners])
