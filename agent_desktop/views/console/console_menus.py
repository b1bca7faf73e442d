"""The menus of the console: the agent's state, and the ways to decline a call."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QMenu, QWidget

from agent_desktop.views.shell.commands import Commands

translate = QCoreApplication.translate
#: Ways to decline, the key's own first, in the words of the menu.
_DECLINES = ("call.decline", "call.decline_unavailable", "call.decline_refuse")


def agent_menu(
    console: QWidget,
    commands: Commands,
    reasons: Sequence[tuple[str, str]],
    choose: Callable[[str], None],
    *,
    is_busy: bool,
) -> QMenu:
    """Available and the kinds of breaks; during a call they come after it, and the menu says
    so. `choose(code)` is told the kind of break."""
    menu = _menu(console, "console.agent_menu")
    if is_busy:
        menu.addAction(translate("Console", "After this call:")).setEnabled(False)
    menu.addAction(commands.action("agent.ready"))
    menu.addSeparator()
    for code, words in reasons:
        shown = words.replace("&", "&&")
        action = menu.addAction(translate("Console", "Not ready: {0}").format(shown))
        action.triggered.connect(lambda _=False, code=code: choose(code))
    return menu


def decline_menu(console: QWidget, commands: Commands, where_to: str) -> QMenu:
    """What the caller, or the queue, is told; `where_to` says what becomes of the call."""
    menu = _menu(console, "console.decline_menu")
    menu.addAction(where_to.replace("&", "&&")).setEnabled(False)
    menu.addSeparator()
    words = (
        translate("Console", "Busy"),
        translate("Console", "Not available"),
        translate("Console", "Decline"),
    )
    for command_id, shown in zip(_DECLINES, words, strict=True):
        command = commands.command(command_id)
        action = menu.addAction(f"{shown}\t{command.key}" if command.key else shown)
        action.triggered.connect(lambda _=False, done=command_id: commands.run(done))
    return menu


def _menu(console: QWidget, name: str) -> QMenu:
    menu = QMenu(console)
    menu.setObjectName(name)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return menu
