"""A shell with a stand-in page, for tests and pictures of the frame.

python tests/views/shell_parts.py DIR       writes the frame's pictures
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget

from agent_desktop.desk.session import PageKind, PageOpened, Place
from agent_desktop.views.look import theme
from agent_desktop.views.look.theme import Scheme, Tone
from agent_desktop.views.shell.header import SyncDisplay
from agent_desktop.views.shell.main_window import MainWindow
from agent_desktop.views.shell.navigation_bar import RosterEntry
from agent_desktop.views.shell.palette import PaletteGroup, PaletteRow
from agent_desktop.views.shell.peek_card import PeekView
from agent_desktop.views.shell.sign_in import CentreState, SignIn
from agent_desktop.views.widgets.block import Block
from agent_desktop.views.widgets.button import Button
from agent_desktop.views.widgets.columns import Columns
from agent_desktop.views.widgets.field import Field, NoteEdit
from agent_desktop.views.widgets.page_head import PageHead
from tools import state_sheet as sheet


class StandIn(QWidget):
    """Has the face of a page: what the work area needs of one."""

    titled = Signal(str, str)
    arrived = Signal()

    def __init__(self, kind: PageKind, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.awaits_record = False
        self.kind, self.area, self.title = kind, "Work area", kind.value.title()
        self.done: list[str] = []
        self.shown_places: list[Place] = []
        head = PageHead(self, name=f"{kind.value}.head")
        head.set_identity(f"Good morning, Rita ({kind.value})", under="Friday 21 November")
        head.add_button(Button("Arrange blocks", icon_name="layout-dashboard"))
        body = Columns(self)
        self.field = Field("Name or company", self, name=f"{kind.value}.name")
        block = Block("search", "Search by other data", "search", self)
        block.body.addWidget(self.field)
        notes = Block("notes", "Call notes", "notebook-pen", self)
        self.notes = NoteEdit(self)
        notes.body.addWidget(self.notes)
        body.middle.addWidget(block)
        body.left.addWidget(notes)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(0)
        page.addWidget(head)
        page.addWidget(body, 1)

    def shown(self, place: Place) -> None:
        self.shown_places.append(place)

    def first_focus(self) -> QWidget | None:
        return self.field.editor

    def acts(self) -> Mapping[str, Callable[[], None]]:
        return {"ticket.new": lambda: self.done.append("ticket.new")}

    @property
    def edit(self) -> QLineEdit:
        assert isinstance(self.field.editor, QLineEdit)
        return self.field.editor


def make_window(role: str = "agent") -> MainWindow:
    """A window with every call command known and nothing behind it."""
    window = MainWindow(StandIn, role=role)  # type: ignore[arg-type]
    for command_id in (
        *(f"call.{name}" for name in ("answer", "decline", "hang_up", "hold", "mute", "back")),
        *("wrap_up.finish", "wrap_up.more", "agent.ready", "sign.out"),
        *("go.back", "go.forward", "go.home", "go.identify", "go.worklist"),
    ):
        window.commands.on(command_id, lambda: None)
    window.console.set_reasons(sheet.REASONS)
    window.console.show_view(sheet.console_views()[0])
    window.header.set_person("Rita Souza", "agent", "Utilities")
    window.header.show_sync(SyncDisplay.IN_SYNC)
    window.open_page(PageOpened(Place(PageKind.HOME)))
    return window


def _save(window: QWidget, folder: Path, name: str) -> None:
    for _ in range(3):
        QApplication.processEvents()
    window.grab().save(str(folder / f"{name}.png"))


def _pictures(folder: Path, scheme: Scheme, wide: int, high: int) -> None:
    tag = f"{scheme.value}-{wide}x{high}"
    window = make_window()
    window.resize(wide, high)
    window.show()
    window.navigation.set_count("go.worklist", 12)
    now = datetime.now(UTC)
    window.navigation.show_roster(
        (
            RosterEntry("1", "Marina Albuquerque", Tone.ACCENT, "", now - timedelta(252), True),
            RosterEntry("2", "Padaria Estrela", Tone.VIOLET, "wrap-up", now - timedelta(0, 38)),
        )
    )
    _save(window, folder, f"home-{tag}")
    window.toasts.say("Ticket TK-20431 created", undo=lambda: None)
    window.console.show_view(sheet.console_views()[1])
    window.message_bar.show_message("offline", "Central database not reachable since 09:31.")
    window.header.show_sync(SyncDisplay.OFFLINE, 3, now)
    window.show_peek(
        PeekView("Marina Albuquerque", "Best of 3", "Life support at this address", facts="4 open")
    )
    _save(window, folder, f"ring-{tag}")
    window.message_bar.solved("offline")
    window.show_peek(None)
    window.console.show_view(sheet.console_views()[0])
    window.palette_box.open("marina")
    window.palette_box.show_results(
        "marina",
        [
            PaletteGroup(
                "Accounts",
                (
                    PaletteRow("1", "Marina Albuquerque", "100 482 913 · Osasco"),
                    PaletteRow("2", "Marina Travassos", "100 771 240 · Barueri"),
                ),
            ),
            PaletteGroup(
                "Actions on Marina Albuquerque",
                (
                    PaletteRow("3", "Transfer call", "Call", "phone-forwarded", "⇧F8"),
                    PaletteRow("4", "New ticket", "Ticket", "ticket", "Ctrl+Shift+T"),
                ),
            ),
        ],
    )
    _save(window, folder, f"palette-{tag}")
    window.hide()
    window.deleteLater()
    page = SignIn()
    page.resize(wide, high)
    page.fill("centre.example", "rita")
    page.show_centre(CentreState.UNREACHABLE)
    page.offer_offline(True)
    page.show()
    page.show_failure("unreachable_offline")
    _save(page, folder, f"signin-{tag}")
    page.deleteLater()


def render(folder: Path) -> None:
    app = QApplication.instance() or QApplication(["shell"])
    assert isinstance(app, QApplication)
    for scheme in (Scheme.LIGHT, Scheme.DARK):
        theme.apply(app, scheme)
        for wide, high in ((1366, 768), (1600, 900)):
            _pictures(folder, scheme, wide, high)


if __name__ == "__main__":
    render(Path(sys.argv[1] if len(sys.argv) > 1 else "."))
