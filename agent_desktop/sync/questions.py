"""Every question a desk may put to the centre: one line each, and nowhere else.

A direct connection runs `sql`; a connection through the hub packs the values, and the hub's edge
unpacks them, runs the same `sql` in the agent's name and packs what it gives. So a hub answers
exactly what the centre answers. A new question is a function in queries.py and a line here.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar

from agent_desktop.sync import queries, search_query, wire
from agent_desktop.sync.queries import Connection
from agent_desktop.sync.wire import Form, both, many, optional

Given = ParamSpec("Given")
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True, eq=False)
class Question(Generic[Given, Found]):
    """One question: how it is asked (`sql`, with a connection in which the agent speaks), and how
    its values (`takes`) and its answer (`gives`) travel.

    `reads`: it writes nothing, so that an edge asks it in a read-only transaction.
    `one_moment`: it takes several statements, which must see the same moment.
    """

    name: str
    sql: Callable[Concatenate[Connection, Given], Found]
    takes: tuple[Form[Any], ...]
    gives: Form[Found]
    reads: bool = False
    one_moment: bool = False

    def pack(self, *values: Given.args, **named: Given.kwargs) -> bytes:
        """The values as the body of a request."""
        # A value that was left out stays out, so that its default is written once, in the SQL.
        given = inspect.signature(self.sql).bind(None, *values, **named).args[1:]
        pairs = zip(self.takes, given, strict=False)  # those left out have a default at the edge
        return wire.pack(tuple(form.pack(value) for form, value in pairs))

    def unpack(self, body: bytes) -> tuple[Any, ...]:
        """The values again. Raises ValueError, TypeError for what no desk sends."""
        found = wire.unpack(body)
        # Too few are refused by `sql` itself, which has no default for them.
        if not isinstance(found, tuple) or len(found) > len(self.takes):
            raise ValueError(f"not the values of {self.name}")
        pairs = zip(self.takes, found, strict=False)
        return tuple(form.unpack(value) for form, value in pairs)


SIGN_IN = Question("sign_in", queries.sign_in, (wire.ID, wire.TEXT), wire.JSON)
POSITION = Question("position", queries.position, (), wire.CURSOR, reads=True)
LEASE_NUMBERS = Question(
    "lease_numbers", queries.lease_numbers, (wire.ID, wire.TEXT), both(wire.NUMBER, wire.NUMBER)
)
PUSH = Question("push", queries.push, (wire.ID, wire.PARCEL), wire.ANSWER)
PULL = Question(
    "pull",
    queries.pull,
    (wire.CURSOR, optional(wire.CURSOR), both(wire.TEXT, wire.NUMBER), wire.NUMBER),
    wire.PAGE,
    reads=True,
    one_moment=True,
)
ACKNOWLEDGE = Question("acknowledge", queries.acknowledge, (wire.ID, wire.CURSOR), wire.NOTHING)
OWN_ROWS = Question("own_rows", queries.own_rows, (), wire.ROWS, reads=True, one_moment=True)
ACCOUNT_ROWS = Question(
    "account_rows", queries.account_rows, (wire.ID,), wire.ROWS, reads=True, one_moment=True
)
SNAPSHOT_OFFER = Question(
    "snapshot_offer", queries.snapshot_offer, (wire.NUMBER,), optional(wire.OFFER), reads=True
)
SNAPSHOT_PART = Question(
    "snapshot_part",
    queries.snapshot_part,
    (wire.ID, wire.NUMBER),
    optional(wire.BYTES),
    reads=True,
)
PRESENCE = Question("presence", queries.presence, (wire.ID, wire.STAND), wire.JSON)
LEAVE = Question("leave", queries.leave, (wire.ID,), wire.NOTHING)
PASSWORD_RULE = Question("password_rule", queries.password_rule, (), wire.JSON, reads=True)
CHANGE_PASSWORD = Question("change_password", queries.change_password, (wire.TEXT,), wire.NOTHING)
DEPARTED = Question("departed", queries.departed, (many(wire.TEXT),), many(wire.TEXT), reads=True)
QUARANTINE_BEGIN = Question(
    "quarantine_begin",
    queries.quarantine_begin,
    (wire.TEXT, wire.TEXT, wire.TEXT, wire.TEXT, wire.BYTES),
    wire.JSON,
)
QUARANTINE_PUT = Question(
    "quarantine_put", queries.quarantine_put, (wire.TEXT, wire.NUMBER, wire.BYTES), wire.NOTHING
)
QUARANTINE_END = Question("quarantine_end", queries.quarantine_end, (wire.TEXT,), wire.TRUTH)
OWNER = Question("owner", search_query.owner, (wire.TEXT, wire.ID), optional(wire.ID), reads=True)

# The first of each pair leaves the trace, in a transaction of its own (audited.py asks both).
ASK_REVEAL = Question("ask_reveal", queries.ask_reveal, (wire.ID, wire.TEXT), wire.NOTHING)
REVEAL = Question("reveal", queries.reveal, (wire.ID, wire.TEXT), optional(wire.TEXT))
ASK_SEARCH = Question("ask_search", search_query.ask_search, (wire.TEXT,), wire.TEXT)
SEARCH = Question("search", search_query.search, (wire.TEXT,), wire.JSON, reads=True)

#: What an edge answers; anything else it does not know.
QUESTIONS: dict[str, Question[..., Any]] = {
    one.name: one for one in tuple(globals().values()) if isinstance(one, Question)
}
