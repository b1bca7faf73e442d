"""The audit of writes and reveals, sealed in batches that hang together by their hashes.

The SQL stands in `../v0004/` and runs in the files' order.
"""

from __future__ import annotations

from agent_desktop.central.migration import run_folder

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Run the folder's files."""
    run_folder("v0004")
