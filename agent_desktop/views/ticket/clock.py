"""Service level of a ticket: was the first answer in time, and how long is left to solve it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from agent_desktop.models.rules import sla
from agent_desktop.models.rules.sla import Clock, Level
from agent_desktop.views.look import theme
from agent_desktop.views.look.theme import Role, Tone
from agent_desktop.views.widgets.block import Block
from agent_desktop.views.widgets.layout import boxed, row
from agent_desktop.views.widgets.shapes import Hairline, IconLabel
from agent_desktop.views.widgets.text import Text
from agent_desktop.views.widgets.ticker import Ticking, site_now
from agent_desktop.views.words import wording

if TYPE_CHECKING:
    from agent_desktop.models.ticket.values import TicketView

TONES = {Level.SAFE: Tone.OK, Level.RISK: Tone.WARN, Level.BAD: Tone.BAD, Level.OVER: Tone.BAD}
#: The source of rules no law has made.
OF_THE_COMPANY = "company"
#: Marks on the track, as shares of the time that has passed.
MARKS = (0.50, 0.75, 0.90)


class ClockTrack(Ticking):
    """The time left in large figures, and a track of the time passed with its marks."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._clock: Clock | None = None
        self._label = ""
        self._under = ""

    def show_clock(self, clock: Clock, label: str, under: str) -> None:
        """Show a clock with what it is for, and when it is due."""
        self._clock, self._label, self._under = clock, label, under
        self.second_passed()

    def second_passed(self) -> None:
        """Tell the value in words as well."""
        if self._clock is not None:
            left = wording.countdown(sla.remaining(self._clock, site_now()).total_seconds())
            words = self.tr("{label}: {left} left").format(label=self._label, left=left)
            self.setAccessibleName(words)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(240), theme.px(84))

    def paintEvent(self, _event: QPaintEvent) -> None:
        clock = self._clock
        if clock is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        at = site_now()
        tone = Tone.NEUTRAL if clock.is_paused else TONES[sla.level(clock, at)]
        if clock.stopped_at is not None:
            tone = Tone.OK if clock.stopped_at <= clock.due_at else Tone.BAD
        self._paint_words(painter, clock, at, tone)
        self._paint_track(painter, sla.share_left(clock, at), tone)

    def _paint_words(self, painter: QPainter, clock: Clock, at: datetime, tone: Tone) -> None:
        painter.setFont(theme.font(Role.BODY))
        painter.setPen(theme.color(Tone.TEXT))
        painter.drawText(QRectF(0, theme.px(4), self.width(), theme.px(18)), self._label)
        painter.setFont(theme.font(Role.SMALL))
        painter.setPen(theme.color(Tone.TEXT2))
        painter.drawText(QRectF(0, theme.px(23), self.width(), theme.px(16)), self._under)
        painter.setFont(theme.font(Role.KPI, tabular=True))
        painter.setPen(theme.color(tone))
        left = wording.countdown(sla.remaining(clock, at).total_seconds())
        flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(0, 0, self.width(), theme.px(42)), flags, left)

    def _paint_track(self, painter: QPainter, left: float, tone: Tone) -> None:
        tokens = theme.tokens()
        top, high = theme.px(48), theme.px(9)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tokens.neutral_soft)
        painter.drawRoundedRect(QRectF(0, top, self.width(), high), high / 2, high / 2)
        painter.setBrush(theme.fill(tone))
        passed = max(float(high), self.width() * (1 - left))
        painter.drawRoundedRect(QRectF(0, top, passed, high), high / 2, high / 2)
        painter.setFont(theme.font(Role.CAP))
        for mark in MARKS:
            x = self.width() * mark
            painter.fillRect(QRectF(x, top - 2, 2, high + 4), tokens.text2)
            painter.setPen(theme.color(Tone.TEXT2))
            place = QRectF(x - theme.px(20), top + high + 4, theme.px(40), theme.px(14))
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, wording.percent(mark))


class TicketClockBlock(Block):
    """First response, resolution, and the rule of law behind it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("service_level", "", "timer", parent)
        self.set_title(self.tr("Service level"))
        self._icon = IconLabel("circle-check", Tone.OK, 17)
        self._told = Text("", Role.SMALL, Tone.TEXT2)
        self._response = boxed(
            row(self._icon, Text(self.tr("First response"), Role.BODY), None, self._told)
        )
        self.track = ClockTrack(self)
        self._pause = Text("", Role.SMALL, Tone.TEXT2, wrap=True)
        self._law = Text("", Role.SMALL, Tone.TEXT2, wrap=True, name="service_level.law")
        for part in (self._response, Hairline(self), self.track, self._pause, self._law):
            self.body.addWidget(part)

    def show_view(self, view: TicketView) -> None:
        """Show the clocks of a ticket."""
        self._show_response(view.clocks.response)
        clock = view.clocks.resolution
        self.track.setVisible(clock is not None)
        if clock is not None:
            due = self.tr("due {moment}").format(moment=wording.moment(clock.due_at))
            if clock.stopped_at is not None:
                due = self.tr("ended {moment}").format(moment=wording.moment(clock.stopped_at))
            self.track.show_clock(clock, self.tr("Resolution"), due)
        paused = clock.paused_at if clock and clock.is_paused else None
        words = self.tr("Paused since {moment}, waiting for the customer")
        self._pause.say(words.format(moment=wording.moment(paused)))
        self._pause.setVisible(paused is not None)
        self._show_law(view)

    def _show_response(self, clock: Clock | None) -> None:
        self._response.setVisible(clock is not None)
        if clock is None:
            return
        if clock.stopped_at is None:
            over = sla.remaining(clock, site_now()).total_seconds() < 0
            self._icon.set(
                "circle-alert" if over else "circle-dot", Tone.BAD if over else Tone.TEXT2
            )
            self._told.say(self.tr("due {moment}").format(moment=wording.moment(clock.due_at)))
            return
        met = clock.stopped_at <= clock.due_at
        took = wording.countdown((clock.stopped_at - clock.started_at).total_seconds())
        words = self.tr("met in {time}") if met else self.tr("late, after {time}")
        self._icon.set("circle-check" if met else "circle-x", Tone.OK if met else Tone.BAD)
        self._told.set_tone(Tone.OK if met else Tone.BAD)
        self._told.say(words.format(time=took))

    def _show_law(self, view: TicketView) -> None:
        rule = view.clocks.rule
        self._law.setVisible(rule is not None)
        if rule is not None:
            sure = {
                "law": self.tr("law text"),
                "secondary": self.tr("from secondary sources"),
            }.get(rule.standing.value, self.tr("to be checked"))
            own = self.tr("Target of the company")
            self._law.say(own if rule.source == OF_THE_COMPANY else f"{rule.source} · {sure}")
