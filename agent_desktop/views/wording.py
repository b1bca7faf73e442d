"""Words for what the program knows in codes, and figures as the language writes them."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication


def countdown(seconds: float) -> str:
    """Time left until a deadline: `00:41` (hours and minutes) or `4 d 02 h`; minus when over."""
    sign, left = ("−" if seconds < 0 else ""), abs(seconds)
    minutes = int(left // 60)
    days, hours = minutes // 1440, minutes // 60 % 24
    if days:
        shape = QCoreApplication.translate("wording", "{0}{1} d {2:02d} h")
        return shape.format(sign, days, hours)
    return f"{sign}{hours:02d}:{minutes % 60:02d}"
