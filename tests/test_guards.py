"""Guards against faults that come back: lost references, rich text from data, told addresses."""

from __future__ import annotations

import ast
import os
import re
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests import source

# ---------------------------------------------------------------- references


class _Bell(QObject):
    """Rings, and hears itself in a plain method and in a slot that return nothing."""

    rung = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.heard = 0
        self.rung.connect(self.hear)
        self.rung.connect(self.hear_as_slot)

    def hear(self, _: object) -> None:
        self.heard += 1

    @Slot(object)
    def hear_as_slot(self, _: object) -> None:
        self.heard += 1


def test_qt_calls_keep_the_references_of_none_and_true(qtbot: QtBot) -> None:
    """A PySide6 that loses one with each call aborts the program after a few thousand."""
    widget, bell = QWidget(), _Bell()
    qtbot.addWidget(widget)
    before = sys.getrefcount(None), sys.getrefcount(True)
    for _ in range(1000):
        widget.update()
        widget.setEnabled(True)
    for _ in range(300):
        bell.rung.emit(None)
    after = sys.getrefcount(None), sys.getrefcount(True)
    assert bell.heard == 600
    # Some come and go on their own; a loss would be a thousand.
    assert after[0] > before[0] - 50, f"None went from {before[0]} to {after[0]} references"
    assert after[1] > before[1] - 50, f"True went from {before[1]} to {after[1]} references"


# ---------------------------------------------------------------- rich text

# Qt takes a text that looks like HTML for HTML, so a caller could name himself <img src=...>.
# These classes guess; only our own widgets may build on them, and those say PlainText.
GUESSING = ("QLabel", "QMessageBox", "QTextEdit", "QTextBrowser", "QErrorMessage", "QWhatsThis")
MADE_IN = "agent_desktop/views/widgets/"
# Calls and constants that ask for rich text.
RICH = (
    "setHtml",
    "insertHtml",
    "appendHtml",
    "setMarkdown",
    "RichText",
    "AutoText",
    "MarkdownText",
)
# Where rich text is shown on purpose: place -> why no data of strangers gets there.
RICH_ON_PURPOSE: dict[str, str] = {}


def _views() -> list[Path]:
    return sorted((source.ROOT / source.PACKAGE / "views").rglob("*.py"))


def _last(node: ast.expr) -> str:
    """`QtWidgets.QLabel` and `QLabel` -> QLabel."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _guessing(path: Path) -> Iterator[str]:
    """Where a file makes, or derives from, a widget that guesses."""
    for node in ast.walk(source.tree(path)):
        if isinstance(node, ast.Call):
            used = [_last(node.func)]
            if isinstance(node.func, ast.Attribute):
                used.append(_last(node.func.value))  # QMessageBox.question(...)
        elif isinstance(node, ast.ClassDef):
            used = [_last(base) for base in node.bases]
        else:
            continue
        for name in set(used) & set(GUESSING):
            yield f"{source.shown(path, node.lineno)} {name}"


def test_only_our_widgets_build_on_classes_that_guess_rich_text() -> None:
    wrong = [
        place
        for path in _views()
        if not path.relative_to(source.ROOT).as_posix().startswith(MADE_IN)
        for place in _guessing(path)
    ]
    assert not wrong, f"use a widget from {MADE_IN}:\n" + "\n".join(wrong)


def test_our_widgets_say_plain_text_where_qt_would_guess() -> None:
    wrong = []
    for path in _views():
        places = list(_guessing(path))
        text = path.read_text(encoding="utf-8")
        if places and "PlainText" not in text and "setAcceptRichText(False)" not in text:
            wrong += places
    assert not wrong, "these need setTextFormat(PlainText):\n" + "\n".join(wrong)


def test_nothing_asks_for_rich_text() -> None:
    wrong = [
        place
        for path in _views()
        for node in ast.walk(source.tree(path))
        if isinstance(node, ast.Attribute) and node.attr in RICH
        for place in [f"{source.shown(path, node.lineno)} {node.attr}"]
        if place.split(":")[0] not in RICH_ON_PURPOSE
    ]
    assert not wrong, "\n".join(wrong)


def _cannot_be_rich(node: ast.expr) -> bool:
    """A tooltip of ours: translated, made plain, a constant, or a choice between such."""
    match node:
        case ast.Constant():
            return True
        case ast.IfExp(body=body, orelse=orelse):
            return _cannot_be_rich(body) and _cannot_be_rich(orelse)
        case ast.Call(func=called):
            return _last(called) in ("tr", "translate", "plain_tip")
    return False


def test_tooltips_are_plain_too() -> None:
    """Qt guesses in tooltips as it does in labels; `plain_tip` stops it."""
    wrong = [
        f"{source.shown(path, node.lineno)} {ast.unparse(node)}"
        for path in _views()
        for node in ast.walk(source.tree(path))
        if isinstance(node, ast.Call)
        and _last(node.func) in ("setToolTip", "setWhatsThis")
        and not _cannot_be_rich(node.args[0])
    ]
    for path in _views():
        text = path.read_text(encoding="utf-8")
        if "ToolTipRole" in text and "plain_tip" not in text:
            wrong.append(f"{source.shown(path, 1)} answers ToolTipRole")
    assert not wrong, "wrap in plain_tip():\n" + "\n".join(wrong)


# ---------------------------------------------------------------- addresses

NOT_OURS = {".git", "__pycache__", "out", "build", "dist", "demo-pictures"}
# Where packages came from on the machine that locked them is nobody's business.
REGISTRY = re.compile(
    r"https?://[^\s/]*(pypi|pythonhosted|registry|artifactory|nexus)"
    r"|--(extra-)?index-url|--find-links",
    re.IGNORECASE,
)
ABOUT_ADDRESSES = {"tests/test_guards.py"}


def _texts() -> Iterator[tuple[str, str]]:
    """Every text file that is, or will be, in the repository."""
    for folder, folders, names in os.walk(source.ROOT):
        folders[:] = [
            name
            for name in folders
            if name not in NOT_OURS and (name == ".ci" or not name.startswith("."))
        ]
        for name in names:
            path = Path(folder, name)
            try:
                yield path.relative_to(source.ROOT).as_posix(), path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue


def _of_this_machine() -> list[str]:
    """Names that only mean something here."""
    paths = [source.ROOT, source.ROOT.parent, Path(sys.base_prefix)]
    telling = [str(path) for path in paths if len(path.parts) > 2]
    host = socket.gethostname()
    return telling + ([host] if len(host) > 9 and any(map(str.isdigit, host)) else [])


def test_no_file_names_this_machine_or_a_package_registry() -> None:
    here = [re.compile(re.escape(name) + r"(?![\w-])") for name in _of_this_machine()]
    wrong = [
        f"{name}: {found.group()}"
        for name, text in _texts()
        if name not in ABOUT_ADDRESSES
        for pattern in [REGISTRY, *here]
        for found in [pattern.search(text)]
        if found
    ]
    assert not wrong, "\n".join(wrong)
