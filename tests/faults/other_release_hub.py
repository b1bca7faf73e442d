"""A hub of another release: `python -m tests.faults.other_release_hub newer|older hub ...`.

The newer one knows a table and a column more, in the middle of the others, and a mirror of another
shape; the older one knows a table, a column and some questions less.
"""

from __future__ import annotations

import sys

from sqlalchemy import Column, Table, Text

from agent_desktop.hub import service
from agent_desktop.models.store import mirror, tables
from agent_desktop.sync.questions import QUESTIONS


def become_newer() -> None:
    """What next_release.sql brings, known to this hub."""
    known = tables.VIEW_COLUMNS["account"]
    tables.MIRRORED["account"].append_column(Column("nickname", Text))
    tables.VIEW_COLUMNS["account"] = (*known[:3], "nickname", *known[3:])
    battery = Table(
        "battery",
        tables.MIRRORED["account"].metadata,
        Column("id", tables.Uuid, primary_key=True),
        Column("account_id", tables.Uuid),
        Column("model", Text, nullable=False),
    )
    before = dict(tables.MIRRORED)
    tables.MIRRORED.clear()
    for n, (name, table) in enumerate(before.items()):
        if n == len(before) // 2:
            tables.MIRRORED["battery"] = battery
        tables.MIRRORED[name] = table
    tables.VIEW_COLUMNS["battery"] = tuple(battery.columns.keys())
    mirror.SCHEMA += 1


def become_older() -> None:
    """A release that had no products yet and did not rate calls."""
    del tables.MIRRORED["product"]
    known = tables.VIEW_COLUMNS["interaction_call"]
    tables.VIEW_COLUMNS["interaction_call"] = tuple(name for name in known if name != "mos")
    for question in ("own_rows", "acknowledge", "snapshot_offer", "departed"):
        del QUESTIONS[question]


if __name__ == "__main__":
    {"newer": become_newer, "older": become_older}[sys.argv[1]]()
    assert sys.argv[2] == "hub"
    sys.exit(service.main(sys.argv[3:]))
