"""The steps of a first call, done as an agent does them: keys in, waiting for the screen.

The self-test, the demo without a display, the pictures and the stories all use them. They need
a running centre, the program's window and a customer; each step waits until it is seen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from uuid import uuid4

from PySide6.QtCore import QCoreApplication, QObject

from agent_desktop.app import App
from agent_desktop.demo.caller_control import DemoCustomer, free_port, port_of
from agent_desktop.demo.callers import RITA, Agent, Caller
from agent_desktop.demo.gui_driver import GuiDriver
from agent_desktop.desk.session import PageKind, Session
from agent_desktop.settings import Settings
from agent_desktop.shift.shift import DemoCalls, Shift
from agent_desktop.system.credentials import Keyring
from agent_desktop.telephony.call import CallState, LineState
from agent_desktop.views.shell.sign_in import SignInRequest


def demo_settings(folder: Path, server: str, agent: Agent = RITA) -> Settings:
    """Settings of a profile of the demo below `folder`: the one kind of profile whose line
    believes calls from the loopback, and dials its customers there."""
    return Settings(
        server=server,
        user=agent.user_name,
        data_folder=str(folder),
        profile="demo",
        accepts_loopback_calls=True,
        dial_to=f"127.0.0.1:{free_port()}",
        poll_seconds=2,
    )


class FirstCall(QObject):
    """One agent at one desk. `keys` counts what was pressed since `begin_count`."""

    def __init__(
        self,
        settings: Settings,
        agent: Agent = RITA,
        keyring: Keyring | None = None,
        demo: DemoCalls | None = None,
    ) -> None:
        super().__init__()
        self.agent = agent
        self.app = App(replace(settings, user=agent.user_name), demo, keyring)
        self.gui = GuiDriver(lambda: self.app.window)
        self.customer: DemoCustomer | None = None
        self.call_ref = ""

    # -- what is there ----------------------------------------------------------------------
    @property
    def shift(self) -> Shift:
        """The shift of the signed-in agent."""
        assert self.app.shift is not None
        return self.app.shift

    @property
    def session(self) -> Session:
        """The session in front."""
        current = self.shift.desk.current
        assert current is not None
        return current

    @property
    def page_kind(self) -> PageKind:
        """The kind of the page in front."""
        return self.shift.desk.page.kind

    def wait(self, seen: Callable[[], object], what: str, seconds: float = 20.0) -> None:
        """Wait until something is so."""
        self.gui.wait(seen, what, seconds)

    def settle(self) -> None:
        """Wait until nothing is being loaded and everything asked for was painted."""
        self.wait(lambda: self.app.background.is_idle, "nothing is being done")
        for _ in range(5):
            QCoreApplication.processEvents()

    # -- the steps --------------------------------------------------------------------------
    def open_program(self) -> None:
        """Start the program up to the sign-in page with everything loaded."""
        loaded: list[bool] = []
        self.app.loaded.connect(lambda: loaded.append(True))
        self.app.start()
        self.wait(lambda: loaded, "the program is loaded")

    def sign_in(self, password: str = "") -> None:
        """Sign in, and wait for the shell with its line and all data."""
        request = SignInRequest(
            self.app.settings.server, self.agent.user_name, password or self.agent.password
        )
        self.app.enter(request)
        self.wait(lambda: self.app.shift is not None, "signed in")
        self.wait(lambda: self.shift.phone.line.state is LineState.READY, "the line is ready")

    def wait_in_sync(self, seconds: float = 60.0) -> None:
        """Wait until the centre has everything, and the desk too."""
        self.wait(lambda: self.shift.sync.state.value == "in_sync", "in sync", seconds)
        self.wait(lambda: self.app.background.is_idle, "nothing is being done")

    def ring(self, caller: Caller) -> None:
        """A customer calls; wait until the ring is looked up and shown."""
        before = {session.id for session in self.shift.desk.sessions}
        if self.customer is None:
            self.customer = DemoCustomer(port_of(self.app.settings.dial_to))
            self.customer.wait_ready()
        self.call_ref = self.customer.call(
            self.shift.phone.line.port, caller.number, pbx_call_id=str(uuid4()), **caller.facts
        )

        def looked_up() -> bool:
            new = [s for s in self.shift.desk.sessions if s.id not in before]
            return bool(new) and new[-1].identification is not None

        self.wait(looked_up, f"{caller.kind.value} rings")

    def answer(self) -> None:
        """F9, and wait for the conversation and its protocol number."""
        self.wait(
            lambda: self.shift.window.commands.action("call.answer").isEnabled(), "may answer"
        )
        self.gui.press("F9")
        self.wait(
            lambda: any(call.state is CallState.TALKING for call in self.shift.phone.calls()),
            "talking",
        )
        self.wait(lambda: self.session.interaction is not None, "a protocol number")

    def verify(self, answers: Mapping[str, str], needed: int = 2) -> None:
        """Type the answers into the fields that have the focus, each with Return."""
        for _ in range(needed):
            self.wait(
                lambda: self.gui.focus_name.startswith("identify.answer."), "a question's field"
            )
            self.wait(lambda: not self.shift.window.work_area.guard.active, "keys are taken again")
            asked = self.gui.focus_name
            self.gui.enter(answers[asked.removeprefix("identify.answer.")])
            self.wait(partial(self._left, asked), "the next field")

    def _left(self, name: str) -> bool:
        return self.gui.focus_name != name

    def sees_account(self, name: str) -> None:
        """Wait for the account page of that name."""
        self.wait(
            lambda: (
                self.page_kind is PageKind.ACCOUNT
                and self.shift.window.work_area.page is not None
                and self.shift.window.work_area.page.title == name
            ),
            f"the account of {name}",
        )

    def write_ticket(self, subject: str) -> str:
        """Ctrl+Shift+T, the subject, Ctrl+Enter; returns the number of the ticket."""
        self.gui.press("Ctrl+Shift+T")
        self.wait(lambda: self.gui.focus_name.startswith("ticket.subject"), "the subject's field")
        self.gui.type(subject)
        self.wait(lambda: self.app.background.is_idle, "the form has all its choices")
        self.gui.press("Ctrl+Return")
        self.wait(lambda: self.page_kind is PageKind.TICKET, "the saved ticket")
        page = self.shift.window.work_area.page
        self.wait(lambda: page is not None and page.title.startswith("TK-"), "its number")
        return page.title.split()[0] if page is not None else ""

    def hang_up(self) -> None:
        """Ctrl+F9, and wait for the wrap-up."""
        self.gui.press("Ctrl+F9")
        self.wait(lambda: not self.shift.phone.calls(), "the call is over")
        self.wait(lambda: self.session.wrap_up_since is not None, "wrap-up")

    def finish(self, reason: str) -> None:
        """Type a piece of the reason, take it, and finish with F12."""
        session_id = self.session.id
        self.gui.wait_for_focus("console.reason")
        self.gui.enter(reason)
        self.wait(lambda: self.session.reason, "a reason")
        self.gui.press("F12")
        self.wait(lambda: self.shift.desk.session(session_id) is None, "the contact is closed")

    def close(self) -> None:
        """End customer and program."""
        if self.customer is not None:
            self.customer.close()
        self.app.close()
