"""The states sheet: console and widgets in every state, as one picture a theme."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from agent_desktop.models.agent.state import AgentState, AgentStatus
from agent_desktop.telephony.call import Call, CallState, Direction, EndReason, Line, LineState
from agent_desktop.telephony.quality import Quality
from agent_desktop.telephony.sound import Sound
from agent_desktop.views.console.console import Console, ConsoleState, WrapUp
from agent_desktop.views.console.console_state import DoNotCallQuestion, Party
from agent_desktop.views.look.theme import Role, Tone
from agent_desktop.views.shell.commands import TABLE, Commands
from agent_desktop.views.shell.message_bar import MessageBar
from agent_desktop.views.shell.toast import Toasts
from agent_desktop.views.widgets.block import Block, BlockState
from agent_desktop.views.widgets.button import Button, ButtonKind
from agent_desktop.views.widgets.field import Field
from agent_desktop.views.widgets.shapes import Lamp, LampState, Pill
from agent_desktop.views.widgets.sla_clock import SlaClock, SlaDue
from agent_desktop.views.widgets.text import Text
from agent_desktop.views.widgets.type_ahead import Node

NOW = datetime.now(UTC)
LINE = Line(LineState.READY, "4102", "tls", 5061, sound=Sound.NATIVE, encrypted=True, engine="2.17")
CALL = Call(
    "c1",
    Direction.INBOUND,
    CallState.TALKING,
    "+5511987654321",
    NOW - timedelta(seconds=252),
    queue="Outages",
    menu_path="2 > 1",
    waited_seconds=67,
    answered_at=NOW - timedelta(seconds=252),
    encrypted=True,
)
QUESTION = DoNotCallQuestion(
    "+5511987654321", ("Marina Albuquerque",), "12.11.2026 no calls at work"
)
GOOD = Quality("opus", 4.2, 0.0, 41.0, 4.3)
POOR = Quality("PCMA", 61.0, 7.5, 180.0, 2.8)
PROTOCOL = "2026112100000174"


def ago(seconds: int) -> datetime:
    """A moment before the sheet was made."""
    return NOW - timedelta(seconds=seconds)


def in_state(state: CallState, **more: object) -> Call:
    """Marina's call in another state."""
    return replace(CALL, state=state, **more)  # type: ignore[arg-type]


def matched(view: ConsoleState) -> ConsoleState:
    """With a customer found, who has not answered yet."""
    return replace(view, name="Marina Albuquerque", protocol=PROTOCOL)


def verified(view: ConsoleState) -> ConsoleState:
    """With a customer who answered."""
    return replace(matched(view), verified=True)


def console_views() -> list[ConsoleState]:
    """Every state of the console with one call, in the order of a call's life."""
    ready = AgentStatus(AgentState.READY, ago(2530))
    talking = AgentStatus(AgentState.TALKING, ago(252))
    hold = AgentStatus(AgentState.HOLD, ago(25), next_state=AgentState.NOT_READY)
    rings = in_state(CallState.RINGING, started_at=ago(7), answered_at=None)
    ended = in_state(CallState.ENDED, ended_at=ago(38), end_reason=EndReason.HUNG_UP_THERE)
    wraps = AgentStatus(AgentState.WRAP_UP, ago(38))
    dials = Call("c2", Direction.OUTBOUND, CallState.DIALLING, "+551132229000", ago(4))
    failed = Line(LineState.FAILED, "4102", "tls", code="sip_403")
    silent = Line(LineState.READY, "4102", "udp")
    broken = AgentStatus(AgentState.NOT_READY, ago(400), "lunch")
    return [
        ConsoleState(ready, LINE, waiting_calls=7, longest_seconds=222),
        matched(ConsoleState(ready, LINE, ringing=rings)),
        matched(ConsoleState(talking, LINE, call=CALL)),
        verified(ConsoleState(talking, LINE, call=CALL, quality=GOOD)),
        verified(ConsoleState(hold, LINE, call=in_state(CallState.HELD), reason="o.c")),
        verified(ConsoleState(talking, LINE, call=in_state(CallState.TALKING, muted=True))),
        verified(ConsoleState(wraps, LINE, call=ended, reason="o.c", wrap_up=WrapUp(ago(38), 90))),
        ConsoleState(talking, LINE, call=dials),
        ConsoleState(ready, failed),
        ConsoleState(broken, silent, not_ready_words="Lunch"),
    ]


