"""Questions of which the centre keeps who asked them.

Each takes two transactions: the trace is written and committed for good before the answer is
asked for, so that no broken connection and no rollback yields an answer without a trace.
"""

from __future__ import annotations

from uuid import UUID

from agent_desktop.models.store.centre_search import CentreFound
from agent_desktop.sync import questions
from agent_desktop.sync.centre import Centre
from agent_desktop.sync.search_query import found_of


def reveal(centre: Centre, account_id: UUID, field: str) -> str | None:
    """A masked value in full (`tax_id`, `birth_on`)."""
    centre.ask(questions.ASK_REVEAL, account_id, field)
    return centre.ask(questions.REVEAL, account_id, field)


def search(centre: Centre, typed: str) -> CentreFound:
    """The records that have this text as a part. The centre keeps who looked for which part of a
    tax id, and allows so many searches a minute."""
    # Only a search that is written down is answered; the centre may refuse it (too many).
    if code := centre.ask(questions.ASK_SEARCH, typed):
        return CentreFound(code)
    return found_of(centre.ask(questions.SEARCH, typed))
