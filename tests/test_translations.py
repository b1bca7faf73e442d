"""Every text a person sees goes through Qt's translation, and lupdate finds it."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import source

# Calls that put a text before a person: name -> the places where the text stands.
SHOWN_BY = {
    **dict.fromkeys(
        (
            "setText setWindowTitle setToolTip setStatusTip setWhatsThis setPlaceholderText"
            " setAccessibleName setAccessibleDescription setTitle setLabelText setHeaderLabel"
            " setInformativeText setDetailedText setPrefix setSuffix showMessage addButton addMenu"
            " addAction addTab addItem setTabText insertItem addRow"
            " QLabel QPushButton QToolButton QCheckBox QRadioButton QGroupBox QAction QMenu"
            " QMessageBox QDockWidget QCommandLinkButton QInputDialog QErrorMessage"
        ).split(),
        (0, 1),
    ),
    # Our own widgets and cells.
    **dict.fromkeys(
        (
            "Text Button Field SearchField Fact Link Styled LampCell Pill PillText"
            " set_words plain_tip"
        ).split(),
        (0,),
    ),
    **dict.fromkeys("IconButton Block Column Step Tab".split(), (1,)),
    "AlertText": (1, 2),
}
# Names of keys are the same in every language.
KEYS = r"((Ctrl|Shift|Alt)\+)*(F\d+|[A-Z])"
SHOWN_AS = frozenset("text title label tip hint placeholder why".split())


def _seen_files() -> list[Path]:
    views = source.ROOT / source.PACKAGE / "views"
    alone = [source.ROOT / source.PACKAGE / name for name in ("app.py", "desk/sessions.py")]
    return [*sorted(views.rglob("*.py")), *(path for path in alone if path.exists())]


def _name(call: ast.Call) -> str:
    """The last part of what is called."""
    called = call.func
    if isinstance(called, ast.Attribute):
        return called.attr
    return called.id if isinstance(called, ast.Name) else ""


def _calls(path: Path) -> Iterator[ast.Call]:
    return (node for node in ast.walk(source.tree(path)) if isinstance(node, ast.Call))


def _shown_texts(call: ast.Call) -> Iterator[ast.expr]:
    """What of a call's arguments a person gets to see."""
    places: tuple[int, ...] = SHOWN_BY.get(_name(call), ())
    if _name(call) == "say" and len(call.args) == 1 and not _is_code(call.args[0]):
        places = (0,)
    yield from (call.args[place] for place in places if place < len(call.args))
    if places:
        yield from (keyword.value for keyword in call.keywords if keyword.arg in SHOWN_AS)


def _is_code(node: ast.expr) -> bool:
    """A toast is told by its code, and `wording.py` has the words: `say("copied")`."""
    return isinstance(node, ast.Constant) and bool(re.fullmatch(r"[a-z0-9_.]+", str(node.value)))


def _words(node: ast.expr) -> bool:
    """Whether this expression holds letters written in the source, not translated."""
    match node:
        case ast.Constant(value=str(text)):
            return any(letter.isalpha() for letter in text) and not re.fullmatch(KEYS, text)
        case ast.JoinedStr(values=parts):
            return any(_words(part) for part in parts if isinstance(part, ast.Constant))
        case ast.BinOp(left=left, right=right):
            return _words(left) or _words(right)
        case ast.IfExp(body=body, orelse=orelse):
            return _words(body) or _words(orelse)
        case ast.Call(func=ast.Attribute(value=text, attr="format" | "join")):
            return _words(text)
    return False


def test_no_text_is_shown_untranslated() -> None:
    wrong = [
        f"{source.shown(path, call.lineno)} {_name(call)}({ast.unparse(text)})"
        for path in _seen_files()
        for call in _calls(path)
        for text in _shown_texts(call)
        if _words(text)
    ]
    assert not wrong, "wrap in self.tr() or QCoreApplication.translate():\n" + "\n".join(wrong)


def _translated(path: Path) -> Iterator[tuple[int, ast.expr]]:
    """The text argument of every tr() and translate()."""
    place = {"tr": 0, "translate": 1, "QT_TRANSLATE_NOOP": 1}
    for call in _calls(path):
        wanted = place.get(_name(call))
        if wanted is not None and wanted < len(call.args):
            yield call.lineno, call.args[wanted]


def test_translated_texts_are_whole_literals() -> None:
    wrong = [
        source.shown(path, line)
        for path in _seen_files()
        for line, text in _translated(path)
        if isinstance(text, ast.JoinedStr | ast.BinOp)
    ]
    assert not wrong, "lupdate cannot read a text that is put together:\n" + "\n".join(wrong)


def test_plural_forms_are_asked_of_tr() -> None:
    wrong = [
        source.shown(path, call.lineno)
        for path in _seen_files()
        for call in _calls(path)
        if _name(call) == "translate" and len(call.args) + len(call.keywords) > 3
    ]
    assert not wrong, "lupdate keeps plural forms of self.tr(text, '', n) only:\n" + "\n".join(
        wrong
    )


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """All texts that lupdate finds."""
    target = tmp_path_factory.mktemp("i18n") / "found.ts"
    lupdate = "from PySide6.scripts.pyside_tool import lupdate; lupdate()"
    command = [sys.executable, "-c", lupdate, *map(str, _seen_files()), "-ts", str(target)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return {element.text or "" for element in ET.parse(target).iter("source")}


def test_lupdate_finds_every_translated_text(catalogue: set[str]) -> None:
    missed = [
        f"{source.shown(path, line)} {text.value!r}"
        for path in _seen_files()
        for line, text in _translated(path)
        if isinstance(text, ast.Constant) and text.value not in catalogue
    ]
    assert not missed, "lupdate does not find:\n" + "\n".join(missed)
