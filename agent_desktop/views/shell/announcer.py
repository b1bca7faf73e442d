"""Tells a screen reader at once what cannot wait: a ring, nothing is heard, the line is lost."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget

from agent_desktop.views.console.console_state import ConsoleState, Strip
from agent_desktop.views.console.console_words import trouble_of


class Announcer(QObject):
    """Speaks for the console, once for each thing that happens."""

    def __init__(self, strip: QWidget) -> None:
        super().__init__(strip)
        self._strip = strip
        self._told = ""

    def tell(self, view: ConsoleState, words: str) -> None:
        """Announce what is urgent in this view and was not told yet, in the strip's words."""
        rings = view.ringing.id if view.ringing is not None else ""
        trouble = trouble_of(view.live) if view.live is not None else ""
        lost = "lost" if view.strip is Strip.FAILED else ""
        asks = f"may call {view.question.number}" if view.question is not None else ""
        urgent = " ".join(part for part in (rings, trouble, lost, asks) if part)
        if urgent and urgent != self._told:
            self._announce(words)
        self._told = urgent

    def _announce(self, words: str) -> None:
        self._strip.setAccessibleDescription(words)
        if QAccessible.isActive():
            event = QAccessibleAnnouncementEvent(self._strip, words)
            event.setPoliteness(QAccessible.AnnouncementPoliteness.Assertive)
            QAccessible.updateAccessibility(event)
