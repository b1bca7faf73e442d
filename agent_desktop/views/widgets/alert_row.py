"""What must be known before anything is said: at most three cards over the page's columns."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from agent_desktop.views.look import theme
from agent_desktop.views.look.theme import Role, Tone
from agent_desktop.views.widgets.button import Button, ButtonKind
from agent_desktop.views.widgets.refill import refills
from agent_desktop.views.widgets.shapes import IconLabel, Pill
from agent_desktop.views.widgets.text import Text, plain_tip

MOST_CARDS = 3


@dataclass(frozen=True, slots=True)
class AlertText:
    """One alert in words. `code` comes back with `verb_chosen`."""

    code: str
    title: str
    text: str = ""
    tone: Tone = Tone.BAD
    icon: str = "octagon-alert"
    verb: str = ""


class AlertRow(QWidget):
    """Alerts in the order given (life safety first). They never hide by themselves; a fourth
    folds into "+1"."""

    verb_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None, *, name: str = "alerts") -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(theme.px(10))
        self.hide()

    def show_alerts(self, alerts: tuple[AlertText, ...]) -> None:
        """Show these alerts; none hides the row."""
        self._fill(alerts)
        self.setVisible(bool(alerts))

    @refills("_row")
    def _fill(self, alerts: tuple[AlertText, ...]) -> None:
        for alert in alerts[:MOST_CARDS]:
            self._row.addWidget(_Card(alert, self), 1)
        if len(alerts) > MOST_CARDS:
            rest = Pill(f"+{len(alerts) - MOST_CARDS}", Tone.NEUTRAL, parent=self)
            more = "\n".join(alert.title for alert in alerts[MOST_CARDS:])
            rest.setToolTip(plain_tip(more))
            self._row.addWidget(rest)


class _Card(QWidget):
    """Icon, two lines, and the one verb."""

    def __init__(self, alert: AlertText, row: AlertRow) -> None:
        super().__init__(row)
        self._tone = alert.tone
        self.setObjectName(f"alert.{alert.code}")
        self.setAccessibleName(f"{alert.title}. {alert.text}")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumHeight(theme.px(44))
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(Text(alert.title, Role.H3, alert.tone, self, elide=True))
        if alert.text:
            words.addWidget(Text(alert.text, Role.SMALL, Tone.TEXT2, self, elide=True))
        line = QHBoxLayout(self)
        line.setContentsMargins(theme.px(11), theme.px(5), theme.px(4), theme.px(5))
        line.setSpacing(theme.px(10))
        line.addWidget(IconLabel(alert.icon, alert.tone, 18, self))
        line.addLayout(words, 1)
        if alert.verb:
            verb = Button(
                alert.verb, ButtonKind.GHOST, self, name=f"alert.{alert.code}.verb", small=True
            )
            verb.setAccessibleName(f"{alert.verb}: {alert.title}")
            verb.clicked.connect(lambda: row.verb_chosen.emit(alert.code))
            line.addWidget(verb)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the soft ground."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.soft(self._tone))
        painter.drawRoundedRect(QRectF(self.rect()), 7, 7)
