"""The service-order page: its life as a bar, its items and sums, who goes there, its papers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu, QWidget

from agent_desktop.desk.session import PageKind
from agent_desktop.errors import Refused
from agent_desktop.models.service_order import rules as order_rule
from agent_desktop.models.service_order import verbs as orders
from agent_desktop.models.service_order.record import OrderState
from agent_desktop.models.service_order.values import ServiceOrderView
from agent_desktop.models.site import code_list
from agent_desktop.views.kit.page import Context
from agent_desktop.views.kit.record_page import RecordPage, RecordWords
from agent_desktop.views.kit.writing_strip import WritingStrip
from agent_desktop.views.look.theme import Role, Tone
from agent_desktop.views.service_order.items import ItemsBlock
from agent_desktop.views.service_order.side import (
    DispatchBlock,
    FlowBlock,
    OrderClockBlock,
    OrderHistoryBlock,
)
from agent_desktop.views.widgets.block import Panel
from agent_desktop.views.widgets.button import Button, ButtonKind
from agent_desktop.views.widgets.columns import Columns
from agent_desktop.views.widgets.layout import column
from agent_desktop.views.widgets.lifecycle_bar import LifecycleBar, Step, StepState
from agent_desktop.views.widgets.text import Text
from agent_desktop.views.words import wording
from agent_desktop.views.words.pills import order_pill

if TYPE_CHECKING:
    from agent_desktop.models.service_order.record import OrderItem, ServiceOrder
    from agent_desktop.models.service_order.values import NewItem
    from agent_desktop.models.site.record import Product

LIFE = (
    OrderState.QUOTATION,
    OrderState.ORDER,
    OrderState.DISPATCHED,
    OrderState.CONFIRMED,
    OrderState.BILLED,
)


class OrderPage(RecordPage[ServiceOrderView]):
    """One service order."""

    NAME, TABLE, ICON = "order", "service_order", "wrench"
    read = staticmethod(orders.view)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._next: OrderState | None = None
        self._make_head()
        self.bar = LifecycleBar(self, name="order.life")
        self.bar.step_chosen.connect(self._on_step)
        self.told = Text("", Role.SMALLB, Tone.BAD, wrap=True, name="order.told")
        self.told.hide()
        self.items = ItemsBlock(self)
        self.items.line.added.connect(self._on_added)
        self.history = OrderHistoryBlock(self)
        self.dispatch = DispatchBlock(self)
        self.clock = OrderClockBlock(self)
        self.flow = FlowBlock(self)
        self.flow.opened.connect(self.open_linked)
        self.strip = WritingStrip(context, self)
        self._lay_out()

    # -- making -----------------------------------------------------------------------------
    def _make_head(self) -> None:
        self._account = Button("", ButtonKind.LINK, name="order.account", small=True)
        self._account.clicked.connect(self._on_account)
        self.head.second.addWidget(self._account)
        self.next_button = Button(
            "", ButtonKind.PRIMARY, icon_name="clipboard-check", name="order.next"
        )
        self.next_button.clicked.connect(self.go_on)
        self.head.add_button(self.next_button)
        menu = QMenu(self)
        self._cancel = menu.addAction(self.tr("Cancel this order"))
        self._cancel.triggered.connect(partial(self.move_to, OrderState.CANCELLED))
        menu.addAction(self.tr("Refresh"), self.reload)
        self.head.set_menu(menu)

    def _lay_out(self) -> None:
        panel = Panel(self)
        panel.setLayout(column(self.bar, margins=(14, 13, 14, 10)))
        body = Columns(self, left=0, right=330)
        for part in (self.strip, panel, self.told):
            body.above.addWidget(part)
        body.middle.addWidget(self.items)
        body.middle.addWidget(self.history)
        body.right.addWidget(self.dispatch)
        body.right.addWidget(self.clock)
        body.right.addWidget(self.flow)
        self.lay_out(body, (body, self.next_button))

    # -- the page ---------------------------------------------------------------------------
    def words(self) -> RecordWords:
        """A service order."""
        not_read = self.tr("This could not be done.")
        return RecordWords(self.tr("Service orders"), self.tr("Service order"), not_read)

    def record_of(self, view: ServiceOrderView) -> ServiceOrder:
        """The order."""
        return view.order

    def forget(self) -> None:
        """What was refused or half typed for the order before."""
        self.told.hide()
        self.items.line.clear_line()
        self.strip.follow(self.session_id)

    def read_more(self) -> None:
        """What can be added to the order."""
        self.context.background.run(code_list.products).then(
            self._on_products, key="order.products"
        )

    def show_not_read(self, error: Exception) -> None:
        """Above the items, as a refusal is."""
        self._on_failed(error)

    def first_focus(self) -> QWidget | None:
        """The bar of its life, else the button that moves it."""
        return self.bar

    def acts(self) -> Mapping[str, Callable[[], None]]:
        """Ctrl+Shift+Enter goes on, Ctrl+Enter adds the line being typed."""
        return {
            "form.resolve": self.go_on,
            "form.send": self.items.line.add,
            "page.refresh": self.reload,
        }

    # -- showing ----------------------------------------------------------------------------
    def show_view(self, view: ServiceOrderView, *, is_first: bool) -> None:
        """Its life, items, sums and papers."""
        order = view.order
        self.head.set_identity(order.number, subject=order.title, icon_name="wrench")
        pills = [order_pill(order.state)] if order.state is OrderState.CANCELLED else []
        self.head.set_pills((*pills, *self.pending_pills()))
        if view.account is not None:
            number = wording.account_number(view.account.number)
            self._account.set_words(f"{view.account.name} · {number}")
        self.bar.show_steps(tuple(self._step(view, state) for state in LIFE))
        self.items.show_items(view.items, editable=order.state in order_rule.EDITABLE)
        self.history.show_view(view)
        self.dispatch.show_view(view)
        self.clock.show_view(view)
        self.flow.show_flow(view)
        self._show_moves(view)

    def _step(self, view: ServiceOrderView, state: OrderState) -> Step:
        now = view.order.state
        done = [event for event in view.events if event.state is state]
        at = wording.moment(done[-1].happened_at) if done else ""
        is_past = now in LIFE and LIFE.index(state) < LIFE.index(now)
        if is_past or (now is OrderState.CANCELLED and done):
            return Step(state.value, wording.order_state(state), StepState.DONE, at)
        if state is now:
            return Step(state.value, wording.order_state(state), StepState.NOW, at)
        why = self._why_not(view, state)
        note = why or self.tr("possible now")
        return Step(
            state.value, wording.order_state(state), StepState.NEXT, note, allowed=not why, why=why
        )

    def _why_not(self, view: ServiceOrderView, to: OrderState) -> str:
        """Why the order cannot go there now, in words; empty if it can."""
        if to not in order_rule.MOVES.get(view.order.state, ()):
            before = LIFE[LIFE.index(to) - 1] if to in LIFE else OrderState.OTHER
            return self.tr("after {state}").format(state=wording.order_state(before))
        if to not in view.moves:
            return wording.refusal("not_allowed")
        if to is OrderState.DISPATCHED and not view.items:
            return wording.refusal("items_missing")
        return ""

    def _show_moves(self, view: ServiceOrderView) -> None:
        following = [to for to in order_rule.MOVES.get(view.order.state, ()) if to in LIFE]
        self._next = following[0] if following else None
        self.next_button.setVisible(bool(following))
        self._cancel.setEnabled(OrderState.CANCELLED in view.moves)
        if self._next is None:
            return
        self.next_button.set_words(self._verb(self._next))
        why = self._why_not(view, self._next)
        if why:
            self.next_button.set_off(why)
        else:
            self.next_button.set_on()

    def _verb(self, to: OrderState) -> str:
        return {
            OrderState.ORDER: self.tr("Accept quotation"),
            OrderState.DISPATCHED: self.tr("Dispatch"),
            OrderState.CONFIRMED: self.tr("Confirm work"),
            OrderState.BILLED: self.tr("Bill"),
        }.get(to, wording.order_state(to))

    def _on_products(self, products: tuple[Product, ...]) -> None:
        self.items.line.set_products(products)

    # -- doing ------------------------------------------------------------------------------
    def go_on(self) -> None:
        """The next state of its life."""
        if self._next is not None and self.next_button.isEnabled():
            self.move_to(self._next)

    def move_to(self, state: OrderState) -> None:
        """Move the order; a refusal is told above the items."""
        if self.view is None:
            return
        self.told.hide()
        self.context.background.run(orders.move, self.view.order.id, state).then(
            self._on_moved, failed=self._on_failed
        )

    def _on_moved(self, order: ServiceOrder) -> None:
        self.context.desk.say("order_moved", number=order.number, state=order.state)

    def _on_failed(self, error: Exception) -> None:
        code = next(iter(error.reasons.values())) if isinstance(error, Refused) else ""
        self.told.say(wording.refusal(code) if code else self.tr("This could not be done."))
        self.told.show()

    def _on_step(self, key: str) -> None:
        self.move_to(OrderState(key))

    def _on_added(self, item: NewItem) -> None:
        if self.view is None:
            return
        self.context.background.run(orders.add_item, self.view.order.id, item).then(
            self._on_item, failed=self._on_item_failed
        )

    def _on_item(self, _item: OrderItem) -> None:
        self.items.line.clear_line()
        self.items.line.product.setFocus()

    def _on_item_failed(self, error: Exception) -> None:
        if isinstance(error, Refused):
            self.items.line.show_errors(wording.refusals(error.reasons, **error.details))
        else:
            self._on_failed(error)

    def _on_account(self) -> None:
        if self.view is not None and self.view.account is not None:
            self.open_linked(PageKind.ACCOUNT, self.view.account.id)
