"""The catalogues: plural forms in English, and that none is missing or older than its source."""

from __future__ import annotations

import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication

from agent_desktop.views.words import language
from tests import source

CATALOGUES = sorted(language.FOLDER.glob("agent_desktop_*.ts"))


@pytest.fixture
def english(qapp: QApplication) -> Iterator[None]:
    language.speak("en")
    yield
    language.speak("en")


def _said(words: str, number: int) -> str:
    return QCoreApplication.translate("FrameFeed", words, "", number)


@pytest.mark.usefixtures("english")
def test_one_and_many_are_told_apart() -> None:
    assert _said("%n open ticket(s)", 1) == "1 open ticket"
    assert _said("%n open ticket(s)", 4) == "4 open tickets"


def test_a_language_without_catalogue_is_shown_in_english(qapp: QApplication) -> None:
    assert language.speak("xx") == ("en",)
    assert _said("%n open ticket(s)", 1) == "1 open ticket"


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=lambda path: path.stem)
def test_every_plural_has_its_forms(catalogue: Path, tmp_path: Path) -> None:
    found = tmp_path / "found.ts"
    run = "from PySide6.scripts.pyside_tool import lupdate; lupdate()"
    files = map(str, sorted((source.ROOT / source.PACKAGE).rglob("*.py")))
    command = [sys.executable, "-c", run, "-pluralonly", *files, "-ts", str(found)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    missing = _plurals(found) - _plurals(catalogue, finished=True)
    assert not missing, f"python resources/i18n/make.py, then translate in {catalogue.name}"


def _plurals(path: Path, *, finished: bool = False) -> set[str]:
    return {
        message.findtext("source") or ""
        for message in ET.parse(path).iter("message")
        if message.get("numerus") == "yes" and (not finished or _is_finished(message))
    }


def _is_finished(message: ET.Element) -> bool:
    forms = [form.text or "" for form in message.iter("numerusform")]
    return bool(forms) and all(forms)


def test_what_is_loaded_is_made_of_the_catalogue() -> None:
    for catalogue in CATALOGUES:
        assert catalogue.with_suffix(".qm").exists()
