"""Tests reach the product by its public faces; the figure is printed and kept from growing."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parent

# -- tests use public faces ----------------------------------------------------------------------
#: Private attributes of the product that tests may touch: where nothing public tells, and a public
#: face would be there for the test alone.
MOST_PRIVATE_ATTRIBUTES = 20
#: These are the language's own.
_NOT_OURS = {"sys", "os"}
#: Functions that name an attribute in a string.
_BY_NAME = {"setattr", "getattr", "hasattr", "delattr", "object"}


def _is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def _own(value: ast.expr) -> bool:
    """`self`, `cls` and `super()`: an object's own attributes."""
    if isinstance(value, ast.Call):
        return isinstance(value.func, ast.Name) and value.func.id == "super"
    return isinstance(value, ast.Name) and value.id in {"self", "cls", *_NOT_OURS}


def _private_attributes(source: str) -> Iterator[tuple[int, str]]:
    """Line and name of each private attribute of something else, also where a string names it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and _is_private(node.attr) and not _own(node.value):
            yield node.lineno, node.attr
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in _BY_NAME:
            for one in node.args:
                name = one.value if isinstance(one, ast.Constant) else None
                if isinstance(name, str) and _is_private(name.split(".")[-1]):
                    yield node.lineno, name


def test_tests_use_public_faces(capsys: pytest.CaptureFixture[str]) -> None:
    found = [
        f"{path.relative_to(TESTS)}:{line} {name}"
        for path in sorted(TESTS.rglob("*.py"))
        for line, name in _private_attributes(path.read_text("utf-8"))
    ]
    with capsys.disabled():
        print(f"\nprivate attributes touched by tests: {len(found)}")
    assert len(found) <= MOST_PRIVATE_ATTRIBUTES, "\n".join(found)
