"""The agent's calls as a table: which way, with whom, when, how long, how it ended and sounded."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from agent_desktop.desk.call_ending import ending
from agent_desktop.models.interaction.call_log import is_missed
from agent_desktop.models.interaction.record import InteractionDirection
from agent_desktop.telephony.call import Call, CallState, Direction, EndReason
from agent_desktop.views.look.theme import Tone
from agent_desktop.views.widgets.block import Block
from agent_desktop.views.widgets.button import Button, ButtonKind
from agent_desktop.views.widgets.rows import Align, Cell, Column, Link, Row, RowsTable, Styled
from agent_desktop.views.words import wording

if TYPE_CHECKING:
    from agent_desktop.models.interaction.call_log import LoggedCall
    from agent_desktop.models.interaction.record import InteractionCall

#: From which score on a call sounded good, and fair (ITU-T G.109: R 80 and 70).
GOOD_FROM, FAIR_FROM = 4.03, 3.6


@dataclass(frozen=True, slots=True)
class EmptyWords:
    """What the list says when it is empty."""

    title: str
    text: str = ""


class CallListBlock(Block):
    """Calls, newest first. `opened(LoggedCall)` is Enter or a double click, `more_requested`
    asks for older ones; `marked(LoggedCall)` tells which the verbs mean."""

    opened = Signal(object)
    marked = Signal(object)
    more_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("calls", "", "phone-call", parent, flush=True)
        self.set_title(self.tr("Calls"))
        columns = (
            Column("way", self.tr("Call"), 116),
            Column("who", self.tr("With")),
            Column("number", self.tr("Number"), 160),
            Column("queue", self.tr("Queue"), 104),
            Column("when", self.tr("When"), 122),
            Column("lasted", self.tr("Length"), 72, Align.RIGHT),
            Column("end", self.tr("How it ended"), 224),
            Column("sound", self.tr("Sound"), 92),
        )
        self.table = RowsTable(columns, self, name="calls.table", most_rows=1000)
        self.table.setAccessibleName(self.tr("Calls"))
        self.table.row_opened.connect(self._on_opened)
        self.table.row_marked.connect(self._on_marked)
        self._more = Button(self.tr("Show older"), ButtonKind.GHOST, self, name="calls.more")
        self._more.clicked.connect(self.more_requested)
        self._calls: dict[UUID, LoggedCall] = {}
        self.body.addWidget(self.table)
        self.body.addWidget(self._more)

    def show_calls(
        self,
        calls: Sequence[LoggedCall],
        *,
        new: Collection[UUID] = (),
        has_more: bool = False,
        empty: EmptyWords,
    ) -> None:
        """Show these calls; `new` ones stand out as not seen before."""
        self._calls = {one.call.id: one for one in calls}
        self._more.setVisible(has_more)
        if not calls:
            self.show_empty(empty.title, empty.text)
            return
        self.show_ready()
        self.table.set_rows([self._row(one, one.call.id in new) for one in calls])
        if self.table.marked() is None:
            self.table.mark(calls[0].call.id)

    def selected(self) -> LoggedCall | None:
        """The marked call; None in an empty list."""
        key = self.table.marked()
        return self._calls.get(key) if isinstance(key, UUID) else None

    # -- a row ------------------------------------------------------------------------------
    def _row(self, one: LoggedCall, is_new: bool) -> Row:
        call = one.call
        cells: tuple[Cell, ...] = (
            self._way(call, is_new),
            self._who(one, is_new),
            one.number or self.tr("withheld"),
            Styled(call.queue, Tone.TEXT2),
            Styled(wording.moment(call.started_at), Tone.TEXT2),
            _length(call),
            Styled(self._end_words(call), _end_tone(call)),
            self._sound(call),
        )
        return Row(call.id, cells, self._tip(one))

    def _way(self, call: InteractionCall, is_new: bool) -> Cell:
        """Which way the call went: an icon and the word for it."""
        if is_missed(call):
            return Styled(self.tr("Missed"), Tone.BAD, bold=is_new, icon="phone-missed")
        if call.direction is InteractionDirection.OUTBOUND:
            return Styled(self.tr("Outbound"), Tone.TEXT2, icon="phone-outgoing")
        return Styled(self.tr("Inbound"), Tone.TEXT2, icon="phone-incoming")

    def _who(self, one: LoggedCall, is_new: bool) -> Cell:
        """A name that is a fact can be clicked; a match says that it is one. On a missed call
        nothing is a link: opening its row dials."""
        if one.is_sure and not is_missed(one.call):
            return Link(one.account_name)
        if one.is_sure:
            return Styled(one.account_name, bold=is_new)
        if one.account_name:
            words = self.tr("{name} (matches)").format(name=one.account_name)
            return Styled(words, bold=is_new)
        called = one.call.direction is InteractionDirection.OUTBOUND
        nobody = self.tr("Unknown") if called else self.tr("Unknown caller")
        words = one.colleague or one.call.display_name or nobody
        return Styled(words, Tone.TEXT if one.colleague else Tone.TEXT2, bold=is_new)

    def _end_words(self, call: InteractionCall) -> str:
        if call.ended_at is None:
            return self.tr("still going on")
        if is_missed(call) and call.started_at is not None:
            rang = wording.duration((call.ended_at - call.started_at).total_seconds())
            return self.tr("Not answered within {time}").format(time=rang)
        how = _how_it_ended(call)
        words = wording.term("call_end", how) if how else ""
        return f"{words} → {call.transferred_to}" if call.transferred_to else words

    def _sound(self, call: InteractionCall) -> Cell:
        """The score with a word; nothing where nothing was measured."""
        if call.mos <= 0:
            return ""
        if call.mos >= GOOD_FROM:
            word, tone = self.tr("good"), Tone.TEXT2
        elif call.mos >= FAIR_FROM:
            word, tone = self.tr("fair"), Tone.TEXT2
        else:
            word, tone = self.tr("poor"), Tone.WARN
        return Styled(f"{wording.quantity(round(call.mos * 10) * 100)} {word}", tone)

    def _tip(self, one: LoggedCall) -> str:
        """What the row leaves out: what the telephone said of the caller, and the figures."""
        call = one.call
        parts = [call.display_name if one.account_name else ""]
        if call.mos > 0:
            parts.append(
                self.tr("{codec}, jitter {jitter} ms, loss {loss} %, delay {delay} ms").format(
                    codec=call.codec,
                    jitter=round(call.jitter_ms),
                    loss=wording.quantity(round(call.lost_percent * 1000)),
                    delay=round(call.delay_ms),
                )
            )
        return "\n".join(part for part in parts if part)

    def _on_opened(self, key: object) -> None:
        if isinstance(key, UUID) and key in self._calls:
            self.opened.emit(self._calls[key])

    def _on_marked(self, key: object) -> None:
        if isinstance(key, UUID) and key in self._calls:
            self.marked.emit(self._calls[key])


def _length(call: InteractionCall) -> str:
    """How long was talked; nothing for a call nobody answered."""
    if call.answered_at is None or call.ended_at is None:
        return ""
    return wording.duration((call.ended_at - call.answered_at).total_seconds())


def _how_it_ended(call: InteractionCall) -> str:
    """The code of a call's end, as for calls that have just ended."""
    known = {reason.value: reason for reason in EndReason}
    reason = known.get(call.end_reason)
    if reason is None or call.started_at is None:
        return ""
    is_outbound = call.direction is InteractionDirection.OUTBOUND
    way = Direction.OUTBOUND if is_outbound else Direction.INBOUND
    return ending(
        Call(
            str(call.id), way, CallState.ENDED, call.number, call.started_at, queue=call.queue,
            answered_at=call.answered_at, end_reason=reason, end_status=call.end_status,
        )
    )  # fmt: skip


def _end_tone(call: InteractionCall) -> Tone:
    """Red is for what a customer is waiting for."""
    if is_missed(call):
        return Tone.BAD
    return Tone.WARN if call.end_reason in ("lost", "failed") else Tone.TEXT2
