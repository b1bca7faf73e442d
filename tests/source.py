"""The program's own source as the guards read it: files, modules, imports."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "agent_desktop"


class Import(NamedTuple):
    """One name that a module imports, and where."""

    module: str
    name: str
    place: str


def files() -> list[Path]:
    """All Python files of the package."""
    return sorted((ROOT / PACKAGE).rglob("*.py"))


@cache
def tree(path: Path) -> ast.Module:
    """The parsed file."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def module(path: Path) -> str:
    """`agent_desktop/views/kit/page.py` -> `views.page`; a package's __init__ is the package."""
    parts = path.relative_to(ROOT / PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def shown(path: Path, line: int) -> str:
    """Where something stands, for a person to click on."""
    return f"{path.relative_to(ROOT).as_posix()}:{line}"


def under(name: str, prefixes: tuple[str, ...]) -> bool:
    """Whether a dotted name is one of these or lies inside one of them."""
    return any(name == prefix or name.startswith(prefix + ".") for prefix in prefixes)


def _from(path: Path, node: ast.ImportFrom) -> Iterator[str]:
    """`from a import b` means a.b: it may be a module or a name in one."""
    base = node.module or ""
    if node.level:
        package = path.parent.relative_to(ROOT).parts
        base = ".".join([*package[: len(package) - node.level + 1], *filter(None, [base])])
    for alias in node.names:
        yield f"{base}.{alias.name}"


def imports(path: Path) -> Iterator[Import]:
    """Every import of a file: at the top, inside functions, under TYPE_CHECKING."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = list(_from(path, node))
        else:
            continue
        for name in names:
            yield Import(module(path), name, shown(path, node.lineno))
