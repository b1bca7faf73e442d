"""Search at the centre, who has what open, passwords, and files whose owner has left.

The SQL stands in `../v0005/` and runs in the files' order.
"""

from __future__ import annotations

from agent_desktop.central.migration import run_folder

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Run the folder's files."""
    run_folder("v0005")
