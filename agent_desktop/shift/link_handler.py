"""Later starts of the program and links from other programs, brought to the window in front."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt

from agent_desktop.system.instance_server import InstanceServer
from agent_desktop.system.single_instance import InstancePlace
from agent_desktop.views.shell.link_offer import LinkOffer

if TYPE_CHECKING:
    from agent_desktop.app import App
    from agent_desktop.shift.shift import Shift


class LinkHandler(QObject):
    """Hears later starts at the door and shows the window to them; the number of a link waits
    until somebody is signed in. Lives as long as the program."""

    def __init__(self, program: App, door: InstancePlace | None) -> None:
        super().__init__(program)
        self._window = program.window
        self._offer: LinkOffer | None = None
        self._link = ""
        program.signed_in.connect(self._follow)
        program.signed_out.connect(self._leave)
        if program.shift is not None:
            self._follow(program.shift)
        if door is not None:
            InstanceServer(door, self).asked.connect(self._come_forward)

    def let_in(self, link: str, *, was_in_front: bool = False) -> None:
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
        self.let_in(link, was_in_front=was_in_front)

    def _follow(self, shift: Shift) -> None:
        self._offer = LinkOffer(shift.window)
        self.let_in("")

    def _leave(self) -> None:
        self._offer = None
