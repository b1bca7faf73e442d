"""The first centre: tables, people, policies, feed, and what desks may ask for.

The SQL stands in `../v0001/`, one file per noun or concern, and runs in the files' order.
"""

from __future__ import annotations

from agent_desktop.central.migration import run_folder

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Run the folder's files."""
    run_folder("v0001")
