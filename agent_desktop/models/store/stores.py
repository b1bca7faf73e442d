"""The two files of a desk together, and whom they belong to."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from uuid import UUID

from agent_desktop.models.site.clock import SiteClock
from agent_desktop.models.site.site import Site
from agent_desktop.models.store.changes import Changes
from agent_desktop.models.store.local import Local
from agent_desktop.models.store.mirror import Mirror

MIRROR_FILE = "mirror.db"
LOCAL_FILE = "local.db"


class Stores:
    """What every rule and verb gets first: the mirror, the local file, the signed-in site, and
    the clock by which all is promised.

    `changed` publishes what a commit altered to all listeners, in the thread that committed;
    app.py turns it into `desk.changed` and wakes the syncer.
    """

    def __init__(
        self, mirror: Mirror, local: Local, site: Site, clock: SiteClock | None = None
    ) -> None:
        self.mirror = mirror
        self.local = local
        self.site = site
        self.clock = clock or SiteClock()
        self._listeners: list[Callable[[Changes], None]] = []

    def listen(self, listener: Callable[[Changes], None]) -> None:
        """Call `listener` after each commit that altered something."""
        self._listeners.append(listener)

    def changed(self, changes: Changes) -> None:
        """Tell all listeners; nothing happens for empty changes."""
        if changes:
            for listener in self._listeners:
                listener(changes)

    def close(self) -> None:
        """Close both files."""
        self.mirror.close()
        self.local.close()


def open_stores(
    folder: Path, mirror_key: bytes, local_key: bytes, site_of: Callable[[UUID], Site]
) -> Stores:
    """Open (or make) both files in a folder with their raw 32-byte keys.

    `site_of` gets the local file's client UUID. Raises StoreDamaged, with nothing left open.
    """
    local = Local(folder / LOCAL_FILE, local_key)
    with ExitStack() as on_failure:
        on_failure.callback(local.close)
        mirror = Mirror(folder / MIRROR_FILE, mirror_key)
        on_failure.pop_all()
    return Stores(mirror, local, site_of(local.client))
