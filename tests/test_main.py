"""The command line: which part of the program takes over."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from agent_desktop import __main__, __version__, app
from agent_desktop.settings import Settings
from agent_desktop.sync import bootstrap_process
from agent_desktop.system import log_file


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        __main__.main(["--version"])
    assert end.value.code == 0
    assert __version__ in capsys.readouterr().out


def test_the_help_names_every_way_to_start(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        __main__.main(["--help"])
    assert end.value.code == 0
    told = capsys.readouterr().out
    for way in ("agent-desktop demo", "agent-desktop admin", "agent-desktop hub", "--self-test"):
        assert way in told


def test_a_profile_is_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything of this desk lies below it: nothing is written where others are."""
    asked: list[Settings] = []
    kept: list[Path] = []

    def run(settings: Settings, **_how: object) -> int:
        asked.append(settings)
        return 0

    monkeypatch.setattr(app, "run", run)
    monkeypatch.setattr(log_file, "keep_log", lambda folder, _level: kept.append(folder))
    folder = tmp_path / "desks" / "seven"
    assert __main__.main(["--profile", str(folder)]) == 0
    assert [settings.folder for settings in asked] == [folder]
    assert kept == [folder]


def test_a_frozen_program_fetches_snapshots_itself(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    program, *words = bootstrap_process.command()
    assert program == sys.executable
    order = {
        "server": {"host": "127.0.0.1", "port": 9, "database": "none"},
        "user": "ana",
        "password": "x",
        "path": str(tmp_path / "fresh.db"),
        "key": bytes(32).hex(),
        "kept": {},
    }
    monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps(order) + "\n"))
    assert __main__.main(words) == 1
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["failed"] == "unreachable"


def test_a_frozen_program_is_its_own_phone_process() -> None:
    command = [sys.executable, "-m", "agent_desktop", "--phone-process", "--facts"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "udp" in json.loads(done.stdout)["transports"]
