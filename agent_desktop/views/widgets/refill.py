"""Replacing the contents of a layout without an empty frame.

Qt shows a widget that is put into a visible layout only when the event loop runs again, so rows
that are cleared and made anew would blink. What is filled here comes with one repaint, and equal
values make nothing anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLayout, QWidget

Values = ParamSpec("Values")
Owner = TypeVar("Owner", bound=object)


def clear(layout: QLayout) -> None:
    """Take everything out of a layout and delete it."""
    while (item := layout.takeAt(0)) is not None:
        inner, widget = item.layout(), item.widget()
        if inner is not None:
            clear(inner)
        if widget is not None:
            widget.hide()
            widget.deleteLater()


@contextmanager
def refilled(layout: QLayout) -> Iterator[None]:
    """Empty a layout now; what is put into it inside is seen together at the end."""
    host = layout.parentWidget()
    frozen = host if host is not None and host.isVisible() and host.updatesEnabled() else None
    if frozen is not None:
        frozen.setUpdatesEnabled(False)
    try:
        clear(layout)
        yield
        _show_new(layout)
        layout.activate()
    finally:
        if frozen is not None:
            frozen.setUpdatesEnabled(True)


def refills(
    name: str,
) -> Callable[
    [Callable[Concatenate[Owner, Values], None]], Callable[Concatenate[Owner, Values], None]
]:
    """The method fills the layout `self.<name>` from its arguments, which are frozen values;
    called with equal ones again it leaves what stands there."""

    def decorate(
        fill: Callable[Concatenate[Owner, Values], None],
    ) -> Callable[Concatenate[Owner, Values], None]:
        told = f"{name}_told"

        @wraps(fill)
        def fill_if_new(self: Owner, /, *values: Values.args, **named: Values.kwargs) -> None:
            if getattr(self, told, None) == (values, named):
                return
            setattr(self, told, (values, named))
            with refilled(getattr(self, name)):
                fill(self, *values, **named)

        return fill_if_new

    return decorate


def _show_new(layout: QLayout) -> None:
    """Show the widgets nobody has shown or hidden yet."""
    for place in range(layout.count()):
        item = layout.itemAt(place)
        inner, widget = (item.layout(), item.widget()) if item else (None, None)
        if inner is not None:
            _show_new(inner)
        elif isinstance(widget, QWidget) and not widget.testAttribute(
            Qt.WidgetAttribute.WA_WState_ExplicitShowHide
        ):
            widget.show()
