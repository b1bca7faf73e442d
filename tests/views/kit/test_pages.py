"""What holds for every page: it fits, everything has a name, both looks can be drawn."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QObject, QSize
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from agent_desktop.views.look import theme
from tests.views.shots import SHOTS

#: The sheet of a window of 1366x768 with the navigation folded.
SMALLEST = QSize(1296, 638)


@pytest.mark.parametrize("name", SHOTS)
def test_page_fits_the_smallest_window(qtbot: QtBot, name: str) -> None:
    page = SHOTS[name]()
    qtbot.addWidget(page)
    page.resize(SMALLEST)
    page.show()
    assert page.size() == SMALLEST
    assert page.minimumSizeHint().width() <= SMALLEST.width()


@pytest.mark.parametrize("name", SHOTS)
def test_every_control_can_be_named(qtbot: QtBot, name: str) -> None:
    page = SHOTS[name]()
    qtbot.addWidget(page)
    shown = [b for b in page.findChildren(QAbstractButton) if b.isVisibleTo(page)]
    for button in shown:
        assert button.accessibleName() or button.text(), button.objectName()
    for field in (*page.findChildren(QLineEdit), *page.findChildren(QPlainTextEdit)):
        hidden = field.isHidden() and field.parent() is page
        inner = field.objectName().startswith("qt_") or field.parent().inherits("QComboBox")
        assert hidden or inner or field.accessibleName(), field.objectName()


@pytest.mark.parametrize("name", SHOTS)
def test_page_takes_no_rich_text(qtbot: QtBot, name: str) -> None:
    from PySide6.QtCore import Qt

    page = SHOTS[name]()
    qtbot.addWidget(page)
    rich = [
        label.text()
        for label in page.findChildren(QLabel)
        if label.textFormat() is not Qt.TextFormat.PlainText
    ]
    assert not rich


@pytest.mark.parametrize("name", SHOTS)
@pytest.mark.parametrize("scheme", [theme.Scheme.LIGHT, theme.Scheme.DARK])
def test_page_is_drawn_in_both_looks(
    qtbot: QtBot, qapp: QApplication, name: str, scheme: theme.Scheme
) -> None:
    theme.apply(qapp, scheme)
    page = SHOTS[name]()
    qtbot.addWidget(page)
    page.resize(SMALLEST)
    page.show()
    image = page.grab().toImage()
    colours = {image.pixel(x, y) for x in range(0, 1296, 7) for y in range(0, 638, 7)}
    assert len(colours) > 8


@pytest.mark.parametrize("name", SHOTS)
def test_first_focus_can_take_the_keyboard(qtbot: QtBot, name: str) -> None:
    page = SHOTS[name]()
    qtbot.addWidget(page)
    page.show()
    focus = page.first_focus()
    assert focus is not None
    assert focus.isVisible()
    assert page.title


class Doorman(QObject):
    """Names every widget that is shown as a window."""

    def __init__(self, app: QApplication) -> None:
        super().__init__()
        self.seen: list[str] = []
        app.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.seen.append(repr(watched))
        return False


@pytest.mark.parametrize("name", SHOTS)
def test_no_part_of_a_page_is_ever_a_window(qapp: QApplication, qtbot: QtBot, name: str) -> None:
    """A part made visible before it has a parent would flash, and take the keyboard with it."""
    doorman = Doorman(qapp)
    page = SHOTS[name]()
    qtbot.addWidget(page)
    qapp.removeEventFilter(doorman)
    assert not doorman.seen
