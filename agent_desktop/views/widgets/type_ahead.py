"""Choose one entry of a tree by typing parts of its path: reasons of a contact, categories."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMoveEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QListWidget, QListWidgetItem, QWidget

from agent_desktop.views.look import theme
from agent_desktop.views.look.theme import Tone
from agent_desktop.views.widgets.shapes import IconLabel

MOST_SHOWN = 8
SEPARATOR = " › "


@dataclass(frozen=True, slots=True)
class Node:
    """An entry of the tree; an empty `parent` is a root. Only leaves can be chosen."""

    code: str
    text: str
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A choosable entry with its whole path in words, and the same folded for comparing."""

    code: str
    path: str
    folded: str


def fold(text: str) -> str:
    """Lower case without accents, so that `acao` finds `ação`."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in parts if not unicodedata.combining(letter))


def leaves(nodes: Sequence[Node]) -> tuple[Leaf, ...]:
    """The choosable entries of a tree, in its order, each with its path."""
    by_code = {node.code: node for node in nodes}
    parents = {node.parent for node in nodes}
    found = []
    for node in nodes:
        if node.code in parents:
            continue
        words, above, seen = [node.text], node.parent, {node.code}
        while above in by_code and above not in seen:
            seen.add(above)
            words.append(by_code[above].text)
            above = by_code[above].parent
        path = SEPARATOR.join(reversed(words))
        found.append(Leaf(node.code, path, fold(path)))
    return tuple(found)


def matching(choices: Sequence[Leaf], typed: str) -> tuple[Leaf, ...]:
    """Entries whose path holds each typed word; those with a word beginning so come first."""
    words = fold(typed).split()
    found = [leaf for leaf in choices if all(word in leaf.folded for word in words)]
    return tuple(sorted(found, key=lambda leaf: _misses(leaf, words)))


def _misses(leaf: Leaf, words: list[str]) -> int:
    starts = leaf.folded.replace(SEPARATOR, " ").split()
    return sum(not any(start.startswith(word) for start in starts) for word in words)


class TypeAhead(QLineEdit):
    """A line that filters a tree while the person types. Enter takes the marked entry, Down
    and Up move, Esc puts back what was chosen. `chosen(code)` tells the choice.

    The list is a child of the window and never takes the focus, so typing goes on in the line.
    """

    chosen = Signal(str)

    def __init__(
        self,
        hint: str,
        parent: QWidget | None = None,
        *,
        name: str,
        upwards: bool = False,
        on_console: bool = False,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(hint)
        self.setPlaceholderText(hint)
        self._on_console, self._upwards = on_console, upwards
        if on_console:
            self.setProperty("look", "console")
        self._leaves: tuple[Leaf, ...] = ()
        self._code = ""
        self._list: QListWidget | None = None
        ink = Tone.CON_TEXT2 if on_console else Tone.TEXT2
        self._icon = IconLabel("tag", ink, 17, self)
        self._chevron = IconLabel("chevron-down", ink, 16, self)
        self.restyle()
        self.textEdited.connect(self._filter)

    def set_nodes(self, nodes: Sequence[Node]) -> None:
        """The tree to choose from; what was chosen stays if it is still in it."""
        self._leaves = leaves(nodes)
        self.set_code(self._code)

    def code(self) -> str:
        """What is chosen; empty when nothing is."""
        return self._code

    def set_code(self, code: str) -> None:
        """Show a choice without telling it."""
        leaf = next((leaf for leaf in self._leaves if leaf.code == code), None)
        self._code = code if leaf else ""
        if not self.isModified() or not self.hasFocus():
            self.setText(leaf.path if leaf else "")
            self.setCursorPosition(0)

    def open_list(self) -> None:
        """Show what fits what is typed; everything when nothing is."""
        if self.isEnabled():
            self._filter(self.text() if self.isModified() else "")

    def restyle(self) -> None:
        """Room for the icons in the zoom in force."""
        left = 0 if self._on_console else theme.px(26)
        self.setTextMargins(left, 0, theme.px(24), 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Icons stay in their places."""
        super().resizeEvent(event)
        for part, x in ((self._icon, theme.px(10)), (self._chevron, self.width() - theme.px(26))):
            part.adjustSize()
            part.move(x, (self.height() - part.height()) // 2)
        self._follow_place()

    def moveEvent(self, event: QMoveEvent) -> None:
        """The open list comes along."""
        super().moveEvent(event)
        self._follow_place()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Typing replaces the old choice."""
        super().focusInEvent(event)
        self.setModified(False)
        self.selectAll()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Leaving without Enter keeps the old choice."""
        super().focusOutEvent(event)
        self._put_back()

    def mousePressEvent(self, event: object) -> None:
        """A click opens the list."""
        super().mousePressEvent(event)  # type: ignore[arg-type]
        self.open_list()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move, Enter takes, Esc puts back; the rest is typing."""
        key = event.key()
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self._move(1 if key == Qt.Key.Key_Down else -1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._is_open():
            self._take(self._marked())
        elif key == Qt.Key.Key_Escape and self._is_open():
            self._put_back()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A click on the list must not take the focus from the line."""
        if event.type() is QEvent.Type.FocusIn:
            self.setFocus()
        return bool(super().eventFilter(watched, event))

    def _is_open(self) -> bool:
        return self._list is not None and self._list.isVisible()

    def _filter(self, typed: str) -> None:
        found = matching(self._leaves, typed)[:MOST_SHOWN]
        shown = self._popup()
        shown.clear()
        for leaf in found:
            item = QListWidgetItem(leaf.path)
            item.setData(Qt.ItemDataRole.UserRole, leaf.code)
            item.setSizeHint(QSize(0, theme.px(28)))
            shown.addItem(item)
        if not found:
            shown.hide()
            return
        shown.setCurrentRow(0)
        self._place(shown, len(found))

    def _popup(self) -> QListWidget:
        if self._list is None:
            self._list = QListWidget(self.window())
            self._list.setObjectName(f"{self.objectName()}.list")
            self._list.setAccessibleName(self.accessibleName())
            self._list.setProperty("look", "popup")
            self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            self._list.setFrameShape(QFrame.Shape.NoFrame)
            self._list.itemClicked.connect(lambda item: self._take(item))
        return self._list

    def _place(self, shown: QListWidget, rows: int) -> None:
        high = rows * theme.px(28) + theme.px(12)
        shown.resize(max(self.width(), theme.px(320)), high)
        below = self.mapTo(self.window(), QPoint(0, self.height() + 4))
        above = self.mapTo(self.window(), QPoint(0, -high - 4))
        shown.move(above if self._upwards else below)
        shown.raise_()
        shown.show()

    def _follow_place(self) -> None:
        if self._list is not None and self._list.isVisible():
            self._place(self._list, self._list.count())

    def _marked(self) -> QListWidgetItem | None:
        return self._list.currentItem() if self._list else None

    def _move(self, step: int) -> None:
        if not self._is_open():
            self.open_list()
            return
        if self._list is not None and self._list.count():
            self._list.setCurrentRow((self._list.currentRow() + step) % self._list.count())

    def _take(self, item: QListWidgetItem | None) -> None:
        if item is None:
            return
        code = str(item.data(Qt.ItemDataRole.UserRole))
        self.setModified(False)
        if self._list is not None:
            self._list.hide()
        self.set_code(code)
        self.selectAll()
        self.chosen.emit(code)

    def _put_back(self) -> None:
        if self._list is not None:
            self._list.hide()
        self.setModified(False)
        self.set_code(self._code)
