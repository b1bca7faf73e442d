"""The tone and the icon that belong to a code, beside its word in `wording.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent_desktop.views.look.theme import Tone

if TYPE_CHECKING:
    from agent_desktop.models.account.alerts import Alert
    from agent_desktop.models.account.caller import Rank

_TONES: dict[str, Tone] = {
    "open": Tone.ACCENT,
    "in_work": Tone.ACCENT,
    "waiting": Tone.NEUTRAL,
    "resolved": Tone.OK,
    "closed": Tone.NEUTRAL,
    "second_level": Tone.VIOLET,
    "quotation": Tone.WARN,
    "order": Tone.ACCENT,
    "dispatched": Tone.ACCENT,
    "confirmed": Tone.OK,
    "billed": Tone.OK,
    "cancelled": Tone.NEUTRAL,
    "best": Tone.OK,
    "possible": Tone.WARN,
    "very_high": Tone.BAD,
    "high": Tone.WARN,
    "contract": Tone.OK,
    "warranty": Tone.OK,
}
_ORDER_ICONS = {
    "quotation": "file-text",
    "order": "clipboard-check",
    "dispatched": "truck",
    "confirmed": "check",
    "billed": "receipt-text",
    "cancelled": "x",
}
_ALERTS = {
    1: (Tone.BAD, "octagon-alert"),
    2: (Tone.WARN, "zap"),
    3: (Tone.ACCENT, "receipt-text"),
    4: (Tone.NEUTRAL, "trending-up"),
}
_CHANNEL_ICONS = {
    "call": "phone",
    "email": "mail",
    "chat": "message-square",
    "fax": "file-text",
    "note": "notebook-pen",
}


def tone(code: object) -> Tone:
    """The tone of a state's pill (ticket, order, rank, priority, charge)."""
    return _TONES.get(str(getattr(code, "value", code)), Tone.NEUTRAL)


def rank_tone(code: Rank) -> Tone:
    """The tone of a rank's pill."""
    return tone(code)


def order_icon(code: object) -> str:
    """The icon of an order's state."""
    return _ORDER_ICONS.get(str(getattr(code, "value", code)), "wrench")


def channel_icon(code: object) -> str:
    """The icon of a channel."""
    return _CHANNEL_ICONS.get(str(getattr(code, "value", code)), "phone")


def alert_tone(alert: Alert) -> Tone:
    """The tone of an alert's rank."""
    return _ALERTS[int(alert.rank)][0]


def alert_icon(alert: Alert) -> str:
    """The icon of an alert's rank; a cut supply has its own."""
    return "unplug" if alert.code == "supply_cut" else _ALERTS[int(alert.rank)][1]
