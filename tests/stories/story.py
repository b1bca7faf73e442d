"""Words for stories of the whole program: a desk with its agent, the customers, the centre.

A story reads as it would be told: `desk.rings_from(MARINA)`, `desk.answers()`,
`centre.goes_down()`, `desk.writes_ticket("No supply")`. Behind each word are real keys, a real
phone process, a real customer who calls, and a real database.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import psycopg
from psycopg.conninfo import conninfo_to_dict
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTableView,
    QWidget,
)

from agent_desktop.central import database
from agent_desktop.central.postgres import Cluster
from agent_desktop.demo.caller_control import DemoCustomer
from agent_desktop.demo.callers import CALLERS, RITA, Agent, Caller, CallerKind
from agent_desktop.demo.first_call import FirstCall, demo_settings
from agent_desktop.desk.session import PageKind, Session
from agent_desktop.models.agent.state import AgentState
from agent_desktop.settings import Settings
from agent_desktop.system.credentials import Keyring
from agent_desktop.telephony.call import Call, CallState
from agent_desktop.views.shell.sign_in import SignInRequest
from agent_desktop.views.shell.work_area import GUARD_MS
from agent_desktop.views.widgets.shapes import Drawn
from tests.rings import MemoryRing

#: The callers of stories by what is special about them.
MARINA = CALLERS[CallerKind.KNOWN]
ANTONIA = CALLERS[CallerKind.LIFE_SUPPORT]
PADARIA = CALLERS[CallerKind.COMPANY]
PEDRO = CALLERS[CallerKind.SHARED]
STRANGER = CALLERS[CallerKind.UNKNOWN]
NAMES = {
    CallerKind.KNOWN: "Marina Albuquerque",
    CallerKind.LIFE_SUPPORT: "Antônia Ribeiro",
    CallerKind.COMPANY: "Padaria Estrela Ltda",
    CallerKind.RUSSIAN: "Ольга Петрова",
}

W = TypeVar("W", bound=QWidget)


@dataclass(slots=True)
class Centre:
    """The centre of one story: a database of its own in a server that can be switched off."""

    cluster: Cluster
    name: str

    @property
    def dsn(self) -> str:
        """How its superuser connects."""
        return self.cluster.dsn(self.name)

    @property
    def server(self) -> str:
        """What an agent types on the sign-in page."""
        parts = conninfo_to_dict(self.dsn)
        return f"{parts['host']}:{parts['port']}/{self.name}"

    def goes_down(self) -> None:
        """The server is switched off."""
        self.cluster.stop()

    def comes_back(self) -> None:
        """The server is there again, at the same address."""
        self.cluster.start()

    def does(self, statement: str, *values: object) -> None:
        """An administrator does something by hand."""
        with database.connect(self.dsn) as centre:
            centre.execute(statement.encode(), values)

    def asked(self, query: str, *values: object) -> Any:
        """The first row, or its only value; None if there is none."""
        with psycopg.connect(self.dsn) as centre:
            row = centre.execute(query.encode(), values).fetchone()
        return row[0] if row is not None and len(row) == 1 else row

    def asked_all(self, query: str, *values: object) -> list[Any]:
        """The first column of all rows."""
        with psycopg.connect(self.dsn) as centre:
            return [row[0] for row in centre.execute(query.encode(), values)]

    def count(self, table: str, **columns: object) -> int:
        """How many rows of a table of crm have these values."""
        where = " and ".join(f"{name} = %s" for name in columns) or "true"
        query = f"select count(*) from crm.{table} where {where}"
        return int(self.asked(query, *columns.values()))

    def has_ticket(self, number: str) -> bool:
        """Whether the ticket of that number stands there, once."""
        return self.count("ticket", number=number) == 1


@dataclass
class Computer:
    """One workstation: its folder, its keyring and its profile outlive the program."""

    folder: Path
    server: str
    agent: Agent = RITA
    ring: Keyring | None = field(default_factory=MemoryRing)
    profile: str = field(default_factory=lambda: f"s{uuid4().hex[:8]}")
    is_demo: bool = True

    @property
    def settings(self) -> Settings:
        """The settings of this computer's only user."""
        return replace(
            demo_settings(self.folder, self.server, self.agent),
            profile=self.profile,
            accepts_loopback_calls=self.is_demo,
        )


