"""Feeds the list of last pages in the header, and goes where somebody chooses in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from agent_desktop.views.words import wording

if TYPE_CHECKING:
    from agent_desktop.desk.session import Place
    from agent_desktop.desk.sessions import Desk
    from agent_desktop.views.shell.main_window import MainWindow


#: Titles that are kept; whoever goes back further finds a page by its kind.
MOST_TITLES = 500


class HistoryFeed(QObject):
    """A page is listed by the title it had when it was in front. The list is made when it is
    opened: pages come to the front much oftener."""

    def __init__(self, window: MainWindow, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._titles: dict[Place, str] = {}
        self._shown: tuple[Place, ...] = ()
        window.work_area.titled.connect(self._on_titled)
        window.header.set_history(self._list)
        window.header.page_chosen.connect(self._on_chosen)

    def _on_titled(self, area: str, title: str) -> None:
        page = self._desk.page
        self._titles.pop(page, None)
        self._titles[page] = f"{area} · {title}" if area and title else title or area
        if len(self._titles) > MOST_TITLES:
            del self._titles[next(iter(self._titles))]

    def _list(self) -> tuple[str, ...]:
        self._shown = tuple(dict.fromkeys(self._desk.history()))
        return tuple(self._titles.get(page, wording.page(page.kind)) for page in self._shown)

    def _on_chosen(self, number: int) -> None:
        if 0 <= number < len(self._shown):
            self._desk.open(self._shown[number])
