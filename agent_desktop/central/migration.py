"""Runs the plain SQL of a migration; the migrations themselves hold none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic import op

FOLDER = Path(__file__).parent / "migrations"


def run_folder(name: str) -> None:
    """Run all .sql files of `migrations/<name>/` in the order of their names.

    They go to the driver as they are: SQLAlchemy would take `:x` and the driver `%` for a place
    to fill if it were given parameters.
    """
    driver: Any = op.get_bind().connection.driver_connection
    for file in sorted((FOLDER / name).glob("*.sql")):
        driver.execute(file.read_text("utf-8"))
