"""The start-up rule: what is imported before the sign-in page is painted.

A process of its own starts the program as a person does and tells, at the first paint, which
modules it has; everything else is loaded in a thread while the agent types.
"""

from __future__ import annotations

import json
import sys

import pytest

from tests import source
from tests.fresh_process import told_by

# Each of these costs a large part of the time a person waits for the first paint.
TOO_HEAVY = frozenset({
    "cryptography", "keyring", "phonenumbers", "pjsua2", "psycopg", "pyqtgraph",
    "secretstorage", "sqlalchemy", "sqlcipher3", "stdnum", "uuid6",
})  # fmt: skip

# What of ours the sign-in page needs. A new name here makes every start slower: think twice.
OURS = frozenset({
    "", "__main__", "app", "errors", "settings", "desk", "desk.background",
    "system", "system.garbage_collection", "system.log_file", "system.plain_imports",
    "system.runtime_folder", "system.single_instance",
    "views", "views.look", "views.look.icon", "views.look.theme", "views.look.tokens",
    "views.shell", "views.shell.sign_in", "views.words", "views.words.language",
    "views.widgets", "views.widgets.block", "views.widgets.button", "views.widgets.enter_presses",
    "views.widgets.field", "views.widgets.new_password",
    "views.widgets.shapes", "views.widgets.text",
})  # fmt: skip

# Libraries (beside the standard one) that may be there: Qt with what it makes up, and platformdirs,
# which finds the user's settings.
LIBRARIES = frozenset({
    "PySide6", "__feature__", "shiboken6", "shibokensupport", "signature_bootstrap",
    "platformdirs",
})  # fmt: skip

# The program's own `--first-paint` road; the modules are told when it would tell the time.
START = """
import json, sys
from agent_desktop import __main__, app
told = app._tell_and_quit
def tell(application):
    print(json.dumps(sorted(sys.modules)), flush=True)
    told(application)
app._tell_and_quit = tell
sys.exit(__main__.main(["--first-paint", "--profile", sys.argv[1]]))
"""


@pytest.fixture(scope="module")
def at_first_paint(tmp_path_factory: pytest.TempPathFactory) -> frozenset[str]:
    """The modules a starting program has imported when its sign-in page is painted."""
    profile = tmp_path_factory.mktemp("start") / "desk"
    modules, nanoseconds = told_by(START, str(profile)).splitlines()[-2:]
    assert int(nanoseconds) > 0
    return frozenset(json.loads(modules))


def _heads(modules: frozenset[str]) -> frozenset[str]:
    return frozenset(name.partition(".")[0] for name in modules)


def test_nothing_heavy_is_imported_before_the_first_paint(at_first_paint: frozenset[str]) -> None:
    assert not _heads(at_first_paint) & TOO_HEAVY


def test_of_ours_only_what_the_sign_in_page_needs(at_first_paint: frozenset[str]) -> None:
    ours = {
        name.partition(".")[2] for name in at_first_paint if name.split(".")[0] == source.PACKAGE
    }
    assert ours <= OURS, f"imported before the first paint: {sorted(ours - OURS)}"
    assert OURS - {"__main__"} <= ours, f"no longer needed: {sorted(OURS - ours)}"


def test_no_other_library_is_there(at_first_paint: frozenset[str]) -> None:
    """What an empty interpreter of this environment has by itself is not ours."""
    empty = told_by("import sys; print(*sys.modules)")
    known = _heads(frozenset(empty.split())) | LIBRARIES | {source.PACKAGE}
    strangers = _heads(at_first_paint) - known - sys.stdlib_module_names
    assert not strangers, f"imported before the first paint: {sorted(strangers)}"


def test_no_source_is_read_to_load_the_program() -> None:
    """Qt's binding would read each module's; linecache keeps what was read."""
    script = (
        "import linecache, agent_desktop.app, agent_desktop.shift.shift\n"
        "print(*(name for name in linecache.cache if name.endswith('.py') and 'alchemy' in name))"
    )
    assert not told_by(script).split()
