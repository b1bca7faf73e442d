"""Looking for a record through an edge (see line.py)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from agent_desktop.models.store.centre_search import CentreFound
from agent_desktop.sync import wire
from agent_desktop.sync.search_query import found_of


class HubSearch:
    """These questions of a HubConnection."""

    def _ask(self, question: str, *arguments: Any) -> Any:
        raise NotImplementedError

    def search(self, typed: str) -> CentreFound:
        """See Line."""
        code = self._ask("ask_search", typed)
        return CentreFound(code) if code else found_of(wire.json_in(self._ask("search", typed)))

    def owner(self, table: str, record_id: UUID) -> UUID | None:
        """See Line."""
        found = self._ask("owner", table, record_id.bytes)
        return None if found is None else UUID(bytes=found)
