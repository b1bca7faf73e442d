"""Every call of an agent is a record; who asked not to be called; the dial plan; agent states.

The SQL stands in `../v0002/` and runs in the files' order.
"""

from __future__ import annotations

from agent_desktop.central.migration import run_folder

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Run the folder's files."""
    run_folder("v0002")
