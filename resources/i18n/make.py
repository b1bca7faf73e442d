"""Brings the catalogues of this folder up to date: `.venv/bin/python resources/i18n/make.py`.

New texts come from the sources (lupdate), the files the program loads are made of them (lrelease).
English is the language of the sources: its catalogue holds plural forms only. A new language is
begun with its code: `make.py pt_BR`.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
PACKAGE = HERE.parents[1] / "agent_desktop"
PLURALS_ONLY = "en"


def sources() -> list[str]:
    """All files with texts a person sees."""
    return [str(path) for path in sorted(PACKAGE.rglob("*.py"))]


def run(tool: str, *arguments: str) -> None:
    """Run one of Qt's tools as PySide ships them."""
    code = f"from PySide6.scripts.pyside_tool import {tool}; {tool}()"
    subprocess.run([sys.executable, "-c", code, *arguments], check=True)


def make(code: str) -> None:
    """Bring one catalogue up to date. Places in the sources are left out: they change daily."""
    catalogue = HERE / f"agent_desktop_{code}.ts"
    kind = ["-pluralonly"] if code == PLURALS_ONLY else []
    keep = ["-locations", "none", "-no-obsolete", "-target-language", code]
    run("lupdate", *kind, *keep, *sources(), "-ts", str(catalogue))
    text = catalogue.read_text(encoding="utf-8")
    catalogue.write_text(re.sub(r"\s*<extracomment>.*?</extracomment>", "", text), "utf-8")
    run("lrelease", str(catalogue))


if __name__ == "__main__":
    known = {path.stem.removeprefix("agent_desktop_") for path in HERE.glob("*.ts")}
    for language in sorted(known | set(sys.argv[1:])):
        make(language)
