"""One program for each profile: real second starts hand their link over and end."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from agent_desktop.system.single_instance import InstancePlace, StartOutcome, _lock, enter, place_of
from tests import source
from tests.waiting import until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="files and signals of Linux")

PATIENCE_SECONDS = 50
#: The real program; it tells when it listens, and what came through the door.
RUNNING = """
import sys
from agent_desktop.shift import link_handler
from agent_desktop.__main__ import main
def say(*words):
    print(*words, flush=True)
let_in, made = link_handler.LinkHandler.offer, link_handler.LinkHandler.__init__
def told(self, link, **facts):
    say("link", link)
    let_in(self, link, **facts)
def opened(self, *parts):
    made(self, *parts)
    say("listens")
link_handler.LinkHandler.offer, link_handler.LinkHandler.__init__ = told, opened
sys.exit(main(sys.argv[1:]))
"""


class Start:
    """A start of the program."""

    def __init__(self, profile: Path, *words: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", RUNNING, "--profile", str(profile), *words],
            cwd=source.ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def hears(self, line: str) -> None:
        assert self.process.stdout is not None
        for said in self.process.stdout:
            if said.strip() == line:
                return
        assert self.process.stderr is not None
        raise AssertionError(f"{line!r} was not said: {self.process.stderr.read()}")

    def said_until(self, line: str) -> list[str]:
        """What it heard of links before this one."""
        assert self.process.stdout is not None
        said: list[str] = []
        for one in self.process.stdout:
            if one.strip() == line:
                return said
            if one.startswith("link tel"):
                said.append(one.strip())
        raise AssertionError(f"{line!r} was not said")

    def ends(self) -> int:
        return self.process.wait(PATIENCE_SECONDS)

    def stop(self) -> None:
        self.process.kill()
        self.process.communicate(timeout=PATIENCE_SECONDS)


@pytest.fixture
def start() -> Iterator[Callable[..., Start]]:
    started: list[Start] = []

    def make(profile: Path, *words: str) -> Start:
        started.append(Start(profile, *words))
        return started[-1]

    yield make
    for one in started:
        one.stop()


@pytest.mark.timeout(240)
def test_a_second_start_hands_its_link_over_and_ends(
    start: Callable[..., Start], tmp_path: Path
) -> None:
    profile = tmp_path / "seven"
    first = start(profile, "tel:190")
    first.hears("listens")
    first.hears("link tel:190")
    assert start(profile, "tel:+5511987654321").ends() == 0
    first.hears("link tel:+5511987654321")
    assert start(profile).ends() == 0
    first.hears("link")
    door = place_of(profile)
    assert stat.S_IMODE(os.stat(door.socket).st_mode) == 0o600
    # Another profile is another program; killed, the first leaves its socket and no lock.
    other = start(tmp_path / "eight")
    other.hears("listens")
    first.stop()
    again = start(profile)
    again.hears("listens")
    assert start(profile, "tel:191").ends() == 0
    again.hears("link tel:191")


@pytest.mark.timeout(240)
def test_two_profiles_at_once_stay_apart(start: Callable[..., Start], tmp_path: Path) -> None:
    """Two servers are two profiles: each start raises the window of its own."""
    both = {name: start(tmp_path / name) for name in ("north", "south")}
    for one in both.values():
        one.hears("listens")
    for name, number in (("south", 1), ("north", 2), ("south", 3)):
        assert start(tmp_path / name, f"tel:{number}").ends() == 0
    for name, links in (("north", ["link tel:2"]), ("south", ["link tel:1", "link tel:3"])):
        assert start(tmp_path / name, "tel:9").ends() == 0
        assert both[name].said_until("link tel:9") == links


@pytest.mark.timeout(240)
def test_of_many_starts_at_once_one_stays(start: Callable[..., Start], tmp_path: Path) -> None:
    starts = [start(tmp_path / "seven", f"tel:10{number}") for number in range(4)]
    until(lambda: sum(one.process.poll() is None for one in starts) <= 1, 4 * PATIENCE_SECONDS)
    left = [one for one in starts if one.process.poll() is None]
    assert len(left) == 1
    assert {one.process.returncode for one in starts if one not in left} == {0}


def test_a_program_that_hangs_is_told_of_and_not_started_twice(
    start: Callable[..., Start], tmp_path: Path
) -> None:
    door = InstancePlace(tmp_path, "d")
    assert enter(door) is StartOutcome.FIRST
    with socket.socket(socket.AF_UNIX) as hung:
        hung.bind(door.socket)
        hung.listen()
        assert _second(door, patience=0.3) is StartOutcome.NO_ANSWER


def _second(door: InstancePlace, patience: float) -> StartOutcome:
    code = (
        "import sys; from pathlib import Path; from agent_desktop.system.single_instance import *;"
        "print(enter(InstancePlace(Path(sys.argv[1]), sys.argv[2]), '', float(sys.argv[3])).value)"
    )
    words = [sys.executable, "-c", code, str(door.folder), door.name, str(patience)]
    done = subprocess.run(words, cwd=source.ROOT, capture_output=True, text=True, timeout=50)
    return StartOutcome(done.stdout.strip())


def test_the_lock_is_one(tmp_path: Path) -> None:
    assert _lock(tmp_path / "running")
    assert not _lock(tmp_path / "running")


def test_a_folder_that_others_can_enter_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    (tmp_path / "agent-desktop").mkdir(mode=0o755)
    (tmp_path / "agent-desktop").chmod(0o755)
    with pytest.raises(OSError, match="open to others"):
        place_of(tmp_path / "profile")


def test_strangers_at_the_door_change_nothing(qtbot: object, tmp_path: Path) -> None:
    from agent_desktop.system.instance_server import InstanceServer

    door = InstancePlace(tmp_path, "d")
    server = InstanceServer(door)
    heard: list[tuple[str, str]] = []
    server.asked.connect(lambda *told: heard.append(told))
    for line in (
        b"\n",
        b"[1]\n",
        b'{"v": 2, "link": "tel:1", "activation": ""}\n',
        b'{"v": 1, "link": 7, "activation": ""}\n',
        b"[" * 4000 + b"\n",
        b"x" * 100_000,
    ):
        with socket.socket(socket.AF_UNIX) as talk:
            talk.settimeout(0.05)
            talk.connect(door.socket)
            _send(talk, line)
            answer: bytes | None = None
            while answer is None:
                qtbot.wait(5)  # type: ignore[attr-defined]
                answer = _answer(talk)
            assert answer == b""
    assert heard == []
    server.close()


def _send(talk: socket.socket, line: bytes) -> None:
    try:
        talk.sendall(line)
    except OSError:
        return


def _answer(talk: socket.socket) -> bytes | None:
    """What it says before it hangs up; None while it says nothing."""
    try:
        return talk.recv(100)
    except TimeoutError:
        return None
    except OSError:
        return b""
