"""A book in which records are written by hand, by column name, in whole numbers.

Ids, times and days are numbers (see row_format.py) and are spelled as the company's rows are;
columns that are not mentioned are blank.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from sqlalchemy import Column

from agent_desktop.demo.chance import IdKind, id_number
from agent_desktop.demo.company_setting import CompanySetting
from agent_desktop.demo.row_format import DAY, HOUR, MINUTE, Row
from agent_desktop.models.store.tables import MIRRORED, Day, UtcTime, Uuid, empty

_HIDDEN: dict[str, tuple[str, ...]] = {"account": ("tax_id", "birth_on")}
_NOT_OURS = {"revision", "folded_name"}


class HandwrittenRows:
    """Rows by table and account index, in the columns and order of company.columns()."""

    def __init__(self, setting: CompanySetting) -> None:
        self.setting = setting
        self.rows: dict[str, dict[int, list[Row]]] = {
            table: defaultdict(list) for table in MIRRORED
        }

    def add(self, table: str, index: int, **values: object) -> int:
        """Write a record of this account; returns its id. `account_id` is filled in."""
        listed = self.rows[table][index]
        record_id = id_number(IdKind[table.upper()], index, len(listed))
        values = {"id": record_id, "account_id": id_number(IdKind.ACCOUNT, index), **values}
        row = [
            self._spelled(column, values.get(column.name))
            for column in MIRRORED[table].columns
            if column.name not in _NOT_OURS
        ]
        listed.append((*row, *(values.get(name) for name in _HIDDEN.get(table, ()))))
        return record_id

    def ago(self, *, days: int = 0, hours: int = 0, minutes: int = 0) -> int:
        """A moment before the company's now."""
        return self.setting.now - days * DAY - hours * HOUR - minutes * MINUTE

    def _spelled(self, column: Column[Any], value: object) -> object:
        if value is None:
            return empty(column)
        spell = self._spelling(column)
        return spell(value) if spell and isinstance(value, int) else value

    def _spelling(self, column: Column[Any]) -> Callable[[int], object] | None:
        spelling = self.setting.spelling
        by_type: dict[type, Callable[[int], object]] = {
            Uuid: spelling.id, UtcTime: spelling.at, Day: spelling.day,
        }  # fmt: skip
        return by_type.get(type(column.type))
