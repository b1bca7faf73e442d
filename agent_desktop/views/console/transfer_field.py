"""The transfer field of the console: type a name or a number, Enter asks there first, Ctrl+Enter
hands over at once, Esc leaves with nothing lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QHideEvent, QKeyEvent, QMoveEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QWidget,
)

from agent_desktop.views.look import theme
from agent_desktop.views.look.theme import Tone
from agent_desktop.views.widgets.borrowed_focus import BorrowedFocus
from agent_desktop.views.widgets.shapes import IconLabel
from agent_desktop.views.widgets.type_ahead import fold
from agent_desktop.views.words import wording

MOST_SHOWN, MOST_RECENT = 7, 5
WIDTH, LIST, ROW, MARGIN = 216, 400, 28, 12


@dataclass(frozen=True, slots=True)
class Target:
    """Somebody a call can be given to; `about` is the team."""

    name: str
    number: str
    about: str = ""


class Purpose(Enum):
    """What the field is open for."""

    TRANSFER = "transfer"
    CONFERENCE = "conference"


def matching(targets: Sequence[Target], typed: str) -> tuple[Target, ...]:
    """Targets whose name, number or team has each typed word; names beginning so come first."""
    words = fold(typed).split()
    found = []
    for target in targets:
        text = fold(f"{target.name} {target.number} {target.about}")
        if all(word in text for word in words):
            starts = text.split()
            misses = sum(not any(part.startswith(word) for part in starts) for word in words)
            found.append((misses, target))
    return tuple(target for _, target in sorted(found, key=lambda each: each[0]))


def is_number(typed: str) -> bool:
    """Whether it can be dialled as it is written: digits, and what people put between them."""
    return any(c.isdigit() for c in typed) and all(c in "0123456789*#+-()./ " for c in typed)


class TransferField(QLineEdit):
    """`consult_wanted(number)` and `hand_over_wanted(number)`; `closed` when it was left. The
    list is a child of the window and never takes the focus."""

    consult_wanted = Signal(str)
    hand_over_wanted = Signal(str)
    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("console.transfer_field")
        self.setProperty("look", "console")
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._icon = IconLabel("phone-forwarded", Tone.CON_TEXT2, 17, self)
        self._purpose = Purpose.TRANSFER
        self._targets: tuple[Target, ...] = ()
        self._recent: list[Target] = []
        self._moved = False
        self._focus = BorrowedFocus(self)
        self._list: QListWidget | None = None
        self.textEdited.connect(self._filter)
        self.restyle()
        self.hide()

    def set_targets(self, targets: Sequence[Target]) -> None:
        """Colleagues with an extension."""
        self._targets = tuple(targets)
        if self.isVisible():
            self._filter(self.text())

    def open(self, purpose: Purpose) -> None:
        """Take the focus and remember where it was."""
        if not self.isVisible():
            self._focus.remember()
        self._purpose = purpose
        is_transfer = purpose is Purpose.TRANSFER
        hint = self.tr("Transfer to: name or number")
        words = hint if is_transfer else self.tr("Add to the call: name or number")
        self.setPlaceholderText(words)
        self.setAccessibleName(words)
        keys = self.tr("Enter asks there first, Ctrl+Enter hands over at once, Esc leaves")
        self.setAccessibleDescription(keys if is_transfer else "")
        self._icon.set("phone-forwarded" if is_transfer else "users")
        self.clear()
        self.show()
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._filter("")

    def close_field(self) -> None:
        """Leave, and give the focus back if it is still here."""
        if self.isHidden():
            return
        had_focus = self.hasFocus()
        self.hide()
        if had_focus:
            self._focus.give_back()
        self.closed.emit()

    def restyle(self) -> None:
        """Width in the zoom in force."""
        self.setFixedWidth(theme.px(WIDTH))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The icon stays in its place, the list below."""
        super().resizeEvent(event)
        self._icon.adjustSize()
        self._icon.move(theme.px(10), (self.height() - self._icon.height()) // 2)
        self._place()

    def moveEvent(self, event: QMoveEvent) -> None:
        """The open list comes along."""
        super().moveEvent(event)
        self._place()

    def hideEvent(self, event: QHideEvent) -> None:
        """The list goes with the field."""
        super().hideEvent(event)
        self._hide_list()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Back in the field: the list is there again."""
        super().focusInEvent(event)
        self._filter(self.text())

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Somebody else has the keyboard; what was typed stays until Esc."""
        super().focusOutEvent(event)
        self._hide_list()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter, Ctrl+Enter, arrows and Esc; the rest is typing."""
        key = event.key()
        at_once = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._take(at_once=at_once and self._purpose is Purpose.TRANSFER)
        elif key == Qt.Key.Key_Escape:
            self.close_field()
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self._move(1 if key == Qt.Key.Key_Down else -1)
        else:
            super().keyPressEvent(event)

    # -- choosing ---------------------------------------------------------------------------
    def _take(self, *, at_once: bool) -> None:
        target = self._chosen()
        if target is None:
            return
        known = [each for each in self._recent if each.number != target.number]
        self._recent = [target, *known][:MOST_RECENT]
        self.close_field()
        (self.hand_over_wanted if at_once else self.consult_wanted).emit(target.number)

    def _chosen(self) -> Target | None:
        """What Enter means: a number as it is written, unless an arrow chose; else the marked."""
        typed = self.text().strip()
        if is_number(typed) and not self._moved:
            known = next((each for each in self._targets if each.number == typed), None)
            return known or Target("", typed)
        item = self._list.currentItem() if self._list and self._list.isVisible() else None
        found = item.data(Qt.ItemDataRole.UserRole) if item else None
        # Nothing is typed and nothing chosen: Enter must not call whoever comes first.
        return found if isinstance(found, Target) and (typed or self._moved) else None

    def _move(self, step: int) -> None:
        shown = self._list
        rows = sum(_is_target(shown.item(row)) for row in range(shown.count())) if shown else 0
        if shown is None or shown.isHidden() or not rows:
            return
        # Nothing is marked yet: down goes to the first, up to the last.
        at = shown.currentRow() if shown.currentRow() >= 0 else -1 if step > 0 else rows
        self._moved = True
        shown.setCurrentRow((at + step) % rows)

    # -- the list ---------------------------------------------------------------------------
    def _filter(self, typed: str) -> None:
        self._moved = False
        if not self.hasFocus():
            return
        found = self._offered(typed)
        shown = self._popup()
        shown.clear()
        for target in found:
            item = QListWidgetItem(_line(target))
            item.setData(Qt.ItemDataRole.UserRole, target)
            item.setSizeHint(QSize(0, theme.px(ROW)))
            shown.addItem(item)
        if not found and typed.strip() and not is_number(typed):
            self._add_words(self.tr("Nobody by that name"))
        if self._purpose is Purpose.TRANSFER:
            self._add_words(self.tr("Enter asks there first, Ctrl+Enter hands over at once"))
        if typed.strip() and found and not is_number(typed):
            shown.setCurrentRow(0)
        self._place()
        shown.setVisible(shown.count() > 0)

    def _add_words(self, words: str) -> None:
        """A line that cannot be chosen."""
        item = QListWidgetItem(words)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        item.setForeground(theme.color(Tone.TEXT3))
        item.setSizeHint(QSize(0, theme.px(ROW)))
        self._popup().addItem(item)

    def _offered(self, typed: str) -> tuple[Target, ...]:
        """Who was asked last comes first."""
        recent = [each.number for each in self._recent]
        others = (each for each in self._targets if each.number not in recent)
        return matching((*self._recent, *others), typed)[:MOST_SHOWN]

    def _popup(self) -> QListWidget:
        if self._list is None:
            self._list = QListWidget(self.window())
            self._list.setObjectName("console.transfer_list")
            self._list.setAccessibleName(self.tr("Who can take the call"))
            self._list.setProperty("look", "popup")
            self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            self._list.setFrameShape(QFrame.Shape.NoFrame)
            self._list.itemClicked.connect(self._click)
        return self._list

    def _click(self, item: QListWidgetItem) -> None:
        if _is_target(item):
            self._moved = True
            self._take(at_once=False)

    def _place(self) -> None:
        if self._list is None:
            return
        high = self._list.count() * theme.px(ROW) + theme.px(MARGIN)
        self._list.resize(max(self.width(), theme.px(LIST)), high)
        self._list.move(self.mapTo(self.window(), QPoint(0, self.height() + 4)))
        self._list.raise_()

    def _hide_list(self) -> None:
        if self._list is not None:
            self._list.hide()


def _is_target(item: QListWidgetItem) -> bool:
    return isinstance(item.data(Qt.ItemDataRole.UserRole), Target)


def _line(target: Target) -> str:
    number = wording.phone(target.number)
    return "  ·  ".join(part for part in (target.name, number, target.about) if part)
