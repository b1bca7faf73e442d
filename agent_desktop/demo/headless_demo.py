"""The demo without a display: the road of a first call, with a picture of each step.

Rita is called by Marina, verifies her, writes a ticket and wraps up. Then the centre is switched
off, another customer calls, the same flow works, and when the centre is back everything arrives.
"""

from __future__ import annotations

import os
from pathlib import Path

from agent_desktop.demo.callers import CALLERS, CallerKind
from agent_desktop.demo.demo_centre import DemoCentre
from agent_desktop.demo.first_call import FirstCall, demo_settings
from agent_desktop.demo.gui_driver import NotSeen

SIZE = (1366, 768)


def walk(stage: DemoCentre, folder: Path, pictures: Path) -> int:
    """Walk the road on `stage` with files below `folder`; pictures go to `pictures`.

    Returns the exit status: 0 if every step was seen and the centre has both tickets.
    """
    from agent_desktop.app import make_application

    # Nobody is there to unlock a keyring.
    os.environ.setdefault("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    settings = demo_settings(folder, stage.server)
    make_application(settings)
    road = FirstCall(settings)
    album = Album(road, pictures)
    try:
        _sign_in(road, album)
        _first_call(road, album)
        _call_without_centre(road, album, stage)
    except NotSeen as missing:
        album.take("failed")
        print(f"not seen: {missing}", flush=True)
        return 1
    finally:
        road.close()
        print(f"pictures of each step: {pictures.absolute()}", flush=True)
    return 0


class Album:
    """Pictures of the window, numbered in the order they were taken."""

    def __init__(self, road: FirstCall, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._road = road
        self._folder = folder
        self._number = 0

    def take(self, name: str) -> None:
        """Save what the window shows once everything asked for has been painted."""
        self._number += 1
        self._road.settle()
        window = self._road.app.window
        window.grab().save(str(self._folder / f"{self._number:02}-{name}.png"))
        print(f"  {self._number:02} {name.replace('-', ' ')}", flush=True)


def _sign_in(road: FirstCall, album: Album) -> None:
    road.open_program()
    road.app.window.resize(*SIZE)
    album.take("sign-in")
    road.sign_in()
    road.wait_in_sync()
    road.hands.press("F12")
    album.take("home")


def _first_call(road: FirstCall, album: Album) -> None:
    caller = CALLERS[CallerKind.KNOWN]
    road.ring(caller)
    album.take("ringing")
    road.answer()
    album.take("answered")
    road.verify(caller.answers)
    road.sees_account("Marina Albuquerque")
    road.hands.type("Whole street dark since 06:40. Mother uses oxygen at home.")
    album.take("account")
    road.write_ticket("No supply, oxygen machine on battery")
    album.take("ticket")
    road.hang_up()
    album.take("wrap-up")
    road.finish("crew")
    road.wait_in_sync()
    album.take("in-sync")


def _call_without_centre(road: FirstCall, album: Album, stage: DemoCentre) -> None:
    stage.stop()
    road.wait(lambda: road.shift.sync.state.value == "offline", "the header says offline")
    album.take("centre-off")
    caller = CALLERS[CallerKind.COMPANY]
    road.ring(caller)
    road.answer()
    road.verify(caller.answers)
    road.sees_account("Padaria Estrela Ltda")
    road.write_ticket("Second meter for the new oven")
    album.take("ticket-offline")
    road.hang_up()
    road.finish("load")
    album.take("not-sent")
    stage.start()
    road.shift.sync_now()
    road.wait_in_sync()
    album.take("arrived")
