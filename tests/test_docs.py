"""Every file that ARCHITECTURE.md, README.md or a page of docs/ names is there."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from tests import source

PAGES = ("ARCHITECTURE.md", "README.md", "docs/*.md", "docs/decisions/*.md", "tests/pbx/README.md")
#: A word that names a file of ours by its ending, or a folder by its slash (in backticks only).
_FILE = re.compile(r"(?<![\w/.<>:*-])[\w][\w./*-]*\.(?:py|sql|md|toml|qss|sh|c|json|svg|png)\b")
_FOLDER = re.compile(r"`([\w][\w./*-]*/)`")
_SKIPPED = {".git", ".venv", "__pycache__", "node_modules"}


@cache
def _files() -> tuple[str, ...]:
    """All files of the repository, by their path from its root."""
    found = (path.relative_to(source.ROOT) for path in source.ROOT.rglob("*") if path.is_file())
    return tuple(path.as_posix() for path in found if not _SKIPPED & set(path.parts))


def _is_there(named: str) -> bool:
    """A path may begin at any folder: `line.py`, `engine/line.py`, `agent_desktop/telephony/`."""
    pattern = re.escape(named).replace(r"\*", "[^/]*")
    whole = re.compile(rf"(?:.*/)?{pattern}" + (".*" if named.endswith("/") else ""))
    return any(whole.fullmatch(path) for path in _files())


def _named(page: Path) -> list[str]:
    text = page.read_text(encoding="utf-8")
    # `mirror.fresh` and other files of a running program have endings of their own.
    return sorted({*_FILE.findall(text), *_FOLDER.findall(text)})


@pytest.mark.parametrize(
    "page",
    sorted(page for pattern in PAGES for page in source.ROOT.glob(pattern)),
    ids=lambda page: page.name,
)
def test_every_path_named_in_a_page_exists(page: Path) -> None:
    missing = [
        named
        for named in _named(page)
        if not _is_there(named) and not (page.parent / named).exists()
    ]
    assert not missing, f"{page.name} names what is not there: {missing}"
