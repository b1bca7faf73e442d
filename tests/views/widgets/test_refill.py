"""Rows are replaced in one frame, and stay when their values are equal."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from agent_desktop.views.widgets.refill import refills


class Rows(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self._rows = QVBoxLayout(self)

    @refills("_rows")
    def show_words(self, words: tuple[str, ...]) -> None:
        for word in words:
            self._rows.addWidget(QLabel(word, self))

    def labels(self) -> list[QLabel]:
        items = (self._rows.itemAt(place) for place in range(self._rows.count()))
        return [item.widget() for item in items]  # type: ignore[misc, union-attr]


def test_new_rows_are_seen_before_the_event_loop_runs(qtbot: QtBot) -> None:
    rows = Rows()
    qtbot.addWidget(rows)
    rows.show()
    rows.show_words(("a", "b"))
    assert [label.text() for label in rows.labels() if label.isVisible()] == ["a", "b"]
    assert all(label.width() > 0 for label in rows.labels())
    assert rows.updatesEnabled()


def test_equal_values_make_nothing_anew(qtbot: QtBot) -> None:
    rows = Rows()
    qtbot.addWidget(rows)
    rows.show_words(("a",))
    before = rows.labels()
    rows.show_words(("a",))
    assert rows.labels() == before
    rows.show_words(("b",))
    assert rows.labels() != before
