"""Frozen values of the desk: a session (one customer, one interaction), a page, a toast.

A call and an interaction are two lives (N-M): a session holds the calls that were made within it
and the interaction in which everything said and done is written down.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from agent_desktop.telephony.call import Call, CallState, Direction

if TYPE_CHECKING:
    from agent_desktop.models.account.caller import Identification
    from agent_desktop.models.account.record import Account
    from agent_desktop.models.interaction.record import Interaction

#: How long wrap-up lasts before the agent is made ready (seconds; Ctrl+F12 adds 30).
WRAP_UP_SECONDS = 60


class PageKind:
    """What can be seen in the work area. `value` is its word in local.db, which stays for ever.

    There is one object a word, so that pages may be compared with `is`. The words below exist
    from the first version; those of a new kind of record are added by its view.
    """

    __slots__ = ("value",)

    value: str
    _known: ClassVar[dict[str, PageKind]] = {}

    HOME: ClassVar[PageKind]
    IDENTIFY: ClassVar[PageKind]
    ACCOUNT: ClassVar[PageKind]
    ACCOUNT_NEW: ClassVar[PageKind]
    TICKET: ClassVar[PageKind]
    TICKET_NEW: ClassVar[PageKind]
    ORDER: ClassVar[PageKind]
    ORDER_NEW: ClassVar[PageKind]
    WORKLIST: ClassVar[PageKind]
    CALLS: ClassVar[PageKind]
    RETURNED: ClassVar[PageKind]
    PHONE: ClassVar[PageKind]
    KNOWN: ClassVar[PageKind]
    DEMO: ClassVar[PageKind]

    def __new__(cls, word: str) -> PageKind:
        """The page of this word; `ValueError` if this version has none."""
        if word not in cls._known:
            raise ValueError(f"{word!r} is no page")
        return cls._known[word]

    @classmethod
    def add(cls, word: str) -> PageKind:
        """The page of this word, which is made if it is not known yet."""
        if word not in cls._known:
            made = object.__new__(cls)
            made.value = word
            cls._known[word] = made
        return cls._known[word]

    def __reduce__(self) -> tuple[object, tuple[str]]:
        """A copy is the same object."""
        return PageKind.add, (self.value,)

    def __repr__(self) -> str:
        return f"PageKind({self.value!r})"


for _name in PageKind.__annotations__:
    if _name.isupper():
        setattr(PageKind, _name, PageKind.add(_name.lower()))


@dataclass(frozen=True, slots=True)
class Place:
    """One place in the work area; `session_id` is empty for pages that belong to no customer."""

    kind: PageKind
    record_id: UUID | None = None
    session_id: str = ""


@dataclass(frozen=True, slots=True)
class PageOpened:
    """A page to show now. `because_of_call` starts the 400 ms in which old keys do nothing."""

    page: Place
    because_of_call: bool = False


@dataclass(frozen=True, slots=True)
class Toast:
    """A short message; `undo` takes back what it tells of, if that is possible."""

    code: str
    params: Mapping[str, object] = field(default_factory=dict)
    undo: Callable[[], None] | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """One customer's contact at this desk.

    `account` is only a match until `confirmed`; `verified` names the kinds of facts the caller
    answered rightly. `handing_to` is the number its call is being handed over to. Times are
    aware and in UTC.
    """

    id: str
    started_at: datetime
    interaction: Interaction | None = None
    account: Account | None = None
    contact_id: UUID | None = None
    confirmed: bool = False
    identification: Identification | None = None
    calls: tuple[Call, ...] = ()
    verified: frozenset[str] = frozenset()
    verified_needed: int = 2
    acting_for: str = ""
    reason: str = ""
    wrap_up_since: datetime | None = None
    wrap_up_seconds: int = WRAP_UP_SECONDS
    handing_to: str = ""

    @property
    def live_call(self) -> Call | None:
        """The call of this session that has not ended; of several the one talked on, else the
        newest."""
        live = [call for call in reversed(self.calls) if call.is_live]
        talking = (call for call in live if call.state is CallState.TALKING)
        return next(talking, live[0] if live else None)

    @property
    def last_call(self) -> Call | None:
        """The newest call with the customer, ended or not; colleagues who were asked or joined
        to it are not meant."""
        theirs = [call for call in self.calls if not _is_with_colleague(call)]
        return max(theirs or self.calls, key=lambda call: call.started_at, default=None)

    @property
    def is_ringing(self) -> bool:
        """True while the caller waits to be answered."""
        call = self.live_call
        return call is not None and call.state is CallState.RINGING

    @property
    def is_verified(self) -> bool:
        """True once enough facts were answered rightly for this account."""
        return len(self.verified) >= self.verified_needed

    @property
    def may_show_data(self) -> bool:
        """Masked values may be seen: the account is confirmed and the caller verified,
        or nobody is on the line (the agent opened the record for own work)."""
        return self.is_verified or not self.calls


def _is_with_colleague(call: Call) -> bool:
    is_joined = call.in_conference and call.direction is Direction.OUTBOUND
    return bool(call.consult_for) or is_joined
