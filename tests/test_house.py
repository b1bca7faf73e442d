"""The house in figures: each test prints one and holds it, the goal beside it.

`python3 dev.py check` shows all of them. A limit only ever goes down, towards its goal.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from tests import source

PACKAGE = source.ROOT / source.PACKAGE
# The newest kind of record: made to prove how few files one more of them takes.
NEWEST_KIND = "activity"
# Files of the kind itself lie in a folder of its name or are named after it; others are shared.
OWN = re.compile(rf"(^|[/_]){NEWEST_KIND}([/_.]|$)")
# In any spelling (NewActivity, ACTIVITY, activities); PostgreSQL has a view of sessions named so.
NAMES_KIND = re.compile(rf"(?<!pg_stat_)(?<!in){NEWEST_KIND[:-1]}(y|ies)", re.IGNORECASE)


class Limit(NamedTuple):
    """What holds today, and where it has to come to."""

    most: int
    goal: int


# Where a limit is above its goal the work of that goal is still to be done.
LIMITS = {
    "files naming the newest kind": Limit(11, 11),
    "shared files naming the newest kind": Limit(3, 3),
    "modules directly in the package": Limit(5, 5),
    "rooms": Limit(20, 20),
    "arrows between rooms": Limit(75, 75),
    "import circles": Limit(0, 1),
    "class names used twice": Limit(5, 5),
    "broad excepts": Limit(10, 8),
    "broad excepts without a reason": Limit(0, 0),
    "docstrings that only say See": Limit(0, 0),
    "SQL functions written more than once": Limit(0, 0),
}
LEAST_COMMENTS, MOST_COMMENTS = 1.5, 8.0  # lines of comment per 100 lines

Show = Callable[[str, Iterable[str]], None]


@pytest.fixture
def show(capsys: pytest.CaptureFixture[str]) -> Show:
    """Print a figure with its goal, past pytest's capture, and hold its limit."""

    def told(name: str, found: Iterable[str]) -> None:
        each, limit = sorted(found), LIMITS[name]
        _print(capsys, name, str(len(each)), f"at most {limit.most}, goal {limit.goal}")
        assert len(each) <= limit.most, f"{name}: {len(each)}\n" + "\n".join(each)

    return told


def _print(capsys: pytest.CaptureFixture[str], name: str, figure: str, limits: str) -> None:
    with capsys.disabled():
        print(f"\n    {name:<40} {figure:>6}   ({limits})", end="")


# ---------------------------------------------------------------- kinds and folders


