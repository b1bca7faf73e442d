"""Feeds the list of last pages in the header, and goes where somebody chooses in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from agent_desktop.views import wording

if TYPE_CHECKING:
    from agent_desktop.desk import Desk
    from agent_desktop.session import Page
    from agent_desktop.views.main_window import MainWindow


class HistoryFeed(QObject):
    """A page is listed by the title it had when it was in front."""

    def __init__(self, window: MainWindow, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._window, self._desk = window, desk
        self._titles: dict[Page, str] = {}
        self._shown: tuple[Page, ...] = ()
        desk.page_changed.connect(self._on_page)
        window.work_area.titled.connect(self._on_titled)
        window.header.page_chosen.connect(self._on_chosen)

    def _on_page(self, _opened: object) -> None:
        self._show()

    def _on_titled(self, area: str, title: str) -> None:
        self._titles[self._desk.page] = f"{area} · {title}" if area and title else title or area
        self._show()

    def _show(self) -> None:
        pages = dict.fromkeys(self._desk.history())
        self._shown = tuple(pages)
        self._titles = {page: self._titles[page] for page in self._titles if page in pages}
        self._window.header.set_history(
            self._titles.get(page, wording.term("page", page.kind)) for page in self._shown
        )

    def _on_chosen(self, number: int) -> None:
        if 0 <= number < len(self._shown):
            self._desk.open(self._shown[number])
