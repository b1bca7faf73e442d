"""An X server of a test's own, with a window manager, a keyboard and programs on it.

`with x_server("us,ru") as screen:` starts it; `screen.start(code)` runs a Python program whose
lines of output are read by `hears`; `screen.press` presses keys of the (virtual) keyboard.
"""

from __future__ import annotations

import ctypes
import os
import queue
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PROGRAMS = ("Xvfb", "openbox", "xdotool", "setxkbmap")
MISSING = [name for name in PROGRAMS if shutil.which(name) is None]
PATIENCE_SECONDS = 40.0
_CORE_KEYBOARD = 0x100

#: A program that is not ours: an input field, which tells of its text and of its focus.
ANOTHER_PROGRAM = """
from PySide6.QtWidgets import QApplication, QLineEdit
app = QApplication(["other"])
edit = QLineEdit()
edit.setWindowTitle("Another program")
def say(*words):
    print(*words, flush=True)
edit.textChanged.connect(lambda text: say("text", text))
app.focusWindowChanged.connect(lambda window: say("focus", "here" if window else "lost"))
edit.show()
app.exec()
"""

#: Marks of a test that needs the server.
needs_x_server = [
    pytest.mark.display,
    pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)}"),
]


class Program:
    """A Python program on the screen; everything it prints is kept in `heard`."""

    def __init__(self, code: str, environment: dict[str, str]) -> None:
        self.heard: list[str] = []
        self.lines: queue.Queue[str] = queue.Queue()
        self._process = subprocess.Popen(
            [sys.executable, "-c", code],
            env={**environment, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=None,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def hears(self, line: str) -> None:
        """Wait until it says this, from now on or before."""
        self.until(lambda: line in self.heard, line)

    def until(self, holds: Callable[[], object], what: str = "") -> None:
        """Wait until this holds of what it said."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not holds():
            try:
                said = self.lines.get(timeout=max(0.0, end - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"{what!r} was not said: {self.heard[-20:]}") from None
            assert said, f"it ended after {self.heard[-20:]}"
            self.heard.append(said)

    def forget(self) -> None:
        """Forget what it has said so far."""
        self.heard.clear()

    def stop(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait(PATIENCE_SECONDS)
        self._reader.join(PATIENCE_SECONDS)
        assert self._process.stdout is not None
        self._process.stdout.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.lines.put(line.strip() or " ")
        self.lines.put("")


class Screen:
    """The server, its window manager and what runs on it."""

    def __init__(self, display: str) -> None:
        self.environment = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
        self._programs: list[Program] = []

    def run(self, *command: str) -> str:
        """Run a command on the screen and return what it prints."""
        done = subprocess.run(
            command,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
        return done.stdout.strip()

    def start(self, code: str) -> Program:
        """Run a Python program; it ends with the screen."""
        program = Program(code, self.environment)
        self._programs.append(program)
        return program

    def activate(self, title: str) -> None:
        """Give the window of this title the focus."""
        self.run("xdotool", "search", "--sync", "--name", title, "windowactivate", "--sync")

    def press(self, *keys: str) -> None:
        """Press keys together, by name or by key code, and let them go."""
        self.down(*keys)
        self.up(*keys)

    def down(self, *keys: str) -> None:
        """Press keys and hold them."""
        self.run("xdotool", *(part for key in keys for part in ("keydown", key)))

    def up(self, *keys: str) -> None:
        """Let keys go, the last one first."""
        self.run("xdotool", *(part for key in reversed(keys) for part in ("keyup", key)))

    def strike(self, *codes: int) -> None:
        """Press keys by their places, together, and let them go, in the group that is locked.

        xdotool goes to the first group for such keys, so this speaks to the server itself.
        """
        with _x11(self.environment["DISPLAY"]) as (x11, test, display):
            for code, down in [(code, 1) for code in codes] + [(c, 0) for c in reversed(codes)]:
                test.XTestFakeKeyEvent(display, code, down, 0)
            x11.XSync(display, 0)

    def lock_group(self, number: int) -> None:
        """Switch to a layout of several, as the person's key for it does; the first is 0."""
        with _x11(self.environment["DISPLAY"]) as (x11, _test, display):
            x11.XkbLockGroup(display, _CORE_KEYBOARD, number)
            x11.XSync(display, 0)

    def types(self, text: str) -> None:
        """Type text on the keyboard, 25 ms a key."""
        self.run("xdotool", "type", "--delay", "25", text)

    def stop(self) -> None:
        """End all programs."""
        for program in self._programs:
            program.stop()


@contextmanager
def _x11(name: str) -> Iterator[tuple[ctypes.CDLL, ctypes.CDLL, ctypes.c_void_p]]:
    """A connection by Xlib, which ends the process if the server goes before it."""
    x11, test = ctypes.CDLL("libX11.so.6"), ctypes.CDLL("libXtst.so.6")
    x11.XOpenDisplay.restype = ctypes.c_void_p
    display = ctypes.c_void_p(x11.XOpenDisplay(name.encode()))
    assert display, f"no X server at {name}"
    try:
        yield x11, test, display
    finally:
        x11.XCloseDisplay(display)


@contextmanager
def x_server(layout: str = "us", *options: str) -> Iterator[Screen]:
    """A server with openbox, its keyboard set to these layouts (`setxkbmap`'s words)."""
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-noreset", "-screen", "0", "1600x900x24"],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    manager: subprocess.Popen[bytes] | None = None
    screen: Screen | None = None
    try:
        with os.fdopen(read) as told:
            screen = Screen(f":{told.readline().strip()}")
        manager = subprocess.Popen(["openbox"], env=screen.environment, stderr=subprocess.DEVNULL)
        choices = [word for option in options for word in ("-option", option)]
        screen.run("setxkbmap", "-layout", layout, *choices)
        yield screen
    finally:
        if screen is not None:
            screen.stop()
        for process in filter(None, (manager, server)):
            process.terminate()
            process.wait(PATIENCE_SECONDS)
