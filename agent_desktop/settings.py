"""Settings in layers: what the program says < the site < the user < the environment.

One frozen value, read once at the start. Files are TOML; unknown keys and wrong types are
collected as complaints instead of stopping an agent from signing in. Imports nothing heavy:
this module is loaded before the first paint.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

APP = "agent-desktop"
#: The name of the product is the same in every language.
PRODUCT = "Agent Desktop"
PREFIX = "AGENT_DESKTOP_"


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings. `server` is `host[:port][/database]`, empty until somebody typed it.

    `root_certificate` is the file of the site's certificate authority, empty for the system's
    own list. `profile` names a set of data of its own (the demo has one). `poll_seconds` is
    how often the centre is asked without a hint. `dial_to` is where a line without a PBX dials
    (the demo's customers, "127.0.0.1:port"). `navigation` is "folded", "open" or "auto" (by the
    width), `window` where the window stood (Qt's geometry, base64). `headset`, `microphone` and
    `ringer` are sound devices (empty: the system's), `ring_volume` 0 to 100, `sound_checked` the
    headset that was tried last. `system_keys` tells whether
    keys of the telephone work while another program has the focus, the three `system_key_...`
    which (empty: none). The screen locks after `lock_minutes` without input, 0 is never.
    `log_level` is debug, info, warning or error. `complaints` names what could not be used.
    """

    server: str = ""
    user: str = ""
    root_certificate: str = ""
    language: str = ""
    theme: str = "system"
    zoom_percent: int = 100
    navigation: str = "auto"
    window: str = ""
    profile: str = "default"
    data_folder: str = ""
    poll_seconds: int = 20
    headset: str = ""
    microphone: str = ""
    ringer: str = ""
    ring_volume: int = 80
    sound_checked: str = ""
    accepts_loopback_calls: bool = False
    dial_to: str = ""
    log_level: str = "info"
    system_keys: bool = True
    system_key_answer: str = "Meta+F9"
    system_key_mute: str = "Meta+F7"
    system_key_hang_up: str = "Ctrl+Meta+F9"
    lock_minutes: int = 10
    complaints: tuple[str, ...] = field(default=())

    @property
    def folder(self) -> Path:
        """Where this profile's files live."""
        return Path(self.data_folder or _user_data_folder()) / self.profile

    @property
    def keys_of_system(self) -> dict[str, str]:
        """Command id -> its system-wide key; empty when there shall be none."""
        if not self.system_keys:
            return {}
        return {
            "call.answer": self.system_key_answer,
            "call.mute": self.system_key_mute,
            "call.hang_up": self.system_key_hang_up,
        }


_KEYS = {item.name: item.default for item in fields(Settings) if item.name != "complaints"}


def load(
    environment: Mapping[str, str] | None = None, files: tuple[Path, ...] | None = None
) -> Settings:
    """The settings of this start; `files` are the layers' files, weakest first."""
    settings = Settings()
    for path in default_files() if files is None else files:
        settings = _laid_over(settings, *_read(path))
    return _laid_over(settings, *_from_environment(environment or os.environ))


def default_files() -> tuple[Path, Path]:
    """The site's file and the user's file of this system."""
    return _site_folder() / "settings.toml", _user_config_folder() / "settings.toml"


def _site_folder() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("PROGRAMDATA", r"C:\ProgramData")) / APP
    return Path("/etc") / APP


def _user_config_folder() -> Path:
    if sys.platform == "linux":
        return _linux_folder("XDG_CONFIG_HOME", ".config")
    from platformdirs import user_config_path

    return user_config_path(APP, appauthor=False)


def _user_data_folder() -> Path:
    if sys.platform == "linux":
        return _linux_folder("XDG_DATA_HOME", ".local/share")
    from platformdirs import user_data_path

    return user_data_path(APP, appauthor=False)


def _linux_folder(variable: str, below_home: str) -> Path:
    """As platformdirs finds it, which costs more than the rest of this module to import."""
    chosen = os.environ.get(variable, "").strip()
    return Path(chosen or Path.home() / below_home) / APP


def _read(path: Path) -> tuple[str, dict[str, Any], list[str]]:
    """(name of the layer, values, complaints) of a file; empty if there is none."""
    try:
        text = path.read_text(encoding="utf-8")
        import tomllib  # only now: most starts have no such file

        return str(path), tomllib.loads(text), []
    except FileNotFoundError:
        return str(path), {}, []
    except (OSError, ValueError) as error:  # TOML and UTF-8 errors are ValueErrors
        return str(path), {}, [f"{path}: {error}"]


def _from_environment(environment: Mapping[str, str]) -> tuple[str, dict[str, Any], list[str]]:
    """AGENT_DESKTOP_<KEY> for each key; numbers and yes/no are read from their text."""
    values: dict[str, Any] = {}
    complaints = []
    for key, default in _KEYS.items():
        text = environment.get(PREFIX + key.upper())
        if text is None:
            continue
        try:
            values[key] = _from_text(text, type(default))
        except ValueError:
            complaints.append(f"{PREFIX}{key.upper()}: {text!r}")
    return "environment", values, complaints


def _from_text(text: str, kind: type) -> Any:
    if kind is bool:
        if text.lower() not in ("0", "1", "no", "yes", "false", "true"):
            raise ValueError(text)
        return text.lower() in ("1", "yes", "true")
    return kind(text)


def _laid_over(
    settings: Settings, layer: str, values: Mapping[str, Any], complaints: list[str]
) -> Settings:
    """The settings with one more layer over them; what does not fit is only named."""
    good: dict[str, Any] = {}
    for key, value in values.items():
        if key in _KEYS and type(value) is type(_KEYS[key]):
            good[key] = value
        else:
            complaints = [*complaints, f"{layer}: {key}"]
    return replace(settings, **good, complaints=(*settings.complaints, *complaints))


def save_user(changes: Mapping[str, str | int | bool], path: Path | None = None) -> None:
    """Write some settings into the user's file, keeping the others that stand there."""
    target = path or default_files()[1]
    values = {**_read(target)[1], **changes}
    lines = [f"{key} = {_written(value)}\n" for key, value in values.items() if key in _KEYS]
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_suffix(".new")
    fresh.write_text("".join(lines), encoding="utf-8")
    os.replace(fresh, target)


def _written(value: str | int | bool) -> str:
    """A value as TOML."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    plain = "".join(sign if sign.isprintable() else f"\\u{ord(sign):04x}" for sign in escaped)
    return f'"{plain}"'
