"""Opening an account: it is kept from then on, and fetched if this desk has only its entry."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from agent_desktop.models.store import directory, working_set
from agent_desktop.models.store.changes import Changes
from agent_desktop.models.store.stores import Stores
from agent_desktop.models.store.working_set import Held, Standing

#: A page that reads its account again within this time does not use it anew.
SAME_USE = timedelta(minutes=10)


def how_much(stores: Stores, account_id: UUID) -> Held:
    """How much of an account is at this desk now."""
    with stores.mirror.reading() as c:
        return working_set.standing(c, account_id).held


def opened(stores: Stores, account_id: UUID) -> Standing:
    """An account is opened: keep it from now on, and have it fetched if it is not here.

    Publishes `working_set` when something is to be fetched, which wakes the syncer; it publishes
    again when the account is there. Offline it stays WANTED and what the directory knows stays.
    """
    with stores.mirror.reading() as c:
        found = working_set.standing(c, account_id)
        known = found.held is Held.WANTED or directory.is_there(c, account_id)
        whole = not working_set.is_part(c)
    if whole or not known or _is_fresh(found):
        return found
    with stores.mirror.writing() as c:
        working_set.want(c, [account_id.bytes])
        working_set.used(c, account_id, datetime.now(UTC))
    if found.held is Held.HELD:
        return found
    stores.changed(Changes({"working_set": frozenset({account_id})}))
    return Standing(Held.WANTED)


def ask_for(stores: Stores, account_id: UUID) -> Standing:
    """The centre says there is this account: have it fetched, also where no directory knows it
    yet and in a mirror that is whole, which it has not reached. Publishes as `opened` does."""
    with stores.mirror.reading() as c:
        here = "SELECT 1 FROM account WHERE id = ?"
        is_here = c.exec_driver_sql(here, (account_id.bytes,)).first() is not None
    if is_here:
        return opened(stores, account_id)
    with stores.mirror.writing() as c:
        working_set.want(c, [account_id.bytes])
    stores.changed(Changes({"working_set": frozenset({account_id})}))
    return Standing(Held.WANTED)


def _is_fresh(found: Standing) -> bool:
    """Whether it is here and was used a moment ago, so that nothing has to be written down."""
    used = found.used_at
    return found.held is Held.HELD and used is not None and datetime.now(UTC) - used < SAME_USE
