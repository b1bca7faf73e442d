"""Prints docs/kinds.md from the registry: `python -m tools.kinds_table > docs/kinds.md`."""

from __future__ import annotations

from typing import Any

from agent_desktop.models.kind import Kind
from agent_desktop.models.kinds import KINDS

_HEAD = """# Kinds of records

Printed from `agent_desktop/models/kinds.py` (`python -m tools.kinds_table > docs/kinds.md`); a test
compares. What each column means stands in `agent_desktop/models/kind.py`. In brackets behind a
reference: what a move to another account does to it.

| kind | number | title | states: where each may go | changed together | parts | refers to | whose work |
|---|---|---|---|---|---|---|---|
"""  # noqa: E501


def _row(kind: Kind[Any]) -> str:
    number = f"{kind.number.prefix}n ({kind.number.series})" if kind.number else ""
    states = ""
    if kind.life:
        states = "<br>".join(
            f"{state}: {', '.join(_move(to, right) for to, right in ways.items()) or 'end'}"
            for state, ways in kind.life.moves.items()
        )
    units = "; ".join(" + ".join(unit) for unit in kind.units)
    ties = ", ".join(f"{tie.column} ({tie.on_move.value})" for tie in kind.ties)
    work = kind.own_work
    whose = f"{work.person}{f', {work.team}' if work.team else ''}" if work else ""
    whole = [one.name for one in KINDS if kind.name in one.parts]
    part = f" (part of {whole[0]})" if whole else ""
    cells = (f"**{kind.name}**{part}", number, kind.title, states, units, ", ".join(kind.parts))
    return f"| {' | '.join((*cells, ties, whose))} |"


def _move(to: str, right: str) -> str:
    return f"{to} (right `{right}`)" if right else str(to)


def printed() -> str:
    """The whole page."""
    return _HEAD + "\n".join(map(_row, KINDS)) + "\n"


if __name__ == "__main__":
    print(printed(), end="")
