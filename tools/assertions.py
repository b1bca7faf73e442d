"""What the tests assert, counted: nothing may get lost when the suite is made cheaper.

`python -m tools.assertions [--collect] [FOLDER]` prints a line a test file: test functions,
cases as pytest collects them (only with `--collect`), and statements that assert. The last line
is the sum; compare it as a whole, since files are renamed.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Calls that fail a test when what they wait for or expect does not come.
ASSERTING_CALLS = ("raises", "warns", "fail", "waitUntil", "waitSignal", "waitActive", "until")


@dataclass(frozen=True, slots=True)
class Counted:
    """How much one file asserts; `functions` are its tests, `cases` what pytest makes of them."""

    functions: int = 0
    cases: int = 0
    asserts: int = 0
    calls: int = 0

    def __add__(self, other: Counted) -> Counted:
        return Counted(
            self.functions + other.functions,
            self.cases + other.cases,
            self.asserts + other.asserts,
            self.calls + other.calls,
        )

    def line(self, name: str) -> str:
        """The figures in columns, the name last."""
        return f"{self.functions:5} {self.cases:5} {self.asserts:6} {self.calls:6}  {name}"


def _called(node: ast.Call) -> str:
    function = node.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def count(text: str, cases: int = 0) -> Counted:
    """Count the tests and assertions of one file's text."""
    nodes = list(ast.walk(ast.parse(text)))
    functions = [n for n in nodes if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    return Counted(
        functions=sum(node.name.startswith("test_") for node in functions),
        cases=cases,
        asserts=sum(isinstance(node, ast.Assert) for node in nodes),
        calls=sum(isinstance(n, ast.Call) and _called(n) in ASSERTING_CALLS for n in nodes),
    )


def collected(folder: Path) -> Counter[str]:
    """Cases a file, as pytest collects them; those that take an installation count as well."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-m", "", str(folder)]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return Counter(line.partition("::")[0] for line in told.splitlines() if "::" in line)


def lines(folder: Path, cases: Counter[str]) -> Iterator[str]:
    """The table: a line a file that asserts anything, the sum last."""
    total = Counted()
    for path in sorted(folder.rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        counted = count(path.read_text(encoding="utf-8"), cases[name])
        total += counted
        if counted != Counted():
            yield counted.line(name)
    yield total.line("all together")


def main(words: list[str]) -> int:
    """Print the table."""
    folders = [word for word in words if word != "--collect"]
    folder = Path(folders[0] if folders else "tests").resolve()
    cases = collected(folder) if "--collect" in words else Counter[str]()
    print(f"{'tests':>5} {'cases':>5} {'assert':>6} {'calls':>6}")
    for line in lines(folder, cases):
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
