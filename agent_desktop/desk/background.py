"""The only way off the GUI thread.

Three lanes, each one thread with a queue of its own: `Lane.CALL` is kept free for the look-up that
a ringing call needs, so that it never waits behind a search; `Lane.CENTRE` is for questions to the
centre, which may take as long as a network likes; everything else goes on `Lane.WORK`.
Work is a plain function that takes the open `Stores` first. Its result is handed to `then` on the
GUI thread, unless the receiver is gone or a newer job with the same key took its place.
"""

from __future__ import annotations

import logging
import queue
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, TypeVar

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from agent_desktop.errors import AgentDesktopError, DiskFull

if TYPE_CHECKING:
    from agent_desktop.models.store.stores import Stores

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger(__name__)

#: After how long a computing thread lets another one have the interpreter. The GUI thread asks
#: for it again after each call of Qt; with Python's 5 ms a ring waits 20 ms for nothing.
TURN_SECONDS = 0.001


class Lane(Enum):
    """The queue a job waits in."""

    CALL = "call"
    WORK = "work"
    CENTRE = "centre"


@dataclass(frozen=True, slots=True)
class _Job:
    work: Callable[[], object]
    then: Callable[[Any], None] | None
    failed: Callable[[Exception], None] | None
    key: str
    turn: int


@dataclass(frozen=True, slots=True)
class _Outcome:
    job: _Job
    result: object = None
    error: Exception | None = None


class Background(QObject):
    """Runs work off the GUI thread and brings the results back to it.

    `stores` is set once at sign-in; before that only `run_free` may be used.
    `failed_unseen` tells of errors nobody asked to hear about, so that none is swallowed.
    """

    failed_unseen = Signal(object)
    _done = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        # For the whole process: the interpreter has one interval for all its threads.
        sys.setswitchinterval(TURN_SECONDS)
        self.stores: Stores | None = None
        self._turns: dict[str, int] = {}
        self._waiting = 0
        self._done.connect(self._deliver)
        self._queues: dict[Lane, queue.SimpleQueue[_Job | None]] = {}
        self._threads: list[threading.Thread] = []
        for lane in Lane:
            # One thread a lane: jobs of a lane keep their order.
            self._queues[lane] = queue.SimpleQueue()
            thread = threading.Thread(
                target=self._serve, args=(self._queues[lane],), name=f"background-{lane.value}"
            )
            thread.start()
            self._threads.append(thread)

    @property
    def is_idle(self) -> bool:
        """True when no job is queued, running or about to be delivered."""
        return self._waiting == 0

    def run(
        self,
        work: Callable[Concatenate[Stores, P], T],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Order[T]:
        """Prepare `work(stores, *args, **kwargs)`; nothing happens until `.then(...)` is said."""
        return Order(self, lambda: work(self._open_stores(), *args, **kwargs))

    def run_free(self, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Order[T]:
        """The same for work that needs no stores (sign-in, imports)."""
        return Order(self, lambda: work(*args, **kwargs))

    def drain(self, timeout_seconds: float = 5.0) -> None:
        """Wait, without the event loop, until what is queued now has been done (log-off)."""
        passed = [threading.Event() for _ in Lane]
        for lane, event in zip(Lane, passed, strict=True):
            self._submit(lane, _Job(event.set, None, None, "", 0))
        for event in passed:
            event.wait(timeout_seconds)

    def stop(self, timeout_seconds: float = 10.0) -> None:
        """Let what is queued finish, then end the threads."""
        for jobs in self._queues.values():
            jobs.put(None)
        for thread in self._threads:
            thread.join(timeout_seconds)

    def _open_stores(self) -> Stores:
        if self.stores is None:
            raise RuntimeError("work was asked for before sign-in")
        return self.stores

    def times_asked(self, key: str) -> int:
        """The number of jobs asked for under this key so far."""
        return self._turns.get(key, 0)

    def _submit(self, lane: Lane, job: _Job) -> None:
        self._waiting += 1
        self._queues[lane].put(job)

    def _next_turn(self, key: str) -> int:
        if not key:
            return 0
        self._turns[key] = self.times_asked(key) + 1
        return self._turns[key]

    def _is_stale(self, job: _Job) -> bool:
        return bool(job.key) and self._turns.get(job.key) != job.turn

    def _serve(self, jobs: queue.SimpleQueue[_Job | None]) -> None:
        while (job := jobs.get()) is not None:
            outcome = _Outcome(job)
            # Looked at again before the work: somebody may have typed on while it waited.
            if not self._is_stale(job):
                try:
                    outcome = _Outcome(job, result=job.work())
                # The edge of the thread: whoever asked hears of any fault, on the GUI thread.
                except Exception as error:  # noqa: BLE001 - handed to the GUI thread
                    outcome = _Outcome(job, error=error)
            # At the end of the program Qt may be gone while a job was still running.
            if not isValid(self):
                return
            self._done.emit(outcome)

    def _deliver(self, outcome: _Outcome) -> None:
        # In the GUI thread only, as in `_submit`: the count needs no lock.
        self._waiting -= 1
        job = outcome.job
        if self._is_stale(job):
            return
        if outcome.error is not None:
            self._deliver_error(job, outcome.error)
        elif job.then is not None and _is_alive(job.then):
            job.then(outcome.result)

    def _deliver_error(self, job: _Job, error: Exception) -> None:
        # Our own errors are told to people; any other is a fault of the program.
        if not isinstance(error, AgentDesktopError):
            log.error("background work failed", exc_info=error)
        if job.failed is None or isinstance(error, DiskFull):  # whoever asked, all must know
            self.failed_unseen.emit(error)
        if job.failed is not None and _is_alive(job.failed):
            job.failed(error)


class Order(Generic[T]):
    """Work that has been described but not started."""

    def __init__(self, background: Background, work: Callable[[], T]) -> None:
        self._background = background
        self._work = work

    def then(
        self,
        then: Callable[[T], None] | None = None,
        *,
        failed: Callable[[Exception], None] | None = None,
        lane: Lane = Lane.WORK,
        key: str = "",
    ) -> None:
        """Start the work; `then` gets the result and `failed` the error, on the GUI thread.

        With a `key` a later job of the same key replaces this one: its result is dropped, and it
        is not even begun if it was still waiting (searching while somebody types).
        """
        turn = self._background._next_turn(key)
        self._background._submit(lane, _Job(self._work, then, failed, key, turn))


def _is_alive(slot: Callable[..., None]) -> bool:
    """False if `slot` is a method of a QObject that Qt has already deleted."""
    bound = slot.func if isinstance(slot, partial) else slot
    receiver = getattr(bound, "__self__", None)
    return not isinstance(receiver, QObject) or isValid(receiver)
