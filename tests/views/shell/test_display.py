"""On a real X server: a ring takes no keystroke, and commands work on every keyboard layout."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PROGRAMS = ("Xvfb", "openbox", "xdotool", "setxkbmap")
pytestmark = [
    pytest.mark.display,
    pytest.mark.skipif(
        any(shutil.which(name) is None for name in PROGRAMS), reason=f"needs {PROGRAMS}"
    ),
]
#: The key of K by its place, whatever letter the layout puts there; the others by name.
KEY_K, KEY_F9, KEY_ESC = "45", "F9", "Escape"

CHILD = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
app = QApplication(["child"])
from agent_desktop.desk.session import PageKind, PageOpened, Place
from agent_desktop.views.look import theme
from tools import state_sheet as sheet
from tests.views.shell_parts import make_window
theme.apply(app)
window = make_window()
window.resize(1366, 768)
window.open_page(PageOpened(Place(PageKind.HOME)))
window.show()
edit = window.work_area.page.edit
edit.setFocus()
def say(*words):
    print(*words, flush=True)
edit.textChanged.connect(lambda text: say("text", text))
window.commands.ran.connect(lambda done: say("ran", done))
window.palette_box.query_changed.connect(lambda query: say("palette", query))
def ring():
    if len(edit.text()) >= 5 and window.console.strip.value == "idle":
        window.console.show_view(sheet.console_views()[1])
        window.alert()
        say("ringing")
edit.textChanged.connect(ring)
app.focusChanged.connect(lambda _old, now: say("ready") if now is edit else None)
QTimer.singleShot(0, lambda: say("shown"))
QTimer.singleShot(40000, app.quit)
app.exec()
"""


class Screen:
    """An X server with a window manager, and our window on it."""

    def __init__(self, display: str, layout: str) -> None:
        self.environment = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
        self.run("setxkbmap", "-layout", layout)
        self.child = subprocess.Popen(
            [sys.executable, "-c", CHILD],
            env={**self.environment, "PYTHONPATH": str(Path(__file__).resolve().parents[3])},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.heard: list[str] = []

    def run(self, *command: str) -> str:
        done = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, timeout=20, check=False
        )
        return done.stdout.strip()

    def hears(self, line: str, seconds: float = 25) -> None:
        """Read what the window says until it says this."""
        assert self.child.stdout is not None
        end = time.monotonic() + seconds
        while line not in self.heard and time.monotonic() < end:
            said = self.child.stdout.readline().strip()
            assert said, f"it ended after {self.heard}"
            self.heard.append(said)
        assert line in self.heard

    def activate(self) -> None:
        self.run(
            "xdotool", "search", "--sync", "--name", "Agent Desktop", "windowactivate", "--sync"
        )

    def press(self, *keys: str) -> None:
        """Press keys by their places, together."""
        self.run("xdotool", *(part for key in keys for part in ("keydown", key)))
        self.run("xdotool", *(part for key in reversed(keys) for part in ("keyup", key)))


@contextmanager
def screen(layout: str) -> Iterator[Screen]:
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-noreset", "-screen", "0", "1600x900x24"],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    started: list[subprocess.Popen[str]] = []
    try:
        with os.fdopen(read) as told:
            display = f":{told.readline().strip()}"
        environment = {**os.environ, "DISPLAY": display}
        manager = subprocess.Popen(
            ["openbox"], env=environment, stderr=subprocess.DEVNULL, text=True
        )
        started.append(manager)
        made = Screen(display, layout)
        started.append(made.child)
        made.hears("shown")
        made.activate()
        made.hears("ready")
        yield made
    finally:
        for process in started:
            process.terminate()
            process.wait(10)
            if process.stdout is not None:
                process.stdout.close()
        server.terminate()
        server.wait(10)


def test_a_ring_while_typing_takes_no_keystroke():
    sentence = "the crew found a broken insulator"
    with screen("us") as desk:
        desk.run("xdotool", "type", "--delay", "25", sentence)
        desk.hears(f"text {sentence}")
        assert "ringing" in desk.heard
        assert not [said for said in desk.heard if said.startswith("ran")]


@pytest.mark.parametrize("layout", ["us", "br", "ru", "ru,us"])
def test_commands_work_on_every_layout(layout: str):
    with screen(layout) as desk:
        desk.press("ctrl", KEY_K)
        desk.hears("ran go.palette")
        desk.press(KEY_ESC)
        desk.run("xdotool", "type", "--delay", "25", "12345")
        desk.hears("ringing")
        end = time.monotonic() + 20
        while "ran call.answer" not in desk.heard and time.monotonic() < end:
            desk.press(KEY_F9)
            desk.run("xdotool", "type", "--delay", "5", "1")
            assert desk.child.stdout is not None
            desk.heard.append(desk.child.stdout.readline().strip())
        assert "ran call.answer" in desk.heard