TALKING = AgentStatus(AgentState.TALKING, ago(252))
HOLD = AgentStatus(AgentState.HOLD, ago(25))
HELD_CALL = in_state(CallState.HELD, state_since=ago(31))
ASKS = Call(
    "c3",
    Direction.OUTBOUND,
    CallState.DIALLING,
    "6002",
    ago(9),
    state_since=ago(9),
    consult_for="c1",
)
ASKED = replace(ASKS, state=CallState.TALKING, answered_at=ago(5), state_since=ago(5))
MARINA = Party(HELD_CALL, "Marina Albuquerque", True)
PAULO = Party(ASKED, "Paulo Reis", True)


def several_views() -> dict[str, ConsoleState]:
    """States with more than one call, by name."""
    talks = verified(ConsoleState(TALKING, LINE, call=CALL))
    joined = replace(ASKED, consult_for="", in_conference=True)
    member = in_state(CallState.TALKING, in_conference=True, state_since=ago(31))
    third = replace(joined, id="c4", number="+551132229000", started_at=ago(3))
    rings = in_state(CallState.RINGING, id="c6", number="+5511955550102", started_at=ago(7))
    asks = replace(talks, agent=HOLD, call=ASKS, name="", verified=False, others=(MARINA,))
    asked = replace(talks, call=ASKED, name="Paulo Reis", others=(MARINA,))
    waits = replace(HELD_CALL, id="c5", number="+5511955550101", encrypted=False)
    handed = in_state(CallState.TRANSFERRING)
    in_it = Party(joined, "Paulo Reis", True)
    return {
        "asking": asks,
        "asked": asked,
        "swapped": replace(talks, others=(replace(PAULO, call=_held(ASKED)),)),
        "handing over": replace(talks, call=handed, handing_to="6002", protocol=""),
        "conference": replace(talks, call=member, others=(in_it,)),
        "conference of four": replace(talks, call=member, others=(in_it, Party(third))),
        "second call": replace(
            talks, ringing=rings, ringing_name="Padaria Estrela", also_ringing=2
        ),
        "second call while asking": replace(asked, ringing=rings),
        "two calls": replace(talks, others=(Party(waits, "Padaria Estrela", True),)),
        "four calls": replace(
            talks,
            others=(
                Party(waits, "Padaria Estrela", True),
                Party(replace(waits, id="c8", number="+5511955550103")),
                Party(replace(waits, id="c9", number="+5511955550104"), "Joana Lima"),
            ),
        ),
    }


def odd_views() -> dict[str, ConsoleState]:
    """Calls in trouble and the line's news, by name."""
    talks = verified(ConsoleState(TALKING, LINE, call=CALL))
    ready = AgentStatus(AgentState.READY, ago(99))
    wraps = AgentStatus(AgentState.WRAP_UP, ago(4))
    unknown = AgentStatus(AgentState.UNKNOWN, ago(12), next_state=AgentState.READY)
    lost = in_state(CallState.TALKING, media_lost=True)
    there = in_state(CallState.TALKING, held_there=True)
    early = replace(ASKS, number="+551132229000", consult_for="", early_media=True)
    auto = in_state(CallState.RINGING, started_at=ago(0), answered_at=None)
    busy = replace(ASKS, state=CallState.ENDED, consult_for="", end_reason=EndReason.BUSY)
    offered = AgentStatus(AgentState.OFFERED, ago(0))
    wrap_up = WrapUp(ago(4), 60)
    return {
        "media lost": replace(talks, call=lost, quality=POOR),
        "held there": replace(talks, call=there),
        "early media": ConsoleState(ready, LINE, call=early),
        "answers itself": matched(ConsoleState(offered, LINE, ringing=auto, answers_after=1.0)),
        "asked not to be called": ConsoleState(ready, LINE, question=QUESTION),
        "messages": ConsoleState(ready, replace(LINE, mailbox="*97", new_messages=2)),
        "not connected": ConsoleState(unknown, Line(LineState.STARTING, "4102", "tls")),
        "busy": verified(ConsoleState(wraps, LINE, call=busy, wrap_up=wrap_up)),
    }


def _held(call: Call) -> Call:
    return replace(call, state=CallState.HELD, state_since=ago(12))


REASONS = (Node("o", "Outage reported"), Node("o.c", "crew sent", "o"))


def known_commands(window: QWidget) -> Commands:
    """Commands that are carried out by nobody, so that their keys are shown."""
    made = Commands(window)
    for command in TABLE:
        if command.id.startswith("call.") and command.id != "call.dial":
            made.on(command.id, lambda: None)
    for command_id in ("wrap_up.finish", "wrap_up.more", "agent.ready"):
        made.on(command_id, lambda: None)
    return made


