"""The service-level clock: a ring, the time that is left, and a colour that says the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QCoreApplication, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from agent_desktop.views.look import icon, theme
from agent_desktop.views.look.theme import Role, Tone
from agent_desktop.views.widgets.ticker import Ticking, site_now
from agent_desktop.views.words import wording

translate = QCoreApplication.translate
#: Shares of the time allowed at which a clock changes colour (design 9, "SLA clock").
SAFE_ABOVE, RISK_ABOVE = 0.50, 0.25


@dataclass(frozen=True, slots=True)
class SlaDue:
    """When something is due (aware, UTC), since when it runs, and whether it is paused.

    Business hours are already in `due_at`; the ring shows wall time, which is what passes
    while somebody looks.
    """

    due_at: datetime | None
    started_at: datetime | None = None
    paused: bool = False


@dataclass(frozen=True, slots=True)
class SlaFace:
    """What a clock shows at one moment. `share` is what is left, 0 to 1."""

    text: str
    tone: Tone
    share: float
    level: str


def face_of(due: SlaDue, at: datetime) -> SlaFace:
    """The face at the moment `at`; green above half, amber above a quarter, red below, and a
    full red ring with a minus when overdue."""
    if due.paused or due.due_at is None:
        return SlaFace(
            translate("SlaClock", "paused") if due.paused else "",
            Tone.NEUTRAL,
            0.0,
            translate("SlaClock", "paused"),
        )
    left = (due.due_at - at).total_seconds()
    if left <= 0:
        return SlaFace(wording.countdown(left), Tone.BAD, 1.0, translate("SlaClock", "overdue"))
    whole = (due.due_at - due.started_at).total_seconds() if due.started_at else left
    share = min(1.0, left / whole) if whole > 0 else 0.0
    if share > SAFE_ABOVE:
        return SlaFace(wording.countdown(left), Tone.OK, share, translate("SlaClock", "safe"))
    tone, level = (
        (Tone.WARN, translate("SlaClock", "at risk"))
        if share > RISK_ABOVE
        else (Tone.BAD, translate("SlaClock", "critical"))
    )
    return SlaFace(wording.countdown(left), tone, share, level)


def paint_sla(painter: QPainter, box: QRectF, face: SlaFace, *, role: Role = Role.BODYB) -> None:
    """Draw ring and time into a box, from its left edge; cells of tables use the same."""
    size = theme.px(18)
    ring = QRectF(box.left() + 1.5, box.center().y() - size / 2 + 1.5, size - 3, size - 3)
    if face.tone is Tone.NEUTRAL:
        if face.text:
            icon.paint(painter, "pause", theme.color(Tone.TEXT3), box.left(), ring.top() - 1, size)
    else:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.tokens().neutral_soft, 3))
        painter.drawEllipse(ring)
        painter.setPen(QPen(theme.fill(face.tone), 3, c=Qt.PenCapStyle.FlatCap))
        painter.drawArc(ring, 90 * 16, round(-360 * 16 * face.share))
    paused = face.tone is Tone.NEUTRAL
    painter.setPen(theme.color(Tone.TEXT2 if paused else face.tone))
    painter.setFont(theme.font(Role.SMALL if paused else role, tabular=True))
    words = QRectF(box.left() + size + theme.px(7), box.top(), box.width(), box.height())
    painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, face.text)


class SlaClock(Ticking):
    """A clock by itself, outside a table. It ticks only while it can be seen."""

    def __init__(
        self, due: SlaDue | None = None, parent: QWidget | None = None, *, name: str = ""
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._due = due or SlaDue(None)
        self._face = face_of(self._due, site_now())
        self._tell()

    def set_due(self, due: SlaDue) -> None:
        """Show another clock."""
        self._due = due
        self.second_passed()

    def second_passed(self) -> None:
        """Draw again only if something is to be seen."""
        face = face_of(self._due, site_now())
        if face != self._face:
            self._face = face
            self._tell()
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        """Ring and time."""
        return QSize(theme.px(18 + 7 + 66), theme.px(22))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw ring and time."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_sla(painter, QRectF(self.rect()), self._face)

    def _tell(self) -> None:
        self.setAccessibleName(self.tr("SLA {0}, {1}").format(self._face.text, self._face.level))
