"""Carries what was saved here to the centre, in order, and keeps its answers."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from agent_desktop.models.store import outbox
from agent_desktop.models.store.changes import Changes
from agent_desktop.models.store.intent import State
from agent_desktop.models.store.outbox import IntentResult, Parcel
from agent_desktop.models.store.stores import Stores
from agent_desktop.sync import questions
from agent_desktop.sync.answers import CentreFault
from agent_desktop.sync.centre import Centre

LOG = logging.getLogger(__name__)

PUSHED_AT_ONCE = 50


class Sender:
    """Used in the syncer's thread. An intent may be offered again at any time: the centre knows
    it by its number and its hash."""

    def __init__(
        self, stores: Stores, on_changes: Callable[[Changes], None], stopping: threading.Event
    ) -> None:
        self._stores = stores
        self._on_changes = on_changes
        self._stopping = stopping
        self._set_aside = 0

    def send(self, centre: Centre, begins: Callable[[], None]) -> None:
        """Offer what is unsent until nothing is left or a stop is wanted; `begins` is called
        before each batch."""
        while not self._stopping.is_set():
            # In few batches, not all at once: what the agent saves meanwhile comes soon, too.
            with self._stores.local.writing() as c:
                parcels = outbox.take_next(c, PUSHED_AT_ONCE)
            if not parcels:
                return
            begins()
            for parcel in parcels:
                if self._refused_meanwhile(parcel.n):
                    continue
                # Outside the transaction: nobody may wait with a save until the centre answers.
                answer = self._answer(centre, parcel)
                with self._stores.local.writing() as c:
                    changes = outbox.settle(c, parcel.n, answer)
                self._on_changes(changes)

    def _answer(self, centre: Centre, parcel: Parcel) -> IntentResult:
        """The centre's answer, or ours in its place: an intent at which it fails again and again
        is set aside, so that the rest goes on. If the centre fails at everything, each further
        one has to fail more often."""
        try:
            answer = centre.ask(questions.PUSH, self._stores.local.client, parcel)
        except CentreFault as fault:
            with self._stores.local.writing() as c:
                faults = outbox.count_fault(c, parcel.n)
            if faults < outbox.MOST_FAULTS * (1 + self._set_aside):
                raise
            LOG.warning("intent %s is set aside: %s", parcel.n, fault)
            self._set_aside += 1
            return IntentResult(State.REFUSED, outbox.SET_ASIDE, {"": str(fault)})
        self._set_aside = 0
        return answer

    def _refused_meanwhile(self, n: int) -> bool:
        """True if an intent fell with one it depends on, in this very batch."""
        with self._stores.local.reading() as c:
            return not outbox.is_unsent(c, n)
