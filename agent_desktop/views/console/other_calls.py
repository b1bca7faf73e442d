"""The other calls of the console: a face for each call that is up beside the one in front.

A click talks with that one; in a conference the small cross drops one member. Nothing here takes
the focus.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from agent_desktop.telephony.call import Act, CallState
from agent_desktop.views.console import console_words
from agent_desktop.views.console.console_parts import painter_of_key
from agent_desktop.views.console.console_state import Party
from agent_desktop.views.look import icon, theme
from agent_desktop.views.look.theme import Role
from agent_desktop.views.widgets.shapes import initials
from agent_desktop.views.widgets.text import plain_tip
from agent_desktop.views.widgets.ticker import Ticking, now
from agent_desktop.views.words import wording

#: As many names fit; more calls are shown by their faces and times.
MOST_NAMED = 1
FACE, NAME = 28, 112
_ICONS = {
    CallState.HELD: "pause",
    CallState.DIALLING: "phone-outgoing",
    CallState.TRANSFERRING: "phone-forwarded",
    CallState.TALKING: "volume-2",
}


class CallFace(QAbstractButton):
    """One other call: initials, state and time; the name while there is room. The one who is
    heard is bright, the others are not."""

    drop_wanted = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.party: Party | None = None
        self._named = False
        self._on_cross = False

    def show_party(self, party: Party, *, named: bool) -> None:
        """Show this call."""
        self.party, self._named = party, named
        who, state = console_words.brief(party), console_words.state_of(party.call)
        if party.call.may(Act.DROP):
            does = self.tr("In the conference: {0}").format(who)
        elif party.call.may(Act.RESUME):
            does = self.tr("Talk with {0}").format(who)
        else:
            does = who
        self.setObjectName(f"console.other.{party.call.id}")
        self.setText(who)
        self.setAccessibleName(does)
        self.setAccessibleDescription(state)
        told = f"{does} ({state})"
        drops = self.tr("Click the cross to drop") if self._drops() else ""
        self.setToolTip(plain_tip("\n".join(part for part in (told, drops) if part)))
        self.updateGeometry()
        self.update()

    def cross(self) -> QRectF:
        """Where a click drops the member; empty outside a conference."""
        if not self._drops():
            return QRectF()
        side = theme.px(24)
        return QRectF(self.width() - side - 2, (self.height() - side) / 2, side, side)

    def sizeHint(self) -> QSize:
        """Face, time and, where there is room, the name; in a conference face and cross."""
        if self._drops():
            return QSize(theme.px(6 + FACE + 2 + 24 + 2), theme.px(46))
        small = QFontMetrics(theme.font(Role.CAP, tabular=True))
        named = QFontMetrics(theme.font(Role.CAPB))
        wide = small.horizontalAdvance("00:00") + theme.px(15)
        if self._named:
            wide = max(wide, min(named.horizontalAdvance(self.text()), theme.px(NAME)))
        return QSize(theme.px(6 + FACE + 5 + 6) + wide, theme.px(46))

    def minimumSizeHint(self) -> QSize:
        """Never cut."""
        return self.sizeHint()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The cross is no part of the button."""
        self._on_cross = self.cross().contains(QPointF(event.position()))
        if not self._on_cross:
            super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Pressed and let go on the cross drops the member."""
        if not self._on_cross:
            super().mouseReleaseEvent(event)
        elif self.party is not None and self.cross().contains(QPointF(event.position())):
            self.drop_wanted.emit(self.party.call.id)
        self._on_cross = False

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the face."""
        if self.party is None:
            return
        painter, made = painter_of_key(self), theme.tokens()
        self._paint_face(painter)
        if not self._drops():
            self._paint_words(painter)
        else:
            size = theme.px(16)
            box = self.cross()
            at = (box.width() - size) / 2
            icon.paint(painter, "x", made.con_text2, box.left() + at, box.top() + at, size)

    def _paint_face(self, painter: QPainter) -> None:
        made, side = theme.tokens(), theme.px(FACE)
        box = QRectF(theme.px(6), (self.height() - side) / 2, side, side)
        heard = self._is_heard()
        painter.setPen(QPen(made.con_blue, 2) if heard else Qt.PenStyle.NoPen)
        painter.setBrush(made.con)
        painter.drawEllipse(box)
        ink = made.con_text if heard else made.con_text2
        if self.party is not None and self.party.name:
            painter.setPen(ink)
            painter.setFont(theme.font(Role.CAPB))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, initials(self.party.name))
            return
        size = theme.px(14)
        at = (side - size) / 2
        icon.paint(painter, "user-round", ink, box.left() + at, box.top() + at, size)

    def _paint_words(self, painter: QPainter) -> None:
        if self.party is None:
            return
        made, call = theme.tokens(), self.party.call
        left, high = theme.px(6 + FACE + 5), float(self.height())
        ink = made.con_warn if call.state is CallState.HELD else made.con_text2
        top = high / 2 if self._named else (high - theme.px(16)) / 2
        size = theme.px(13)
        glyph = _ICONS.get(call.state, "phone")
        icon.paint(painter, glyph, ink, left, round(top + (theme.px(16) - size) / 2), size)
        painter.setPen(ink)
        painter.setFont(theme.font(Role.CAP, tabular=True))
        middle = Qt.AlignmentFlag.AlignVCenter
        since = call.state_since or call.started_at
        passed = wording.duration((now() - since).total_seconds())
        wide = self.width() - left
        painter.drawText(QRectF(left + theme.px(15), top, wide, theme.px(16)), int(middle), passed)
        if self._named:
            painter.setPen(made.con_text if self._is_heard() else made.con_text2)
            painter.setFont(theme.font(Role.CAPB))
            cut = Qt.TextElideMode.ElideRight
            name = painter.fontMetrics().elidedText(self.text(), cut, theme.px(NAME))
            box = QRectF(left, high / 2 - theme.px(16), wide, theme.px(16))
            painter.drawText(box, int(middle), name)

    def _is_heard(self) -> bool:
        return self.party is not None and self.party.call.state is CallState.TALKING

    def _drops(self) -> bool:
        return self.party is not None and self.party.call.may(Act.DROP)


class OtherCalls(Ticking):
    """The faces in a row, as many as there are other calls; nothing without any."""

    chosen = Signal(str)
    drop_wanted = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("console.others")
        self.setAccessibleName(self.tr("Other calls"))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._faces: list[CallFace] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(theme.px(6))
        self.hide()

    def show_parties(self, parties: tuple[Party, ...], *, named: bool) -> None:
        """Show these, each in the same place as long as it is there."""
        while len(self._faces) < len(parties):
            self._faces.append(self._make())
        named = named and len(parties) <= MOST_NAMED
        for at, face in enumerate(self._faces):
            face.setVisible(at < len(parties))
            if at < len(parties):
                face.show_party(parties[at], named=named)
        self.setVisible(bool(parties))
        self.updateGeometry()

    def faces(self) -> tuple[CallFace, ...]:
        """The faces that are shown."""
        return tuple(face for face in self._faces if not face.isHidden())

    def second_passed(self) -> None:
        """Every time is a second longer."""
        for face in self.faces():
            face.update()

    def _make(self) -> CallFace:
        face = CallFace(self)
        face.clicked.connect(lambda: self._choose(face))
        face.drop_wanted.connect(self.drop_wanted)
        self._row.addWidget(face)
        return face

    def _choose(self, face: CallFace) -> None:
        if face.party is not None and face.party.call.may(Act.RESUME):
            self.chosen.emit(face.party.call.id)
