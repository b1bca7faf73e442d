"""Whose record am I writing in? A strip in every editor while the call is with somebody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from agent_desktop.views.look import icon, theme
from agent_desktop.views.look.theme import Role

if TYPE_CHECKING:
    from agent_desktop.desk.session import Session
    from agent_desktop.views.kit.page import Context


class WritingStrip(QWidget):
    """Hidden while the editor's customer is the one on the line, or nobody is."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("writing_strip")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self._desk = context.desk
        self._session_id = ""
        self.words = ""
        self.hide()
        self._desk.sessions_changed.connect(self._on_sessions_changed)

    def follow(self, session_id: str) -> None:
        """The editor belongs to this session from now on."""
        self._session_id = session_id
        self._on_sessions_changed(self._desk.sessions)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(120), self.heightForWidth(max(self.width(), theme.px(200))))

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        """As many lines as the names need."""
        metrics = self.fontMetrics()
        room = metrics.boundingRect(0, 0, max(40, width - theme.px(40)), 1000, _FLAGS, self.words)
        return int(room.height()) + theme.px(14)

    def _on_sessions_changed(self, sessions: tuple[Session, ...]) -> None:
        other = next((session for session in sessions if self._is_elsewhere(session)), None)
        mine = self._desk.session(self._session_id)
        self.setVisible(other is not None and mine is not None)
        if other is None or mine is None:
            return
        self.words = self.tr("You are writing in the record of {mine}; the call is with {other}.")
        self.words = self.words.format(mine=_name(mine, self), other=_name(other, self))
        self.setAccessibleName(self.words)
        self.setFont(theme.font(Role.SMALLB))
        self.updateGeometry()
        self.update()

    def _is_elsewhere(self, session: Session) -> bool:
        on_line = session.live_call is not None and not session.is_ringing
        return session.id != self._session_id and on_line

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens = theme.tokens()
        painter.setPen(tokens.warn_fill)
        painter.setBrush(tokens.warn_soft)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        icon.paint(painter, "triangle-alert", tokens.warn, theme.px(9), theme.px(7), theme.px(16))
        painter.setPen(tokens.warn)
        left = theme.px(32)
        place = self.rect().adjusted(left, theme.px(6), -theme.px(8), -theme.px(6))
        painter.drawText(place, _FLAGS, self.words)


_FLAGS = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignVCenter.value


def _name(session: Session, of: WritingStrip) -> str:
    """The customer of a session, or the number while nobody is identified."""
    if session.account is not None:
        return session.account.name
    call = session.last_call
    return call.number if call is not None and call.number else of.tr("an unknown caller")
