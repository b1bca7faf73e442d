"""The demo without a display: an agent's first call, with a picture of each step.

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


def run_headless(centre: DemoCentre, folder: Path, pictures: Path) -> int:
    """Do the steps at `centre` with files below `folder`; pictures go to `pictures`.

    Returns the exit status: 0 if every step was seen and the centre has both tickets.
    """
    from agent_desktop.app import make_application

    # Nobody is there to unlock a keyring.
    os.environ.setdefault("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    settings = demo_settings(folder, centre.server)
    make_application(settings)
    agent = FirstCall(settings)
    album = Album(agent, pictures)
    try:
        _sign_in(agent, album)
        _first_call(agent, album)
        _call_without_centre(agent, album, centre)
    except NotSeen as missing:
        album.take("failed")
        print(f"not seen: {missing}", flush=True)
        return 1
    finally:
        agent.close()
        print(f"pictures of each step: {pictures.absolute()}", flush=True)
    return 0


class Album:
    """Pictures of the window, numbered in the order they were taken."""

    def __init__(self, agent: FirstCall, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._agent = agent
        self._folder = folder
        self._number = 0

    def take(self, name: str) -> None:
        """Save what the window shows once everything asked for has been painted."""
        self._number += 1
        self._agent.settle()
        window = self._agent.app.window
        window.grab().save(str(self._folder / f"{self._number:02}-{name}.png"))
        print(f"  {self._number:02} {name.replace('-', ' ')}", flush=True)


def _sign_in(agent: FirstCall, album: Album) -> None:
    agent.open_program()
    agent.app.window.resize(*SIZE)
    album.take("sign-in")
    agent.sign_in()
    agent.wait_in_sync()
    agent.gui.press("F12")
    album.take("home")


def _first_call(agent: FirstCall, album: Album) -> None:
    caller = CALLERS[CallerKind.KNOWN]
    agent.ring(caller)
    album.take("ringing")
    agent.answer()
    album.take("answered")
    agent.verify(caller.answers)
    agent.sees_account("Marina Albuquerque")
    agent.gui.type("Whole street dark since 06:40. Mother uses oxygen at home.")
    album.take("account")
    agent.write_ticket("No supply, oxygen machine on battery")
    album.take("ticket")
    agent.hang_up()
    album.take("wrap-up")
    agent.finish("crew")
    agent.wait_in_sync()
    album.take("in-sync")


def _call_without_centre(agent: FirstCall, album: Album, centre: DemoCentre) -> None:
    centre.stop()
    agent.wait(lambda: agent.shift.sync.state.value == "offline", "the header says offline")
    album.take("centre-off")
    caller = CALLERS[CallerKind.COMPANY]
    agent.ring(caller)
    agent.answer()
    agent.verify(caller.answers)
    agent.sees_account("Padaria Estrela Ltda")
    agent.write_ticket("Second meter for the new oven")
    album.take("ticket-offline")
    agent.hang_up()
    agent.finish("load")
    album.take("not-sent")
    centre.start()
    agent.shift.sync_now()
    agent.wait_in_sync()
    album.take("arrived")
