"""The feed by days, scopes that change, erased subjects, snapshot files, and the hub's doors.

The SQL stands in `../v0003/` and runs in the files' order.
"""

from __future__ import annotations

from agent_desktop.central.migration import run_folder

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Run the folder's files."""
    run_folder("v0003")