def _product_files() -> list[Path]:
    """Python and SQL of the package; an __init__ only marks a folder."""
    found = [*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.sql")]
    return sorted(path for path in found if path.name != "__init__.py")


def _place(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def test_a_new_kind_of_record_touches_few_files(show: Show) -> None:
    naming = [
        _place(path)
        for path in _product_files()
        if NAMES_KIND.search(_place(path)) or NAMES_KIND.search(path.read_text("utf-8"))
    ]
    show("files naming the newest kind", naming)
    show("shared files naming the newest kind", [one for one in naming if not OWN.search(one)])


def test_few_modules_lie_in_no_folder(show: Show) -> None:
    show(
        "modules directly in the package",
        [path.name for path in PACKAGE.glob("*.py") if path.name != "__init__.py"],
    )


def _modules() -> dict[str, Path]:
    """Every module of the package by its name; the package itself is left out."""
    return {name: path for path in source.files() if (name := source.module(path))}


def _meant(name: str, modules: Iterable[str]) -> str | None:
    """The module that an import of `agent_desktop.…` loads: the name itself or where it lies."""
    head, _, own = name.partition(".")
    while head == source.PACKAGE and own:
        if own in modules:
            return own
        own = own.rpartition(".")[0]
    return None


def _room(module: str) -> str:
    """A folder of the package, or a module that lies in none."""
    return module.partition(".")[0]


def test_the_house_can_be_drawn(show: Show) -> None:
    modules = _modules()
    rooms = {_room(module) for module in modules}
    arrows = {
        f"{_room(module)} -> {_room(meant)}"
        for module, path in modules.items()
        for found in source.imports(path)
        if (meant := _meant(found.name, modules)) and _room(meant) != _room(module)
    }
    show("rooms", rooms)
    show("arrows between rooms", arrows)


# ---------------------------------------------------------------- circles


def _loaded(path: Path, types_too: bool) -> Iterator[str]:
    """What a module names in its imports; with `types_too` also what only a checker reads."""
    skipped: set[int] = set()
    for node in [] if types_too else ast.walk(source.tree(path)):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            last = node.body[-1]
            skipped.update(range(node.lineno, (last.end_lineno or last.lineno) + 1))
    for found in source.imports(path):
        if int(found.place.rpartition(":")[2]) not in skipped:
            yield found.name


def _reached(start: str, graph: dict[str, set[str]]) -> set[str]:
    """All that a module loads, and what that loads, and so on."""
    found: set[str] = set()
    left = [start]
    while left:
        new = graph[left.pop()] - found
        found |= new
        left += new
    return found


def _circles(graph: dict[str, set[str]]) -> list[list[str]]:
    """Groups of modules that all load each other."""
    reached = {module: _reached(module, graph) for module in graph}
    groups = {
        tuple(sorted(one for one in reached[module] if module in reached[one])) for module in graph
    }
    return [list(group) for group in sorted(groups) if group]


def _graph(types_too: bool) -> dict[str, set[str]]:
    modules = _modules()
    return {
        module: {
            meant
            for name in _loaded(path, types_too)
            if (meant := _meant(name, modules)) and meant != module
        }
        for module, path in modules.items()
    }


def test_modules_do_not_import_each_other_in_circles(
    show: Show, capsys: pytest.CaptureFixture[str]
) -> None:
    with_types = _circles(_graph(types_too=True))
    _print(capsys, "circles with TYPE_CHECKING's imports", str(len(with_types)), "told only")
    show("import circles", [" <-> ".join(circle) for circle in _circles(_graph(types_too=False))])


# ---------------------------------------------------------------- names and prose


def test_a_class_has_a_name_of_its_own(show: Show) -> None:
    places: dict[str, list[str]] = defaultdict(list)
    for path in source.files():
        for node in ast.walk(source.tree(path)):
            if isinstance(node, ast.ClassDef):
                places[node.name].append(source.shown(path, node.lineno))
    show(
        "class names used twice",
        [f"{name}: {', '.join(where)}" for name, where in places.items() if len(where) > 1],
    )


@cache
def _comment_lines(path: Path) -> frozenset[int]:
    """Lines with a comment for people; a word to a tool (noqa, fmt, type) is none."""
    text = io.StringIO(path.read_text(encoding="utf-8"))
    return frozenset(
        token.start[0]
        for token in tokenize.generate_tokens(text.readline)
        if token.type == tokenize.COMMENT
        and not re.match(r"#:?\s*(noqa|fmt:|type:|pragma|mypy:|ruff:|!)", token.string)
    )


def test_comments_say_why(capsys: pytest.CaptureFixture[str]) -> None:
    lines = sum(len(path.read_text("utf-8").splitlines()) for path in source.files())
    comments = sum(len(_comment_lines(path)) for path in source.files())
    share = 100 * comments / lines
    limits = f"{LEAST_COMMENTS:.1f} to {MOST_COMMENTS:.1f}, goal 4 to 8"
    _print(capsys, "comment lines per 100 lines", f"{share:.1f}", limits)
    assert LEAST_COMMENTS <= share <= MOST_COMMENTS


def _broad(handler: ast.ExceptHandler) -> bool:
    caught = handler.type
    names = caught.elts if isinstance(caught, ast.Tuple) else [caught] if caught else []
    return caught is None or any(
        isinstance(name, ast.Name) and name.id in ("Exception", "BaseException") for name in names
    )


def _broad_excepts() -> Iterator[tuple[Path, ast.ExceptHandler]]:
    for path in source.files():
        for node in ast.walk(source.tree(path)):
            if isinstance(node, ast.ExceptHandler) and _broad(node):
                yield path, node


def test_everything_is_caught_at_few_edges(show: Show) -> None:
    show("broad excepts", [source.shown(path, node.lineno) for path, node in _broad_excepts()])


def test_who_catches_everything_says_why(show: Show) -> None:
    """At the line, above it, or first thing below; a `noqa: BLE001` with words counts."""
    silent = []
    for path, node in _broad_excepts():
        first = node.body[0].lineno
        near = range(node.lineno - 1, first + 1)
        line = path.read_text("utf-8").splitlines()[node.lineno - 1]
        worded = re.search(r"noqa: BLE001\s*[-–—:#]+\s*\w+", line)
        if not worded and not _comment_lines(path).intersection(near):
            silent.append(source.shown(path, node.lineno))
    show("broad excepts without a reason", silent)


def test_a_docstring_says_more_than_where_to_look(show: Show) -> None:
    found = []
    for path in source.files():
        for node in ast.walk(source.tree(path)):
            if not isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            if re.fullmatch(r"See [^\n]*\.", (ast.get_docstring(node) or "").strip()):
                found.append(source.shown(path, node.lineno))
    show("docstrings that only say See", found)


# ---------------------------------------------------------------- the centre's SQL

_FUNCTION = re.compile(
    r"create\s+(?:or\s+replace\s+)?(?:function|procedure)\s+([\w.\"]+)\s*\(([^)]*)\)", re.IGNORECASE
)


def test_a_function_of_the_centre_is_written_once(show: Show) -> None:
    """By name and arguments, since two with other arguments are two functions."""
    counted: Counter[str] = Counter()
    for path in PACKAGE.rglob("*.sql"):
        text = re.sub(r"--[^\n]*", "", path.read_text("utf-8"))
        for name, arguments in _FUNCTION.findall(text):
            types = [" ".join(one.split()).lower() for one in arguments.split(",")]
            counted[f"{name.lower()}({', '.join(types)})"] += 1
    show(
        "SQL functions written more than once",
        [f"{name}: {times} times" for name, times in counted.items() if times > 1],
    )
