"""A new service order: what is to be done where, and its items; it begins as a quotation."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtWidgets import QPlainTextEdit, QWidget

from agent_desktop.desk.session import PageKind
from agent_desktop.models.account import verbs as accounts
from agent_desktop.models.service_order import verbs as orders
from agent_desktop.models.service_order.record import Charge
from agent_desktop.models.service_order.values import NewItem, NewServiceOrder
from agent_desktop.models.site import code_list
from agent_desktop.models.site.record import ItemKind
from agent_desktop.views.kit.form_page import FormPage, FormWords
from agent_desktop.views.kit.page import Context
from agent_desktop.views.kit.record_form import FormField
from agent_desktop.views.service_order.items import ItemsBlock
from agent_desktop.views.widgets.button import Button, ButtonKind
from agent_desktop.views.words import wording

if TYPE_CHECKING:
    from agent_desktop.models.account.values import Overview
    from agent_desktop.models.site.record import Product


class NewOrderPage(FormPage):
    """The form of a new service order of one account, which is the record of the place."""

    NAME, FIELDS, DRAFT, ICON = "new_order", "new_order", "order:new", "wrench"
    WAITS_FOR = frozenset({"overview"})
    RECORD, CREATED = PageKind.ORDER, "order_created"
    create = staticmethod(orders.create)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._items: tuple[NewItem, ...] = ()
        # The items as text, so that they are kept like everything typed; never shown.
        self._items_text = QPlainTextEdit(self)
        self._items_text.hide()

    # -- what the form is -------------------------------------------------------------------
    def words(self) -> FormWords:
        """An order, which begins as a quotation."""
        return FormWords(
            self.tr("Service orders"),
            self.tr("New service order"),
            self.tr("The work"),
            self.tr("Create quotation"),
        )

    def fields(self) -> Iterable[FormField]:
        """What is to be done, where, and a word to the crew."""
        return (
            FormField("title", self.tr("What is to be done"), 2, required=True),
            FormField("unit_id", self.tr("Unit"), choices=(), name="unit"),
            FormField("meter_id", self.tr("Meter"), choices=(), name="meter"),
            FormField("note", self.tr("Note for the crew"), 2, lines=3),
        )

    def below(self) -> Iterable[QWidget]:
        """The items."""
        self.items = ItemsBlock(self)
        self.items.line.added.connect(self._on_added)
        words = self.tr("Remove marked item")
        self.remove = Button(words, ButtonKind.TEXT, name="new_order.remove")
        self.remove.clicked.connect(self._on_remove)
        self.items.head_layout().addWidget(self.remove)
        return (self.items,)

    # -- the page ---------------------------------------------------------------------------
    def enter(self) -> None:
        """An empty form for another customer."""
        self._set_items(())
        self.items.line.clear_line()
        super().enter()

    def reload(self) -> None:
        """Ask for units, meters and products."""
        if self.record_id is None:
            return
        background = self.context.background
        background.run(accounts.overview, self.record_id).then(
            self._show_overview, failed=self.show_failed, key="new_order.overview"
        )
        background.run(code_list.products).then(self._on_products, key="new_order.products")

    # -- showing ----------------------------------------------------------------------------
    def _show_overview(self, overview: Overview) -> None:
        account = overview.account
        self.say_under(f"{account.name} · {wording.account_number(account.number)}")
        none = ("", self.tr("none"))
        units = [(str(u.id), f"{u.number} · {u.street}, {u.house}") for u in overview.units]
        meters = [(str(m.id), f"{m.serial} · {m.model}") for m in overview.meters]
        self.form.field("unit_id").set_choices([*units, none])
        self.form.field("meter_id").set_choices([*meters, none])
        self.is_here("overview")

    def draft_fields(self) -> dict[str, QWidget]:
        """The fields and the items."""
        return {**self.form.editors(), "items": self._items_text}

    def _on_products(self, products: tuple[Product, ...]) -> None:
        self.items.line.set_products(products)

    def restored(self, back: tuple[str, ...]) -> None:
        """The items are read from the text that came back."""
        if "items" in back:
            self._set_items(_read_items(self._items_text.toPlainText()))

    # -- items ------------------------------------------------------------------------------
    def _set_items(self, items: tuple[NewItem, ...]) -> None:
        self._items = items
        self.items.show_items(items, editable=True)
        self.remove.setVisible(bool(items))
        text = json.dumps([asdict(item) for item in items]) if items else ""
        if text != self._items_text.toPlainText():
            self._items_text.setPlainText(text)

    def _on_added(self, item: NewItem) -> None:
        self._set_items((*self._items, item))
        self.items.line.clear_line()
        self.items.line.product.setFocus()

    def _on_remove(self) -> None:
        marked = self.items.table.marked()
        at = marked if isinstance(marked, int) else len(self._items) - 1
        self._set_items((*self._items[:at], *self._items[at + 1 :]))

    # -- saving -----------------------------------------------------------------------------
    def gather(self, values: Mapping[str, str]) -> NewServiceOrder:
        """The order of the account, in the contact in which it is written."""
        session = self.session
        interaction = session.interaction if session else None
        return NewServiceOrder(
            account_id=self.about_account(),
            title=values["title"],
            unit_id=UUID(values["unit_id"]) if values["unit_id"] else None,
            meter_id=UUID(values["meter_id"]) if values["meter_id"] else None,
            interaction_id=interaction.id if interaction else None,
            note=values["note"],
            items=self._items,
        )

    def place_refusals(self, words: Mapping[str, str]) -> dict[str, str]:
        """`items.<n>.<field>` is told for the whole order, with the number of the line."""
        return dict(map(self._told_at, words.items()))

    def _told_at(self, refusal: tuple[str, str]) -> tuple[str, str]:
        name, why = refusal
        if not name.startswith("items."):
            return refusal
        line = (int(name.split(".")[1]) + 1) * 10
        return name, self.tr("Item {number}: {why}").format(number=line, why=why)


def _read_items(text: str) -> tuple[NewItem, ...]:
    """Items as a draft keeps them; a draft that cannot be read brings none back."""
    try:
        kept = json.loads(text) if text else []
    except ValueError:
        return ()
    return tuple(
        NewItem(**{**item, "kind": ItemKind(item["kind"]), "charge": Charge(item["charge"])})
        for item in kept
    )