class Sheet(QWidget):
    """All of it below each other."""

    def __init__(self) -> None:
        super().__init__()
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(20, 14, 20, 20)
        self.column.setSpacing(8)
        self._consoles()
        self._buttons()
        self._fields()
        self._states()
        self._blocks()
        self._messages()
        self.setAutoFillBackground(True)

    def _title(self, words: str) -> None:
        self.column.addSpacing(6)
        self.column.addWidget(Text(words, Role.H3, parent=self))

    def _row(self, *parts: QWidget, gap: int = 10, end: bool = True) -> None:
        row = QHBoxLayout()
        row.setSpacing(gap)
        for part in parts:
            row.addWidget(part)
        if end:
            row.addStretch()
        self.column.addLayout(row)

    def _consoles(self) -> None:
        self._title("Console: idle, ringing, talking, on hold, muted, wrap-up, dialling, failed")
        for view in console_views():
            self._console(view)
        for name, view in (several_views() | odd_views()).items():
            self.column.addWidget(Text(name, Role.CAP, Tone.TEXT2, self))
            self._console(view)

    def _console(self, view: ConsoleState) -> None:
        console = Console(known_commands(self), self)
        console.set_reasons(REASONS)
        console.show_view(view)
        console._commands.set_enabled("call.answer", True)
        self.column.addWidget(console)

    def _buttons(self) -> None:
        self._title("Buttons")
        off = Button("Disabled", parent=self)
        off.set_off("Nothing to do")
        self._row(
            Button("Primary", ButtonKind.PRIMARY, self),
            Button("Default", parent=self),
            Button("Soft", ButtonKind.SOFT, self),
            Button("Ghost", ButtonKind.GHOST, self),
            Button("Delete", ButtonKind.DANGER, self),
            off,
            Button("Resolve", ButtonKind.PRIMARY, self, icon_name="check", key="Ctrl+⇧+Enter"),
            Button("Saving…", ButtonKind.SOFT, self, icon_name="loader"),
        )

    def _fields(self) -> None:
        self._title("Fields: required, error, merge conflict, read-only")
        email = Field("E-mail", self, name="f.email", required=True)
        email.set_value("marina.a@correio.ex")
        cpf = Field("CPF", self, name="f.cpf", required=True)
        cpf.set_value("123.456.789-00")
        cpf.show_error("Check digit is wrong")
        phone = Field("Phone", self, name="f.phone")
        phone.set_value("+55 11 98765-4321")
        phone.show_conflict("Changed by P. Reis 09:12")
        erp = Field("From ERP", self, name="f.erp", read_only=True)
        erp.set_value("MARINA ALB")
        kind = Field("Kind", self, name="f.kind", choices=[("d", "Demand"), ("c", "Complaint")])
        self._row(email, cpf, phone, erp, kind, gap=12, end=False)

    def _states(self) -> None:
        self._title("Status")
        self._row(
            Pill("In work", Tone.ACCENT),
            Pill("2nd level", Tone.VIOLET, "arrow-up-right"),
            Pill("Solved", Tone.OK, "check"),
            Pill("At risk", Tone.WARN, "timer"),
            Pill("Breached", Tone.BAD, "circle-alert"),
            Pill("Closed"),
            Lamp(LampState.ACTIVE, "Active ERP", parent=self),
            Lamp(LampState.NOT_INTEGRATED, "Not integrated ERP", parent=self),
            Lamp(LampState.INACTIVE, "Inactive ERP", parent=self),
            *(
                SlaClock(SlaDue(NOW + timedelta(minutes=left), NOW - timedelta(minutes=60)), self)
                for left in (348, 45, 12, -7)
            ),
        )

    def _blocks(self) -> None:
        self._title("Blocks: empty, loading, error with old copy, waiting to sync, masked")
        empty = Block("tickets", "Open tickets", "ticket", self)
        empty.set_count(0)
        empty.show_empty("No open tickets", "The last one closed on 12 Nov", "New ticket")
        loading = Block("orders", "Service orders", "wrench", self)
        loading._show(BlockState.LOADING)
        error = Block("contracts", "Contracts", "plug", self)
        error.show_error("ERP did not answer in 5 s", "Showing the copy from 08:40")
        waiting = Block("interactions", "Interactions", "history", self)
        waiting.show_waiting(3)
        masked = Block("bills", "Bills", "receipt-text", self)
        masked.show_masked("Ask two questions first.")
        self._row(empty, loading, error, waiting, masked, gap=12, end=False)

    def _messages(self) -> None:
        self._title("Message bar and toast")
        bar = MessageBar(self)
        bar.show_message(
            "offline",
            "Central database not reachable since 09:31. Calls work. 3 changes are kept.",
            verb="Details",
        )
        toasts = Toasts(self)
        toasts.say("Ticket TK-20431 created", undo=lambda: None)
        self._row(bar, toasts, gap=12, end=False)
