"""Every key of the telephone, and the letters, on every keyboard layout, in the real window.

Keys are struck by their places on a real X server; the window is activated by a real window
manager. Telephony has F-keys only, which lie alike everywhere; Ctrl with a letter needs its
Cyrillic twin where Russian is the only layout.
"""

from __future__ import annotations

import pytest

from agent_desktop.views.shell.commands import TABLE, Scope
from tests.x_server import Program, Screen, needs_x_server, x_server

pytestmark = needs_x_server

#: Places of keys (evdev codes of X11).
PLACES = {
    **{f"F{number}": 66 + number for number in range(1, 11)},
    **{"F11": 95, "F12": 96, "K": 45, "L": 46, "D": 40, "Ctrl": 37, "Shift": 50, "Alt": 64},
}
LETTERS = {"go.palette": "Ctrl+K", "copy.protocol": "Ctrl+L", "go.dial": "Ctrl+D"}
#: layouts -> the group that is locked; the second of two is reached by the person's own key.
LAYOUTS = [("us", 0), ("br", 0), ("ru", 0), ("ru,us", 0), ("ru,us", 1), ("us,ru", 1), ("br,ru", 1)]

CHILD = """
import sys
from PySide6.QtWidgets import QApplication
app = QApplication(["child"])
from agent_desktop.views.look import theme
from agent_desktop.views.shell.commands import TABLE
from tests.views.shell_parts import make_window
theme.apply(app)
window = make_window()
window.setWindowTitle("The desk")
edit = window.work_area.page.edit
def say(*words):
    print(*words, flush=True)
for command in TABLE:
    window.commands.on(command.id, lambda: None)
    window.commands.set_enabled(command.id, True)
window.commands.ran.connect(lambda command: say("ran", command))
edit.textChanged.connect(lambda text: say("text", text))
app.focusChanged.connect(lambda _old, now: say("ready") if now is edit else None)
window.resize(1366, 768)
window.show()
edit.setFocus()
say("shown")
app.exec()
"""


def telephony_keys() -> dict[str, str]:
    """Key -> command, of all keys of the telephone."""
    return {
        key: command.id
        for command in TABLE
        if command.scope is Scope.CALL
        for key in command.keys
        if key.rpartition("+")[2] in PLACES
    }


def _window(screen: Screen) -> Program:
    window = screen.start(CHILD)
    window.hears("shown")
    screen.activate("The desk")
    window.hears("ready")
    return window


def test_the_telephone_needs_no_letter() -> None:
    """A letter lies elsewhere on another layout; and Ctrl+Alt is AltGr on Windows."""
    keys = [(c.id, key) for c in TABLE if c.scope is Scope.CALL for key in c.keys]
    assert {key for _, key in keys} == set(telephony_keys()), "a key that is not an F-key"
    assert not [key for c in TABLE for key in c.keys if "Ctrl" in key and "Alt" in key]
    assert len({key for _, key in keys}) == len(keys), "two commands of one key"


@pytest.mark.timeout(180)
@pytest.mark.parametrize(("layouts", "group"), LAYOUTS)
def test_every_key_means_its_command(layouts: str, group: int) -> None:
    wanted = {**telephony_keys(), **{key: command for command, key in LETTERS.items()}}
    with x_server(layouts) as screen:
        window = _window(screen)
        screen.lock_group(group)
        for key, command in wanted.items():
            window.forget()
            screen.strike(*(PLACES[part] for part in key.split("+")))
            window.hears(f"ran {command}")
            assert [said for said in window.heard if said.startswith("ran")] == [f"ran {command}"]
        # None of them has come into the text; the letters themselves still do.
        window.forget()
        screen.strike(PLACES["K"])
        window.until(lambda: window.heard, "a letter")
        assert window.heard == ["text л" if layouts.split(",")[group] == "ru" else "text k"]
