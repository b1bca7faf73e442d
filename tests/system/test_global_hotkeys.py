"""System-wide keys: how they are written, and on a real X server with another program in front."""

from __future__ import annotations

import pytest

from agent_desktop.system.global_hotkeys import GlobalHotkeys
from agent_desktop.system.global_hotkeys_windows import hot_key
from agent_desktop.system.hotkey import Hotkey, Modifier, parse_key
from tests.x_server import ANOTHER_PROGRAM, Program, Screen, needs_x_server, x_server

#: Keys by their places.
META, CTRL, F8, F9, A = 133, 37, 74, 75, 38

LISTENER = """
from PySide6.QtWidgets import QApplication
app = QApplication(["listener"])
from agent_desktop.system.global_hotkeys import GlobalHotkeys
from agent_desktop.system.global_hotkeys_x11 import X11Grabber
def say(*words):
    print(*words, flush=True)
press = X11Grabber._press
def seen(self, *event):
    say("seen")
    press(self, *event)
X11Grabber._press = seen
keys = GlobalHotkeys()
keys.pressed.connect(lambda command: say("pressed", command))
keys.start({"call.answer": "Meta+F9", "call.mute": "Meta+F7", "call.hang_up": "Ctrl+Meta+F9"})
say("refused", *sorted(keys.refused))
say("ready")
app.exec()
"""
#: Our own window, whose key for "hang up" is also taken system-wide.
OURS = """
from PySide6.QtWidgets import QApplication
app = QApplication(["ours"])
from agent_desktop.system.global_hotkeys import GlobalHotkeys
from tests.views.shell_parts import make_window
window = make_window()
window.setWindowTitle("The desk")
def say(*words):
    print(*words, flush=True)
for command in ("call.hang_up", "call.hold"):
    window.commands.on(command, lambda: None)
    window.commands.set_enabled(command, True)
window.commands.ran.connect(lambda command: say("ran", command))
keys = GlobalHotkeys()
keys.pressed.connect(window.commands.run)
keys.start({"call.hang_up": "Ctrl+F9"})
say("refused", *sorted(keys.refused))
app.focusWindowChanged.connect(lambda window: say("focus", "here" if window else "lost"))
window.show()
app.exec()
"""


@pytest.mark.parametrize(
    ("text", "number", "modifiers"),
    [
        ("Meta+F9", 9, Modifier.META),
        ("ctrl + Meta+f9", 9, Modifier.CTRL | Modifier.META),
        ("Ctrl+Shift+F24", 24, Modifier.CTRL | Modifier.SHIFT),
    ],
)
def test_keys_are_read(text: str, number: int, modifiers: Modifier) -> None:
    assert parse_key(text) == Hotkey(number, modifiers)


@pytest.mark.parametrize(
    "text", ["", "F9", "Shift+F9", "Meta+A", "Ctrl+Alt+F9", "Meta+F25", "Meta+F", "Hyper+F9", "+"]
)
def test_what_other_programs_need_is_no_system_wide_key(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_key(text)


def test_as_windows_wants_it() -> None:
    assert hot_key(parse_key("Meta+F9")) == (0x4008, 0x78)
    assert hot_key(parse_key("Ctrl+Shift+F1")) == (0x4006, 0x70)


def test_without_a_window_system_every_key_is_refused(qapp: object) -> None:
    keys = GlobalHotkeys()
    keys.start({"call.answer": "Meta+F9", "call.mute": ""})
    assert keys.refused == {"call.answer": "Meta+F9"}
    assert keys.why == "no_window_system"
    keys.stop()
    assert keys.refused == {}


def _listener_and_other(screen: Screen) -> tuple[Program, Program]:
    listener, other = screen.start(LISTENER), screen.start(ANOTHER_PROGRAM)
    listener.hears("ready")
    screen.activate("Another program")
    other.hears("focus here")
    other.forget()
    return listener, other


@pytest.mark.display
class TestOnXServer:
    pytestmark = needs_x_server

    def test_a_key_reaches_us_while_another_program_keeps_the_focus(self) -> None:
        with x_server() as screen:
            listener, other = _listener_and_other(screen)
            assert "refused" in listener.heard
            screen.types("ab")
            for keys, command in (
                (("super", "F9"), "call.answer"),
                (("super", "F7"), "call.mute"),
                (("ctrl", "super", "F9"), "call.hang_up"),
            ):
                screen.press(*keys)
                listener.hears(f"pressed {command}")
            screen.types("cd")
            other.hears("text abcd")
            assert not [said for said in other.heard if said.startswith("focus")]
            assert listener.heard.count("seen") == 3

    def test_the_locks_and_the_layout_do_not_matter(self) -> None:
        with x_server("us,ru") as screen:
            listener, other = _listener_and_other(screen)
            for change in (
                lambda: screen.press("Num_Lock"),
                lambda: screen.press("Caps_Lock"),
                lambda: screen.lock_group(1),
            ):
                change()
                listener.forget()
                screen.strike(META, F9)
                listener.hears("pressed call.answer")
            screen.strike(A)
            other.hears("text Ф")

    def test_a_key_that_is_held_is_told_once(self) -> None:
        with x_server() as screen:
            listener, _other = _listener_and_other(screen)
            screen.down("super", "F9")
            listener.until(lambda: listener.heard.count("seen") >= 5, "repeats")
            screen.up("super", "F9")
            screen.press("super", "F7")
            listener.hears("pressed call.mute")
            assert listener.heard.count("pressed call.answer") == 1
            listener.forget()
            screen.press("super", "F9")
            listener.hears("pressed call.answer")

    def test_a_key_of_another_program_is_refused_and_told(self) -> None:
        with x_server() as screen:
            first = screen.start(LISTENER)
            first.hears("ready")
            second = screen.start(LISTENER)
            second.hears("ready")
            assert "refused call.answer call.hang_up call.mute" in second.heard
            first.stop()
            third = screen.start(LISTENER)
            third.hears("ready")
            assert "refused" in third.heard
            screen.press("super", "F9")
            third.hears("pressed call.answer")
            assert "pressed call.answer" not in second.heard

    def test_a_key_of_our_window_that_is_taken_system_wide_acts_once(self) -> None:
        with x_server() as screen:
            ours = screen.start(OURS)
            ours.hears("refused")
            screen.activate("The desk")
            ours.hears("focus here")
            screen.strike(CTRL, F9)
            ours.hears("ran call.hang_up")
            screen.strike(F8)
            ours.hears("ran call.hold")
            assert ours.heard.count("ran call.hang_up") == 1
            assert "focus lost" not in ours.heard
