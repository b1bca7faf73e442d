"""Later starts of the program and links from other programs, brought to the window in front."""

from __future__ import annotations

import os

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QWidget

from agent_desktop.system.instance_server import InstanceServer
from agent_desktop.system.single_instance import InstancePlace
from agent_desktop.views.shell.link_offer import LinkOffer
from agent_desktop.views.shell.main_window import MainWindow


class LinkHandler(QObject):
    """Brings the window to the front when the program is started again; the number of a link
    waits until somebody is signed in. Lives as long as `window`, the program's only one."""

    def __init__(self, window: QWidget, place: InstancePlace | None) -> None:
        super().__init__(window)
        self._window = window
        self._offer: LinkOffer | None = None
        self._link = ""
        if place is not None:
            InstanceServer(place, self).asked.connect(self._come_forward)

    def offer(self, link: str, *, was_in_front: bool = False) -> None:
        """Offer the number of this link, now or after the sign-in; an empty link is none."""
        self._link = link or self._link
        if self._link and self._offer is not None:
            link, self._link = self._link, ""
            self._offer.offer(link, was_in_front=was_in_front)

    def _come_forward(self, link: str, activation: str) -> None:
        was_in_front = self._window.isActiveWindow()
        if activation:  # what a Wayland compositor wants to see before it gives the focus
            os.environ["XDG_ACTIVATION_TOKEN"] = activation
        self._window.setWindowState(self._window.windowState() & ~Qt.WindowState.WindowMinimized)
        self._window.show()
        self._window.raise_()
        self._window.activateWindow()
        self.offer(link, was_in_front=was_in_front)

    def show_in(self, shell: MainWindow) -> None:
        """An agent has signed in: links are offered in this shell."""
        self._offer = LinkOffer(shell)
        self.offer("")

    def wait(self) -> None:
        """The agent has signed out: links wait for the next one."""
        self._offer = None
