"""Who may be calling: one card for each match, and the search for other data.

The first card is taken with Enter; several matches are never chosen between by the program.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from agent_desktop.views.look import theme
from agent_desktop.views.look.theme import Role, Tone
from agent_desktop.views.widgets.enter_presses import EnterPresses
from agent_desktop.views.widgets.refill import refills
from agent_desktop.views.widgets.shapes import PillText, initials, paint_pill, pill_size
from agent_desktop.views.words import wording

if TYPE_CHECKING:
    from agent_desktop.models.account.caller import Candidate
    from agent_desktop.models.store.found import Hit
    from agent_desktop.views.widgets.field import SearchField

HEIGHT = 72


@dataclass(frozen=True, slots=True)
class CardText:
    """What one card says: a name, a pill, two lines, and what Enter would do."""

    name: str
    pill: str
    tone: Tone
    about: str
    why: str


class MatchCard(EnterPresses):
    """One match. Checked means chosen; arrow keys go from card to card."""

    def __init__(self, text: CardText, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = text
        self.hint = ""
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(", ".join((text.name, text.pill, text.about, text.why)))

    def sizeHint(self) -> QSize:
        return QSize(theme.px(240), theme.px(HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter chooses like a click; up and down walk through the cards."""
        key = event.key()
        if key == Qt.Key.Key_Down:
            self.focusNextChild()
        elif key == Qt.Key.Key_Up:
            self.focusPreviousChild()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter)
        middle = self.height() / 2
        face = theme.px(36)
        self._paint_face(painter, QRectF(theme.px(12), middle - face / 2, face, face))
        self._paint_text(painter, theme.px(60))

    def _paint_ground(self, painter: QPainter) -> None:
        tokens = theme.tokens()
        strong = self.isChecked() or self.hasFocus()
        painter.setPen(QPen(tokens.focus if strong else tokens.border, 2 if strong else 1))
        ground = tokens.hover if self.underMouse() else tokens.surface
        painter.setBrush(tokens.accent_soft if self.isChecked() else ground)
        inset = 1.0 if strong else 0.5
        around = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        painter.drawRoundedRect(around, theme.px(8), theme.px(8))

    def _paint_face(self, painter: QPainter, place: QRectF) -> None:
        tone = Tone.ACCENT if self.isChecked() else Tone.NEUTRAL
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.soft(tone))
        painter.drawEllipse(place)
        painter.setPen(theme.color(tone))
        painter.setFont(theme.font(Role.H3))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, initials(self._text.name))

    def _paint_text(self, painter: QPainter, left: int) -> None:
        tokens = theme.tokens()
        width = self.width() - left - theme.px(14)
        rows = [
            (self._text.name, Role.H3, tokens.text, 10),
            (self._text.about, Role.SMALL, tokens.text2, 29),
            (self._text.why, Role.SMALL, tokens.text3, 46),
        ]
        for text, role, colour, top in rows:
            painter.setFont(theme.font(role))
            painter.setPen(colour)
            place = QRectF(left, theme.px(top), width, theme.px(18))
            shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, width)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, shown)
        painter.setFont(theme.font(Role.H3))
        after = left + painter.fontMetrics().horizontalAdvance(self._text.name) + theme.px(10)
        if self._text.pill and after < self.width() - theme.px(90):
            pill = PillText(self._text.pill, self._text.tone)
            size = pill_size(pill)
            paint_pill(painter, QRectF(after, theme.px(9), size.width(), size.height()), pill)
        self._paint_hint(painter)

    def _paint_hint(self, painter: QPainter) -> None:
        if not self.hint or not (self.isChecked() or self.hasFocus()):
            return
        painter.setFont(theme.font(Role.CAP))
        width = painter.fontMetrics().horizontalAdvance(self.hint) + theme.px(12)
        height = theme.px(18)
        place = QRectF(
            self.width() - width - theme.px(14), (self.height() - height) / 2, width, height
        )
        tokens = theme.tokens()
        painter.setPen(QPen(tokens.border, 1))
        painter.setBrush(tokens.surface2)
        painter.drawRoundedRect(place, 4, 4)
        painter.setPen(tokens.text2)
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, self.hint)


class MatchList(QWidget):
    """The cards of one identification or of one search.

    `chosen(index)` tells which card was taken; cards of the same place are counted from 0.
    """

    chosen = Signal(int)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.cards: list[MatchCard] = []
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(8)

    def show_candidates(self, found: tuple[Candidate, ...]) -> None:
        """One card for each candidate, the best first."""
        self._show(tuple(_candidate_text(candidate) for candidate in found))

    def show_hits(self, hits: tuple[Hit, ...]) -> None:
        """One card for each hit of a search."""
        self._show(
            tuple(CardText(hit.title, hit.code, Tone.NEUTRAL, hit.detail, "") for hit in hits)
        )

    def walked_from(self, field: SearchField) -> None:
        """Enter in this field takes the first card, the arrow down goes to it."""
        field.taken.connect(self._take_first)
        field.moved.connect(self._enter_first)

    def _take_first(self) -> None:
        if self.cards:
            self.cards[0].click()

    def _enter_first(self, step: int) -> None:
        if self.cards and step > 0:
            self.cards[0].setFocus()

    def mark(self, index: int | None) -> None:
        """Show which card is chosen."""
        for place, card in enumerate(self.cards):
            card.setChecked(place == index)

    @refills("_rows")
    def _show(self, texts: tuple[CardText, ...]) -> None:
        self.cards = []
        for place, text in enumerate(texts):
            card = MatchCard(text, self)
            card.setObjectName(f"{self.objectName()}.{place}")
            card.hint = self.tr("Enter")
            card.clicked.connect(self._on_clicked)
            self.cards.append(card)
            self._rows.addWidget(card)

    def _on_clicked(self) -> None:
        place = self.cards.index(self.sender())  # type: ignore[arg-type]
        self.mark(place)
        self.chosen.emit(place)


def _candidate_text(candidate: Candidate) -> CardText:
    account, contact = candidate.account, candidate.contact
    is_other = contact is not None and contact.name != account.name
    name = contact.name if contact is not None and is_other else account.name
    # The card of a contact says already whose number it is.
    told = [why for why in candidate.reasons if not (is_other and why.code == "contact")]
    return CardText(
        name,
        wording.rank(candidate.rank),
        wording.rank_tone(candidate.rank),
        _about(candidate, contact is not None and is_other),
        wording.match_reasons(told),
    )


def _about(candidate: Candidate, is_contact: bool) -> str:
    number = wording.account_number(candidate.account.number)
    if is_contact and candidate.contact is not None:
        return wording.contact_of(candidate.contact.relation, number, candidate.account.name)
    parts = (wording.account_label(number), candidate.tax_id_masked, candidate.city)
    return " · ".join(part for part in parts if part)


def account_of(hit: Hit) -> UUID | None:
    """The account a hit leads to."""
    return hit.account_id or hit.id
