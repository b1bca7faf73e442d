"""The mirror made anew: what the agent needs first, then a whole file, then what came since."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Mapping
from typing import Any

from agent_desktop.models.store import outbox
from agent_desktop.models.store.changes import Changes
from agent_desktop.models.store.stores import Stores
from agent_desktop.sync import questions
from agent_desktop.sync.answers import NotOffered
from agent_desktop.sync.bootstrap_process import BootstrapProcess
from agent_desktop.sync.centre import Centre
from agent_desktop.sync.feed import Feed, store_own
from agent_desktop.sync.progress import BootstrapProgress
from agent_desktop.sync.server import Server


class Bootstrap:
    """Makes mirrors anew, one at a time; `abort` may be called from any thread."""

    def __init__(
        self,
        stores: Stores,
        login: tuple[Server, str, str],
        on_changes: Callable[[Changes], None],
        process: Callable[..., BootstrapProcess] = BootstrapProcess,
    ) -> None:
        """`process` makes the fresh file; in a process of its own, so that the desk stays quick."""
        self._stores = stores
        self._login = login
        self._on_changes = on_changes
        self._process = process
        self._bootstrap: BootstrapProcess | None = None
        self._rows_only = False

    def use_login(self, login: tuple[Server, str, str]) -> None:
        """From the next time on."""
        self._login = login

    def abort(self) -> None:
        """End the process that fetches, if one runs."""
        bootstrap = self._bootstrap
        if bootstrap is not None:
            bootstrap.abort()

    def run(
        self,
        centre: Centre,
        kept: Mapping[str, Any],
        on_progress: Callable[[BootstrapProgress], None],
        stopping: threading.Event,
    ) -> None:
        """Make the mirror anew, and drop the effects it then contains.

        `kept` are small values it takes over. An empty mirror first gets what the agent needs
        at once. Raises CursorUnknown when the feed does not go on from the file that was
        taken; the next try fetches rows.
        """
        if self._stores.mirror.cursor() is None:
            with contextlib.suppress(NotOffered):  # a hub of an older release: it comes with all
                self._on_changes(store_own(self._stores, centre.ask(questions.OWN_ROWS)))
        with self._stores.local.reading() as c:
            answered = outbox.answered_with_effects(c)
        self._rebuild(kept, on_progress)
        self._catch_up(centre, stopping)
        with self._stores.local.writing() as c:
            outbox.forget_effects(c, answered)

    def _rebuild(
        self, kept: Mapping[str, Any], on_progress: Callable[[BootstrapProgress], None]
    ) -> None:
        """A fresh file beside the mirror, made by a process of its own, then in its place."""
        store = self._stores.mirror
        fresh = store.path.with_name("mirror.fresh")
        self._bootstrap = self._process(
            *self._login, fresh, store.key, kept, rows_only=self._rows_only
        )
        try:
            self._bootstrap.run(on_progress)
        finally:
            self._bootstrap = None
        store.replace_with(fresh)

    def _catch_up(self, centre: Centre, stopping: threading.Event) -> None:
        """A finished file is hours old: what was answered since comes with the feed."""
        feed = Feed(self._stores, self._on_changes)
        # Set before the pull: if it raises CursorUnknown, the file was useless and the next try
        # must not take it again.
        self._rows_only = True
        feed.pull(centre, stopping)
        self._rows_only = False
        if feed.cursor is not None:
            centre.ask(questions.ACKNOWLEDGE, self._stores.local.client, feed.cursor)
