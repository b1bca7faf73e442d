"""The questions that pages ask the centre at once, beside the syncer's own rounds."""

from __future__ import annotations

from uuid import UUID

from agent_desktop.models.store.centre_search import CentreFound
from agent_desktop.sync import questions
from agent_desktop.sync.audited import reveal, search
from agent_desktop.sync.query_session import QuerySession
from agent_desktop.sync.server import Server


class CentreQueries:
    """The questions of one shift; each blocks and runs in the background, in the centre's lane.

    They raise CentreUnreachable, SignInFailed and Refused.
    """

    def __init__(self, server: Server, user: str, password: str) -> None:
        # A connection beside the syncer's: a long round must not keep an answer waiting.
        self.inquiries = QuerySession(server, user, password)

    def reveal(self, account_id: UUID, field: str) -> str:
        """A masked value; the centre keeps the name of the agent who looked."""
        return self.inquiries.ask(lambda centre: reveal(centre, account_id, field)) or ""

    def search(self, typed: str) -> CentreFound:
        """The records that have this text as a part, as the centre knows them."""
        return self.inquiries.ask(lambda centre: search(centre, typed))

    def owner(self, table: str, record_id: UUID) -> UUID | None:
        """The account of a ticket, service_order or interaction that is not here; None if the agent
        may not see it."""
        return self.inquiries.ask(lambda centre: centre.ask(questions.OWNER, table, record_id))

    def hang_up(self) -> None:
        """Nobody looks at the answers now: the screen is locked."""
        self.inquiries.hang_up()

    def close(self) -> None:
        """The shift is over, or the agent is no longer one."""
        self.inquiries.close()
