"""An agent who has left: what this computer does when the centre says so.

The key of the mirror is destroyed and the file deleted; a mirror is worth nothing to the company,
for the centre has it all, and to a false alarm it costs one fetch. local.db stays with its sealed
key: there may be unsent work in it. A wrong password, or no answer, never leads here.
"""

from __future__ import annotations

import contextlib
import logging
from pathlib import Path
from urllib.parse import unquote

from agent_desktop.errors import AgentDesktopError
from agent_desktop.models.store.encrypted_file import remove
from agent_desktop.models.store.stores import MIRROR_FILE
from agent_desktop.sync import questions
from agent_desktop.sync.centre import Centre
from agent_desktop.system.credentials import KeySafe

LOG = logging.getLogger(__name__)

#: Files whose keys end with the process have a place of their own, so that a keyring that is
#: away for a day does not touch what its keys belong to.
WITHOUT_KEYRING = "without-keyring"
#: Where a new mirror is being made.
FRESH_FILE = "mirror.fresh"


def forget(folder: Path, user: str, safe: KeySafe) -> None:
    """Destroy the key of the mirror in this agent's folder, then the files, as far as they can
    be deleted while somebody has them open: without the key they are noise."""
    safe.forget_mirror(user)
    for home in (folder, folder / WITHOUT_KEYRING):
        for name in (MIRROR_FILE, FRESH_FILE):
            with contextlib.suppress(OSError):
                remove(home / name)
    LOG.warning("this agent has left: the key of the mirror is destroyed")


def forget_colleagues(centre: Centre, folder: Path, safe: KeySafe) -> None:
    """Do so for others who used this computer and have left since: an agent who is gone does not
    come to sign in once more. `folder` is the present agent's; a fault only puts it off."""
    names = {
        unquote(other.name): other
        for other in folder.parent.iterdir()
        if other != folder and (other / MIRROR_FILE).exists()
    }
    if not names:
        return
    try:
        for user in centre.ask(questions.DEPARTED, list(names)):
            forget(names[user], user, safe)
    except AgentDesktopError as error:
        LOG.warning("it could not be asked who has left: %s", error)
