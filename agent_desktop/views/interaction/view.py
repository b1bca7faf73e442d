"""An interaction on the screen: it has no page of its own, it is seen in its account's."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP

from agent_desktop.models.interaction.record import INTERACTION
from agent_desktop.views.kit.kind_view import KindView

INTERACTION_VIEW = KindView(
    INTERACTION,
    "history",
    QT_TRANSLATE_NOOP("KindView", "Interaction"),
    QT_TRANSLATE_NOOP("KindView", "Interactions"),
    parts={"interaction_call": QT_TRANSLATE_NOOP("KindView", "Calls")},
)
