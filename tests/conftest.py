"""What holds for every test: a home of its own, no window on a screen, nothing left behind.

A test fails when it leaves a thread or a process running, or when something logged an error that
it did not announce through `expected_errors`. Warnings are errors (pyproject.toml).
"""

from __future__ import annotations

import gc
import logging
import os
import re
import shutil
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

pytest_plugins = ["tests.central_fixtures", "tests.pbx.fixtures"]

# Threads of the tools, not ours.
TOOL_THREADS = ("pytest_timeout", "pytest-timeout")
PATIENCE_SECONDS = 5.0
# An engine that lost its desktop ends by itself after 10 s; the end of the session waits for it.
LAST_PATIENCE_SECONDS = 15.0
# Every process that the tests start inherits this and can be told from all others by it.
TOKEN = "AGENT_DESKTOP_TEST_RUN"

# Where Linux keeps files in memory, and how much room there has to be: two workers' servers.
MEMORY = Path("/dev/shm")
MEMORY_BYTES = 4 * 2**30

HOMES = pytest.StashKey[Path]()
LEFT_OVER = pytest.StashKey[list[str]]()


def _own_home(home: Path) -> dict[str, str]:
    """Folders of a person who never used the program; short, since socket paths end at 107."""
    runtime = home / "run"
    runtime.mkdir(mode=0o700)
    return {
        "HOME": str(home),
        "USERPROFILE": str(home),
        "APPDATA": str(home / "roaming"),
        "LOCALAPPDATA": str(home / "local"),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_STATE_HOME": str(home / "state"),
        "XDG_CACHE_HOME": str(home / "cache"),
        "XDG_RUNTIME_DIR": str(runtime),
    }


def _keep_files_in_memory() -> None:
    """A copy of the centre's template, 1,500 files, takes 80 ms there and 300 ms on a disk.

    Nothing here asks whether a disk keeps what it was told to: the fault of the power cut reads
    the order of writes from a log. A TMPDIR somebody chose stays.
    """
    if "TMPDIR" in os.environ or not os.access(MEMORY, os.W_OK):
        return
    room = os.statvfs(MEMORY)
    if room.f_bavail * room.f_frsize >= MEMORY_BYTES and not room.f_flag & os.ST_NOEXEC:
        os.environ["TMPDIR"] = str(MEMORY)
        tempfile.tempdir = None  # asked anew: the variable counts from now on


def pytest_configure(config: pytest.Config) -> None:
    """Runs before anything of ours, or Qt, is imported."""
    _keep_files_in_memory()
    home = Path(tempfile.mkdtemp(prefix="ad-"))
    config.stash[HOMES] = home
    os.environ.update(_own_home(home))
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
    os.environ["LC_ALL"] = "C.UTF-8"
    os.environ[TOKEN] = uuid.uuid4().hex
    for real in ("DBUS_SESSION_BUS_ADDRESS", "PULSE_SERVER", "LANGUAGE"):
        os.environ.pop(real, None)
    # The tests start hundreds of Pythons: none of them should compile the same modules again.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    _be_patient()


def _be_patient() -> None:
    """The machine may be busy: a slow example of hypothesis is no failure."""
    from hypothesis import settings

    settings.register_profile("here", deadline=None)
    settings.load_profile("here")


def pytest_unconfigure(config: pytest.Config) -> None:
    home = config.stash.get(HOMES, None)
    if home:
        shutil.rmtree(home, ignore_errors=True)


class _ErrorLog(logging.Handler):
    """Keeps what was logged as an error or worse."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.name}: {record.getMessage()}")


@pytest.fixture(autouse=True)
def _collected_between_tests() -> Iterator[None]:
    """As in the program (garbage_collection.py): never in a worker thread or in a paint event."""
    gc.disable()
    yield
    gc.collect(1)


@pytest.fixture(autouse=True, scope="module")
def _collected_between_modules() -> Iterator[None]:
    yield
    gc.collect()


@pytest.fixture
def expected_errors() -> list[str]:
    """Patterns of error lines this test provokes on purpose: `expected_errors.append("...")`."""
    return []


@pytest.fixture(autouse=True)
def _no_unexpected_error_log(expected_errors: list[str]) -> Iterator[None]:
    handler = _ErrorLog()
    logging.getLogger().addHandler(handler)
    yield
    logging.getLogger().removeHandler(handler)
    unexpected = [
        line
        for line in handler.lines
        if not any(re.search(pattern, line) for pattern in expected_errors)
    ]
    assert not unexpected, "unexpected error log:\n" + "\n".join(unexpected)


@pytest.fixture(autouse=True)
def _no_thread_left_over() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + PATIENCE_SECONDS
    left = []
    for thread in set(threading.enumerate()) - before:
        if thread.daemon or thread.name.startswith(TOOL_THREADS):
            continue
        thread.join(max(0.0, deadline - time.monotonic()))
        if thread.is_alive():
            left.append(thread.name)
    assert not left, f"threads left running: {', '.join(left)}"


@pytest.fixture(autouse=True)
def _no_process_left_over() -> Iterator[None]:
    before = set(psutil.Process().children())
    yield
    started = [child for child in psutil.Process().children() if child not in before]
    _, alive = psutil.wait_procs(started, timeout=PATIENCE_SECONDS)
    left = [_told(child) for child in alive if _runs(child)]
    assert not left, "processes left running:\n" + "\n".join(left)


def _told(process: psutil.Process) -> str:
    """A process in words, also when it is just ending."""
    try:
        return f"{process.pid} {' '.join(process.cmdline())[:200]}"
    except psutil.Error:
        return str(process.pid)


def _runs(process: psutil.Process) -> bool:
    """Whether it still does something; one that ended and was not fetched does not."""
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _of_this_run() -> list[psutil.Process]:
    """Processes anywhere that carry this run's token, our own left out."""
    found = []
    for process in psutil.process_iter():
        try:
            ours = process.environ().get(TOKEN) == os.environ[TOKEN]
            if ours and process.pid != os.getpid() and _runs(process):
                found.append(process)
        except (psutil.Error, OSError):
            continue
    return found


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Also what a test's child started and left to itself is found, told and ended."""
    left = session.config.stash.setdefault(LEFT_OVER, [])
    if not session.config.pluginmanager.hasplugin("dsession"):
        _, alive = psutil.wait_procs(_of_this_run(), timeout=LAST_PATIENCE_SECONDS)
        left += [_told(process) for process in alive]
        for process in alive:
            process.kill()
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["left_over"] = left
    if left:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


class _Workers:
    """Where pytest-xdist's workers run the tests, each looks after its own processes; this
    hears what they tell."""

    def __init__(self, config: pytest.Config) -> None:
        self._left_over = config.stash.setdefault(LEFT_OVER, [])

    def pytest_testnodedown(self, node: Any) -> None:
        self._left_over += getattr(node, "workeroutput", {}).get("left_over", [])


def pytest_sessionstart(session: pytest.Session) -> None:
    plugins = session.config.pluginmanager
    if plugins.hasplugin("dsession"):
        plugins.register(_Workers(session.config))


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    left = config.stash.get(LEFT_OVER, [])
    if left:
        terminalreporter.section("processes the tests left running", red=True)
        for line in left:
            terminalreporter.write_line(line)
