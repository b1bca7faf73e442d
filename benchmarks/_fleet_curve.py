"""The curves of fleet.py as one SVG: processor time and lag over the number of desks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

WIDTH, HEIGHT, LEFT, TOP, GAP = 360, 200, 56, 36, 84
COLOURS = ("#1f6feb", "#c2410c", "#15803d", "#7c3aed")
FONT = 'font-family="sans-serif" font-size="11"'


class Point(Protocol):
    """The part of a measurement that is drawn."""

    @property
    def desks(self) -> int: ...
    @property
    def centre(self) -> float: ...
    @property
    def edges(self) -> float: ...
    @property
    def lag_p50(self) -> float: ...
    @property
    def lag_p99(self) -> float: ...


Line = tuple[str, Sequence[tuple[float, float]]]


def draw(curves: Mapping[str, Sequence[Point]]) -> str:
    """The whole picture."""
    cores: list[Line] = [
        (f"centre, {way}", [(p.desks, p.centre) for p in points]) for way, points in curves.items()
    ]
    cores += [("edge", [(p.desks, p.edges) for p in curves["hub"]])] if "hub" in curves else []
    lags: list[Line] = []
    for way, points in curves.items():
        lags.append((f"p50, {way}", [(p.desks, p.lag_p50) for p in points]))
        lags.append((f"p99, {way}", [(p.desks, p.lag_p99) for p in points]))
    width = LEFT * 2 + WIDTH * 2 + GAP
    height = TOP + HEIGHT + 96
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" {FONT}>',
        f'<rect width="{width}" height="{height}" fill="white"/>',
        *_chart(LEFT, "processor cores", cores),
        *_chart(LEFT + WIDTH + GAP, "lag, ms", lags),
        "</svg>", "",
    ])  # fmt: skip


def _chart(left: int, title: str, lines: Sequence[Line]) -> list[str]:
    most_x = max((x for _, points in lines for x, _ in points), default=1)
    most_y = max((y for _, points in lines for _, y in points if y < float("inf")), default=1) or 1

    def place(x: float, y: float) -> str:
        return f"{left + WIDTH * x / most_x:.1f},{TOP + HEIGHT * (1 - min(1.0, y / most_y)):.1f}"

    bottom = TOP + HEIGHT
    drawn = [
        f'<text x="{left}" y="{TOP - 12}" font-weight="bold">{title}</text>',
        f'<path d="M{left},{TOP}V{bottom}H{left + WIDTH}" fill="none" stroke="#888"/>',
        f'<text x="{left - 6}" y="{TOP + 4}" text-anchor="end">{most_y:,.4g}</text>',
        f'<text x="{left - 6}" y="{bottom}" text-anchor="end">0</text>',
        f'<text x="{left + WIDTH}" y="{bottom + 16}" text-anchor="end">{most_x:,.0f} desks</text>',
    ]
    for n, (name, points) in enumerate(lines):
        colour = COLOURS[n % len(COLOURS)]
        path = " ".join(place(x, y) for x, y in points)
        x, y = left + (n % 2) * WIDTH // 2, bottom + 36 + (n // 2) * 18
        drawn += [
            f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>',
            f'<path d="M{x},{y - 4}h18" stroke="{colour}" stroke-width="3"/>',
            f'<text x="{x + 24}" y="{y}">{name}</text>',
        ]
    return drawn
