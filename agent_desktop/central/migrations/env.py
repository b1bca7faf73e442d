"""What Alembic runs: the migrations, in one transaction each, as the role that owns everything.

The connection comes from `database.upgrade`; there is no alembic.ini. There is no way down: a
centre is taken back by restoring a backup, which changes the generation that desks compare.
"""

from __future__ import annotations

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    version_table="migration",
    version_table_schema="crm",
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
