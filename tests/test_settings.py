from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from agent_desktop import settings


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_each_layer_lies_over_the_one_before(tmp_path: Path) -> None:
    site = written(tmp_path / "site.toml", 'server = "site:1/db"\ntheme = "dark"\n')
    user = written(tmp_path / "user.toml", 'theme = "light"\nzoom_percent = 125\n')
    found = settings.load({"AGENT_DESKTOP_ZOOM_PERCENT": "150"}, (site, user))
    assert (found.server, found.theme, found.zoom_percent) == ("site:1/db", "light", 150)
    assert found.complaints == ()


def test_what_does_not_fit_is_named_and_the_rest_is_used(tmp_path: Path) -> None:
    user = written(tmp_path / "u.toml", 'colour = "red"\nzoom_percent = "big"\ntheme = "dark"\n')
    broken = written(tmp_path / "broken.toml", "theme = ")
    found = settings.load({"AGENT_DESKTOP_POLL_SECONDS": "soon"}, (user, broken))
    assert (found.theme, found.zoom_percent, found.poll_seconds) == ("dark", 100, 20)
    assert len(found.complaints) == 4


def test_no_files_and_no_environment_give_the_defaults(tmp_path: Path) -> None:
    assert settings.load({"X": ""}, (tmp_path / "none.toml",)) == settings.Settings()


def test_saved_settings_come_back_and_others_stay(tmp_path: Path) -> None:
    path = tmp_path / "new" / "settings.toml"
    settings.save_user({"server": 'a"b\\c\n', "zoom_percent": 125}, path)
    settings.save_user({"accepts_loopback_calls": True}, path)
    found = settings.load({"X": ""}, (path,))
    assert (found.server, found.zoom_percent) == ('a"b\\c\n', 125)
    assert found.accepts_loopback_calls
    assert found.complaints == ()


def test_yes_and_no_are_understood(tmp_path: Path) -> None:
    assert settings.load({"AGENT_DESKTOP_ACCEPTS_LOOPBACK_CALLS": "yes"}, ()).accepts_loopback_calls


def test_system_wide_keys_can_be_chosen_and_switched_off(tmp_path: Path) -> None:
    from agent_desktop.system.hotkey import parse_key

    for text in settings.Settings().keys_of_system.values():
        parse_key(text)
    user = written(tmp_path / "u.toml", 'system_key_mute = "Ctrl+Shift+F7"\n')
    assert settings.load({"X": ""}, (user,)).keys_of_system["call.mute"] == "Ctrl+Shift+F7"
    off = written(tmp_path / "off.toml", "system_keys = false\n")
    assert settings.load({"X": ""}, (off,)).keys_of_system == {}


def test_importing_settings_loads_nothing_heavy() -> None:
    code = (
        "import sys, agent_desktop.settings as s; s.load({'X': ''}, ());"
        "print(*(m for m in ('sqlalchemy', 'psycopg', 'keyring', 'cryptography', 'PySide6')"
        " if m in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30)
    assert done.stdout.split() == []