class Desk:
    """One agent at one computer with the real program in a real window."""

    def __init__(self, computer: Computer, customer: DemoCustomer | None) -> None:
        self.computer = computer
        self.customer = customer
        self._road: FirstCall | None = None
        self._counted_from = 0

    # -- what stories may look into ---------------------------------------------------------
    @property
    def road(self) -> FirstCall:
        """The walk through the program; only while it is open."""
        assert self._road is not None, "the program is not open"
        return self._road

    @property
    def session(self) -> Session:
        """The session in front."""
        return self.road.session

    @property
    def protocol(self) -> str:
        """The protocol number of the contact in front."""
        interaction = self.session.interaction
        return interaction.protocol if interaction is not None else ""

    @property
    def agent_state(self) -> AgentState:
        """What the agent is doing as the contact centre counts it."""
        return self.road.shift.desk.agent.state

    @property
    def call_state(self) -> CallState | None:
        """The state of the newest call of the session in front; None without a call."""
        call = self.session.last_call
        return call.state if call is not None else None

    @property
    def calls(self) -> tuple[Call, ...]:
        """The live calls of this desk's phone, oldest first."""
        return self.road.shift.phone.calls()

    def overdue(self, session_id: str) -> bool:
        """Whether the wrap-up of a session has lasted longer than it may."""
        session = self.road.shift.desk.session(session_id)
        if session is None or session.wrap_up_since is None:
            return False
        lasted = datetime.now(UTC) - session.wrap_up_since
        return lasted.total_seconds() > session.wrap_up_seconds

    @property
    def window(self) -> QWidget:
        """The window of this desk."""
        return self.road.app.window

    @property
    def header(self) -> str:
        """How the header says this desk stands to the centre."""
        return self.part("header.sync", QLabel).text()

    @property
    def message(self) -> str:
        """What the sign-in page says went wrong; empty if nothing."""
        problem = self.road.app.sign_in.failure()
        return problem if self.part("sign_in.problem", QLabel).isVisible() else ""

    def part(self, name: str, kind: type[W] = QWidget) -> W:  # type: ignore[assignment]
        """A visible part of the window by its object name."""
        found = [one for one in self.window.findChildren(kind, name) if one.isVisible()]
        if not found:
            found = self.window.findChildren(kind, name)
        assert found, f"there is no {name}"
        return found[0]

    def text_in(self, name: str) -> str:
        """What stands in a field."""
        editor: QWidget = self.part(name)
        if isinstance(editor, QPlainTextEdit):
            return editor.toPlainText()
        assert isinstance(editor, QLineEdit | QLabel)
        return editor.text()

    # -- the program ------------------------------------------------------------------------
    def opens(self) -> Desk:
        """Start the program, up to the sign-in page."""
        port = self.customer.port if self.customer is not None else 0
        settings = replace(self.computer.settings, dial_to=f"127.0.0.1:{port}" if port else "")
        self._road = FirstCall(settings, self.computer.agent, self.computer.ring)
        self._road.customer = self.customer
        self._road.open_program()
        self._counted_from = 0
        return self

    def signs_in(self, password: str = "") -> Desk:
        """Sign in, with or without the centre, and wait for the telephone line."""
        if self.computer.is_demo:
            self.road.sign_in(password)
            return self
        agent = self.computer.agent
        self.road.app.enter(SignInRequest(self.computer.server, agent.user_name, agent.password))
        self.waits(lambda: self.is_signed_in, "signed in, without a telephone")
        return self

    def tries_to_sign_in(self, user: str = "", password: str = "", server: str = "") -> str:
        """Sign in with something that will not do; what the page says about it."""
        computer = self.computer
        request = SignInRequest(
            server or computer.server,
            user or computer.agent.user_name,
            password or computer.agent.password,
        )
        self.road.app.enter(request)
        self.waits(lambda: self.message or self.road.app.shift, "an answer to the sign-in")
        assert self.road.app.shift is None, "it let me in"
        return self.message

    def is_in_sync(self, seconds: float = 60.0) -> Desk:
        """Wait until the centre has everything, and this desk too."""
        self.road.wait_in_sync(seconds)
        return self

    def is_offline(self) -> Desk:
        """Wait until the desk has noticed that the centre is away."""
        self.waits(lambda: self.road.shift.sync.state.value == "offline", "offline")
        return self

    def tries_the_centre(self) -> Desk:
        """Do not wait out the pause: look for the centre now."""
        self.road.shift.sync_now()
        return self

    def closes(self) -> None:
        """End the program in order."""
        if self._road is None:
            return
        road, self._road = self._road, None
        road.customer = None  # the customer is everybody's
        road.close()
        road.app.window.deleteLater()
        road.app.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)

    def restarts(self) -> Desk:
        """End the program and start it again on the same computer, up to the sign-in page."""
        self.closes()
        return self.opens()

    # -- hands and eyes ---------------------------------------------------------------------
    def begins_count(self) -> None:
        """From now on keys are counted."""
        self._counted_from = len(self.road.gui.pressed)

    @property
    def keys_pressed(self) -> int:
        """Keys and chords since `begins_count`; typed text does not count."""
        return len(self.road.gui.pressed) - self._counted_from

    def turns_to(self) -> None:
        """The agent looks at this desk: its window is the one that gets keys."""
        if not self.window.isActiveWindow():
            self.window.raise_()
            self.window.activateWindow()
            self.waits(self.window.isActiveWindow, "the window in front")

    def presses(self, *keys: str) -> None:
        """Press keys or chords, each counted."""
        self.turns_to()
        self.road.gui.press(*keys)

    def types(self, text: str) -> None:
        """Type into whatever has the caret."""
        self.turns_to()
        self.road.gui.type(text)

    def types_into(self, name: str, text: str) -> None:
        """Replace what stands in a field by typing over it."""
        self.turns_to()
        editor: QWidget = self.part(name)
        editor.setFocus()
        self.waits(lambda: self.focus == name, f"the caret in {name}, not {self.focus}")
        QTest.keyClick(editor, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        self.road.gui.type(text)

    def clicks(self, name: str) -> None:
        """Click a button by its object name."""
        self.turns_to()
        self.waits(lambda: self.part(name).isVisible(), f"the button {name}")
        QTest.mouseClick(self.part(name), Qt.MouseButton.LeftButton)
        QCoreApplication.processEvents()

    @property
    def focus(self) -> str:
        """The object name of the widget that has the keyboard."""
        return self.road.gui.focus_name

    def waits(self, seen: Callable[[], object], what: str, seconds: float = 20.0) -> None:
        """Wait until something is so."""
        hands = self.road.gui
        hands.wait(seen, what, seconds)

    def waits_for_quiet(self) -> None:
        """Wait until nothing is done in the background and keys are taken."""
        shift = self.road.shift
        self.waits(lambda: self.road.app.background.is_idle, "nothing is being done", 40)
        self.waits(lambda: not shift.window.work_area.guard.active, f"{GUARD_MS} ms passed")

    def sees(self, words: str, seconds: float = 20.0) -> None:
        """Wait until these words stand somewhere in the window (a regular expression)."""
        self.waits(
            lambda: re.search(words, self.screen, re.MULTILINE),
            f"“{words}” in\n{self.screen}",
            seconds,
        )

    @property
    def screen(self) -> str:
        """Everything that is written in the window now."""
        labels = [one.text() for one in self.window.findChildren(QLabel) if one.isVisible()]
        drawn = [one for one in self.window.findChildren(Drawn) if one.isVisible()]
        labels += [one.accessibleName() for one in drawn if one.accessibleName()]
        buttons = [b for b in self.window.findChildren(QAbstractButton) if b.isVisible()]
        labels += [one.accessibleName() or one.text() for one in buttons]
        tables = [one for one in self.window.findChildren(QTableView) if one.isVisible()]
        return "\n".join([*labels, *(row for table in tables for row in _cells(table))])

    # -- calls ------------------------------------------------------------------------------
    def rings_from(self, caller: Caller) -> None:
        """A customer calls this desk; wait until the ring is looked up and shown."""
        self.turns_to()
        self.road.ring(caller)

    def is_called_by(self, caller: Caller) -> str:
        """A customer calls this desk; do not wait for anything. Returns the ref of the call."""
        line = self.road.shift.phone.line
        assert self.customer is not None, "nobody calls this desk"
        self.road.call_ref = self.customer.call(
            line.port, caller.number, pbx_call_id=str(uuid4()), **caller.facts
        )
        return self.road.call_ref

    def caller_hangs_up(self) -> None:
        """Whoever called last hangs up, or the line drops: the desk cannot tell."""
        assert self.customer is not None
        self.customer.hang_up(self.road.call_ref)

    def caller_hears(self, kind: str) -> None:
        """Wait for a report of whoever called last: `held`, `resumed`."""
        assert self.customer is not None
        self.customer.wait(kind, self.road.call_ref)

    def answers(self) -> None:
        """F9, and wait for the conversation and its protocol number."""
        self.turns_to()
        self.road.answer()

    def verifies(self, caller: Caller | Mapping[str, str]) -> None:
        """Ask two facts and type what the customer says."""
        self.turns_to()
        self.road.verify(caller.answers if isinstance(caller, Caller) else caller)

    def sees_account(self, name: str) -> None:
        """Wait for the account page of that name."""
        self.road.sees_account(name)

    def takes_call(self, caller: Caller) -> None:
        """Ring, answer, verify, up to the caller's account."""
        self.rings_from(caller)
        self.answers()
        self.verifies(caller)
        self.sees_account(NAMES[caller.kind])

    def writes_ticket(self, subject: str) -> str:
        """A new ticket from the page in front; its number."""
        self.turns_to()
        self.waits_for_quiet()
        return self.road.write_ticket(subject)

    def hangs_up(self) -> None:
        """Ctrl+F9, and wait for the wrap-up."""
        self.turns_to()
        self.road.hang_up()

    def finishes(self, reason: str = "outage") -> None:
        """Give the reason and finish the contact."""
        self.turns_to()
        self.road.finish(reason)

    def finds(self, text: str) -> None:
        """Ctrl+K, type, Return on the first hit."""
        self.presses("Ctrl+K")
        self.types(text)
        self.waits(lambda: self.road.app.background.is_idle, "hits")
        self.presses("Return")

    def finds_command(self, words: str) -> None:
        """Run a command by its words in the palette."""
        self.presses("Ctrl+K")
        self.types(f">{words}")
        self.presses("Return")

    def opens_account(self, name: str) -> None:
        """Find a customer by name and open the account."""
        self.finds(name)
        self.sees_account(name)
        self.waits_for_quiet()

    def edits_account(self) -> None:
        """F2: the form of the account in front."""
        self.presses("F2")
        self.waits(lambda: self.focus == "account.name.edit", "the form")
        self.waits_for_quiet()

    def escalates(self, handover: str) -> None:
        """Give the ticket in front to the second level."""
        self.presses("Ctrl+Shift+E")
        self.waits(lambda: self.focus == "escalate.handover.edit", "the sheet")
        self.waits_for_quiet()
        self.types(handover)
        self.presses("Ctrl+Return")
        self.sees("Second level|second level")
        self.waits_for_quiet()

    def opens_work(self, words: str) -> None:
        """Open a line of the worklist by its words."""
        table = self.part("worklist.table", QTableView)
        rows = [row for row in range(table.model().rowCount()) if words in _row(table, row)]
        assert rows, f"no {words} in the worklist"
        table.setFocus()
        table.setCurrentIndex(table.model().index(rows[0], 0))
        self.presses("Return")

    # -- the end of the day -----------------------------------------------------------------
    @property
    def is_signed_in(self) -> bool:
        """Whether a shift is open."""
        return self.road.app.shift is not None

    def logs_off(self) -> None:
        """Log off, as the button in the header does."""
        self.turns_to()
        self.clicks("header.log_off")

    def clicks_verb(self, words: str) -> None:
        """Click the button with these words."""
        buttons = [b for b in self.window.findChildren(QAbstractButton) if b.isVisible()]
        found = [one for one in buttons if words in (one.text(), one.accessibleName())]
        assert found, f"no button {words}"
        QTest.mouseClick(found[-1], Qt.MouseButton.LeftButton)
        QCoreApplication.processEvents()

    @property
    def page(self) -> PageKind:
        """What kind of page is in front."""
        return self.road.page_kind


def _cells(table: QTableView) -> list[str]:
    return [_row(table, row) for row in range(table.model().rowCount())]


def _row(table: QTableView, row: int) -> str:
    model = table.model()
    cells = (model.index(row, column).data() for column in range(model.columnCount()))
    return " | ".join(str(cell or "") for cell in cells)
