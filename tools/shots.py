"""`python3 dev.py shots DIR`: every page of the real program as a picture.

One tour with a centre of its own; at each stop the window is painted light and dark in two sizes.
The files are named `page-theme-size.png`.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from PySide6.QtWidgets import QApplication, QLabel, QWidget

from agent_desktop.central import database
from agent_desktop.demo.callers import CALLERS, MARINA, CallerKind
from agent_desktop.demo.demo_centre import DemoCentre
from agent_desktop.demo.demo_command import Callers
from agent_desktop.demo.first_call import FirstCall, demo_settings
from agent_desktop.demo.staff import BRUNO
from agent_desktop.desk.session import PageKind, Place
from agent_desktop.models.account import verbs as accounts
from agent_desktop.models.account.values import Overview
from agent_desktop.models.agent.presence import Stand
from agent_desktop.models.work import work_item
from agent_desktop.sync import questions
from agent_desktop.sync.centre import open_centre
from agent_desktop.sync.server import Server
from agent_desktop.telephony.call import CallState
from agent_desktop.views.look import theme
from agent_desktop.views.look.theme import Scheme
from tools.state_sheet import Sheet

SIZES = ((1366, 768), (1600, 900))
SCHEMES = (Scheme.LIGHT, Scheme.DARK)
ACCOUNTS = 2_000
#: Every reason for which a person may not get in, as `errors.SignInFailed` codes them.
SIGN_IN_FAILURES = (
    "wrong_password",
    "unreachable",
    "never_signed_in_here",
    "lease_expired",
    "agent_disabled",
    "clock_set_back",
    "keyring_missing",
    "store_damaged",
    "file_of_another_agent",
    "server_unreadable",
)
NOTE = "Whole street dark since 06:40. Elderly mother uses oxygen at home, wants an SMS."


class Camera:
    """Takes the window, or another widget, in each theme and size."""

    def __init__(self, folder: Path, window: QWidget, settle: Callable[[], None]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._window, self._settle = folder, window, settle
        self.taken = 0

    def take(self, page: str, sizes: tuple[tuple[int, int], ...] = SIZES) -> None:
        """Save what the window shows once everything asked for has been painted."""
        for scheme in self._schemes():
            _dress(scheme)
            for size in sizes:
                # Before settling: a page in another size may load more rows.
                self._window.resize(*size)
                self._settle()
                self._save(self._window, page, scheme, size)

    def _schemes(self) -> tuple[Scheme, ...]:
        """Both, beginning with the one in force: to change it costs most."""
        return SCHEMES if theme.scheme() is SCHEMES[0] else SCHEMES[::-1]

    def take_sheet(self, page: str, sheet: QWidget, size: tuple[int, int]) -> None:
        """Save a widget of its own."""
        sheet.resize(*size)
        sheet.show()
        for scheme in SCHEMES:
            _dress(scheme)
            self._settle()
            self._save(sheet, page, scheme, size)
        sheet.close()

    def _save(self, widget: QWidget, page: str, scheme: Scheme, size: tuple[int, int]) -> None:
        name = f"{page}-{scheme.value}-{size[0]}x{size[1]}.png"
        if not widget.grab().save(str(self._folder / name), "PNG", 30):
            raise OSError(f"{self._folder / name} could not be written")
        self.taken += 1


def _dress(scheme: Scheme) -> None:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    theme.apply(application, scheme)


class Round:
    """The way through all pages, in an order in which each takes a few keys from the last."""

    def __init__(self, centre: DemoCentre, agent: FirstCall, camera: Camera) -> None:
        self.centre, self.agent, self.camera = centre, agent, camera

    def walk(self) -> None:
        """Take all pictures."""
        self._sign_in()
        self._quiet_pages()
        self._first_call()
        self._orders()
        self._wrap_up()
        self._ring_while_typing()
        self._unknown_caller()
        self._colleague()
        self._conflict()
        self._without_centre()
        self._come_back()
        self.camera.take_sheet("states", Sheet(), (1366, 1240))

    def take(self, page: str, sizes: tuple[tuple[int, int], ...] = SIZES) -> None:
        """A picture without toasts of the step before."""
        if self.agent.app.shift is not None:
            # Toasts go by time: with them two runs would not give the same pictures.
            self.agent.shift.window.toasts.clear()
        self.camera.take(page, sizes)

    def _sign_in(self) -> None:
        agent = self.agent
        agent.open_program()
        agent.settle()
        self.take("sign-in")
        for code in SIGN_IN_FAILURES:
            agent.app.sign_in.show_failure(code)
            self.take(f"sign-in-{code}", SIZES[:1])
        agent.app.sign_in.show_failure("")
        agent.sign_in()
        agent.wait_in_sync()
        agent.gui.press("F12")

    def _quiet_pages(self) -> None:
        agent = self.agent
        self.take("home")
        agent.gui.press("Ctrl+K")
        agent.gui.type("marina")
        self.take("palette")
        agent.gui.press("Escape")
        agent.shift.window.commands.run("go.worklist")
        self.take("worklist")
        agent.shift.window.commands.run("go.phone")
        self.take("phone")
        agent.shift.window.commands.run("go.calls")
        self.take("calls")
        agent.shift.window.commands.run("go.demo")
        self.take("demo")
        agent.shift.window.commands.run("go.known")
        self.take("known")
        agent.shift.window.commands.run("password.change")
        self.take("password", SIZES[:1])
        agent.gui.press("Escape")
        agent.shift.window.commands.run("go.home")

    def _first_call(self) -> None:
        agent, caller = self.agent, CALLERS[CallerKind.KNOWN]
        agent.ring(caller)
        self.take("identify-ringing")
        agent.answer()
        self.take("identify")
        agent.wait(lambda: not agent.shift.window.work_area.guard.active, "keys are taken")
        agent.gui.press("Ctrl+Return")
        agent.sees_account(MARINA.name)
        self.take("account-masked")
        agent.verify(caller.answers)
        agent.gui.wait_for_focus("notes.text")
        agent.gui.type(NOTE)
        self.take("account")

    def _orders(self) -> None:
        agent, gui = self.agent, self.agent.gui
        known = self._overview()
        for order in known.orders:
            agent.shift.desk.open(Place(PageKind.ORDER, order.id, agent.session.id))
            self.take(f"order-{order.state.value}")
        agent.shift.desk.open(Place(PageKind.ORDER_NEW, known.account.id, agent.session.id))
        self.take("order-new")
        agent.shift.desk.open(Place(PageKind.TICKET_NEW, known.account.id, agent.session.id))
        agent.settle()
        gui.press("Ctrl+Return")
        self.take("ticket-new-errors")
        agent.settle()
        gui.type("No supply, oxygen machine on battery")
        gui.press("Ctrl+Return")
        agent.wait(lambda: agent.page_kind is PageKind.TICKET, "the saved ticket")
        self.take("ticket-new-saved")
        agent.shift.desk.open(Place(PageKind.TICKET, known.tickets[0].id, agent.session.id))
        self.take("ticket")
        gui.press("F8")
        self._wait_for_call(CallState.HELD)
        self.take("ticket-on-hold")
        gui.press("F8")
        self._wait_for_call(CallState.TALKING)

    def _wait_for_call(self, state: CallState) -> None:
        calls = self.agent.shift.phone.calls
        self.agent.wait(lambda: [call.state for call in calls()] == [state], state.value)

    def _overview(self) -> Overview:
        return accounts.overview(self.agent.shift.stores, MARINA.id)

    def _wrap_up(self) -> None:
        agent = self.agent
        agent.hang_up()
        agent.gui.wait_for_focus("console.reason")
        self.take("wrap-up")
        agent.finish("crew")
        agent.wait_in_sync()

    def _ring_while_typing(self) -> None:
        agent, gui = self.agent, self.agent.gui
        ticket = self._overview().tickets[0]
        agent.shift.desk.open(Place(PageKind.TICKET, ticket.id))
        agent.settle()
        gui.type("Marina, the crew has found a broken insulator. I will")
        agent.ring(CALLERS[CallerKind.LIFE_SUPPORT])
        self.take("ringing-while-typing")
        gui.press("Shift+F9")
        agent.wait(lambda: not agent.shift.phone.calls(), "nobody rings")
        self._close_sessions()
        agent.shift.desk.open(Place(PageKind.TICKET, ticket.id))

    def _unknown_caller(self) -> None:
        agent = self.agent
        agent.ring(CALLERS[CallerKind.UNKNOWN])
        agent.answer()
        self.take("identify-unknown")
        agent.shift.desk.open(Place(PageKind.ACCOUNT_NEW, session_id=agent.session.id))
        agent.settle()
        agent.gui.press("Ctrl+Return")
        self.take("account-new-errors")
        agent.hang_up()
        agent.finish("connection")

    def _colleague(self) -> None:
        """Somebody else has her account open and types in it."""
        agent = self.agent
        agent.shift.interaction_control.open_account(MARINA.id)
        agent.sees_account(MARINA.name)
        server = Server.parse(self.centre.server)
        with open_centre(server, BRUNO.user_name, BRUNO.password) as line:
            client = uuid4()
            line.ask(questions.SIGN_IN, client, "pc-2")
            line.ask(questions.PRESENCE, client, Stand("account", MARINA.id, "email"))
            agent.wait(lambda: self._says("typing in E-mail"), "the colleague")
            self.take("account-colleague", SIZES[:1])
            line.ask(questions.LEAVE, client)
        self._close_sessions()

    def _edit_email(self, email: str) -> None:
        """Her account is open, and in its e-mail field stands this."""
        agent = self.agent
        agent.shift.interaction_control.open_account(MARINA.id)
        agent.sees_account(MARINA.name)
        agent.settle()
        agent.gui.press("F2")
        agent.settle()
        page = agent.shift.window.work_area.page
        field = page.findChild(QWidget, "account.email.edit") if page is not None else None
        assert field is not None
        field.setFocus()
        agent.gui.press("Ctrl+A")
        agent.gui.type(email)

    def _changed_by_paulo(self, email: str) -> None:
        with database.connect(self.centre.admin_dsn) as centre:
            centre.execute(
                "update crm.account set email = %s, updated_by = 'Paulo Reis',"
                " updated_at = now() where id = %s",
                (email, MARINA.id),
            )

    def _conflict(self) -> None:
        agent = self.agent
        self._edit_email("marina@casa.example")
        self._changed_by_paulo("m.albuquerque@correio.example")
        agent.shift.sync_now()
        agent.wait_in_sync()
        self.take("conflict")
        agent.gui.press("Escape")
        self._close_sessions()

    def _without_centre(self) -> None:
        agent, caller = self.agent, CALLERS[CallerKind.COMPANY]
        self.centre.stop()
        agent.wait(lambda: agent.shift.sync.state.value == "offline", "the header says offline")
        agent.ring(caller)
        agent.answer()
        agent.verify(caller.answers)
        agent.sees_account("Padaria Estrela Ltda")
        agent.write_ticket("Second meter for the new oven")
        self.take("offline")
        agent.gui.press("Ctrl+Shift+E")
        agent.settle()
        self.take("escalate")
        agent.gui.press("Escape")
        agent.hang_up()
        agent.finish("load")

    def _come_back(self) -> None:
        """Saved while the centre was away, where somebody else changed the same field."""
        agent = self.agent
        self._edit_email("marina@casa.example")
        agent.gui.press("Ctrl+Return")
        agent.settle()
        self.centre.start()
        self._changed_by_paulo("marina@trabalho.example")
        agent.shift.sync_now()
        agent.wait(lambda: work_item.work_items(agent.shift.stores), "the work that came back")
        agent.wait_in_sync()
        (work,) = work_item.work_items(agent.shift.stores)
        agent.shift.desk.open(Place(PageKind.RETURNED, work_item.id_of(work.n)))
        self.take("returned")

    def _says(self, words: str) -> bool:
        """True if a label of the page in front has these words."""
        page = self.agent.shift.window.work_area.page
        labels = page.findChildren(QLabel) if page is not None else []
        return any(words in label.text() for label in labels)

    def _close_sessions(self) -> None:
        agent = self.agent
        for session in agent.shift.desk.sessions:
            agent.shift.interaction_control.finish(session.id)
        agent.settle()
        for session in agent.shift.desk.sessions:
            agent.shift.desk.close(session.id)


def main(words: list[str]) -> int:
    """Take all pictures into a folder; returns the exit status."""
    parser = argparse.ArgumentParser(prog="dev.py shots")
    parser.add_argument("folder", type=Path)
    target = parser.parse_args(words).folder
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="ad-shots-") as folder:
        centre = DemoCentre(Path(folder) / "centre", ACCOUNTS, durable=False)
        try:
            taken = _take_all(centre.start(), Path(folder), target)
        finally:
            centre.destroy()
    print(f"{taken} pictures in {target.absolute()}, {time.monotonic() - began:.0f} s", flush=True)
    return 0


def _take_all(centre: DemoCentre, folder: Path, target: Path) -> int:
    from agent_desktop.app import make_application

    # A profile of its own: the phone of another demo on this computer is none of ours.
    settings = replace(demo_settings(folder, centre.server), profile=f"shots-{os.getpid()}")
    make_application(settings)
    agent = FirstCall(settings, demo=Callers().as_calls())
    camera = Camera(target, agent.app.window, agent.settle)
    try:
        Round(centre, agent, camera).walk()
    finally:
        agent.close()
    return camera.taken


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
