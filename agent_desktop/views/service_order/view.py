"""A service order on the screen."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP

from agent_desktop.models.service_order.record import SERVICE_ORDER
from agent_desktop.views.kit.kind_view import KindView

SERVICE_ORDER_VIEW = KindView(
    SERVICE_ORDER,
    "wrench",
    QT_TRANSLATE_NOOP("KindView", "Service order"),
    QT_TRANSLATE_NOOP("KindView", "Service orders"),
    word="order",
    page="service_order.page.OrderPage",
    form="service_order.new_page.NewOrderPage",
    new=QT_TRANSLATE_NOOP("KindView", "New service order"),
)
