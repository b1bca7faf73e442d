"""Numbers for the desk: leased again before half of a block is used up."""

from __future__ import annotations

from agent_desktop.models.store import numbers as number
from agent_desktop.models.store.stores import Stores
from agent_desktop.sync import questions
from agent_desktop.sync.centre import Centre


def lease_numbers(stores: Stores, centre: Centre) -> None:
    """Lease a block of each kind that has run low. A block whose answer got lost is a gap."""
    for kind in number.PREFIXES:
        with stores.local.reading() as c:
            left = number.left(c, kind)
        if left < number.BLOCK // 2:
            first, last = centre.ask(questions.LEASE_NUMBERS, stores.local.client, kind)
            with stores.local.writing() as c:
                number.put_block(c, kind, first, last)
