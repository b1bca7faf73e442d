"""A record that left this desk while its page was open: its scope was lost, or it was erased."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent_desktop.desk.session import PageKind, Place
from agent_desktop.errors import Refused

if TYPE_CHECKING:
    from agent_desktop.views.kit.page import Page


def close_gone(page: Page, error: Exception) -> bool:
    """Leave the page of a record that is no longer here, and say why; whether that was it. Other
    faults leave on the screen what is there."""
    if not isinstance(error, Refused) or error.reasons.get("") != "unknown_record":
        return False
    desk = page.context.desk
    if desk.page.record_id == page.record_id:
        desk.say("record_gone")
        desk.open(Place(PageKind.HOME))
    return True
