"""The lines of a service order: what, how much, who pays; and the line in which one is added."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from agent_desktop.models.service_order import rules as order_rule
from agent_desktop.models.service_order.record import Charge, OrderItem
from agent_desktop.models.service_order.values import NewItem
from agent_desktop.models.site.record import ItemKind
from agent_desktop.views.kit.category_field import CategoryField
from agent_desktop.views.kit.record_form import RecordForm
from agent_desktop.views.look.theme import Role, Tone
from agent_desktop.views.widgets.block import Block
from agent_desktop.views.widgets.button import Button, ButtonKind
from agent_desktop.views.widgets.field import Field
from agent_desktop.views.widgets.layout import boxed, row
from agent_desktop.views.widgets.rows import Align, Column, Row, RowsTable
from agent_desktop.views.widgets.text import Text
from agent_desktop.views.widgets.type_ahead import Node
from agent_desktop.views.words import wording
from agent_desktop.views.words.pills import charge_pill, milli_of

if TYPE_CHECKING:
    from agent_desktop.models.site.record import Product

Line = OrderItem | NewItem


class ItemLine(QWidget):
    """Product by type-ahead, quantity, price, who pays. Enter adds (`added(NewItem)`)."""

    added = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("order.item")
        self._products: dict[str, Product] = {}
        self.form = RecordForm(self, name="order.item.fields", columns=12)
        self.product = CategoryField(
            self.tr("Product or service"), name="order.item.product", required=True
        )
        charges = [(one.value, wording.charge(one)) for one in Charge if one.value]
        self.form.add("name", self.product, span=6)
        self.form.add("quantity", Field(self.tr("Quantity"), name="order.item.quantity"), span=2)
        self.form.add("unit_price", Field(self.tr("Price"), name="order.item.price"), span=2)
        self.form.add(
            "charge", Field(self.tr("Charge"), name="order.item.charge", choices=charges), span=2
        )
        self.form.edited.connect(self._on_edited)
        self.add_button = Button(
            self.tr("Add item"), ButtonKind.SOFT, icon_name="plus", name="order.item.add"
        )
        self.add_button.clicked.connect(self.add)
        line = row(self.form, self.add_button, gap=10)
        line.setStretch(0, 1)
        line.setAlignment(self.add_button, Qt.AlignmentFlag.AlignBottom)
        self.setLayout(line)
        self.clear_line()

    def set_products(self, products: Iterable[Product]) -> None:
        """What can be ordered."""
        self._products = {product.code: product for product in products}
        self.product.set_nodes(
            Node(product.code, product.name) for product in self._products.values()
        )

    def clear_line(self) -> None:
        """Ready for the next line."""
        values = {"name": "", "quantity": wording.quantity(1000), "unit_price": ""}
        self.form.set_values({**values, "charge": Charge.CHARGED.value})
        self.form.show_errors({})

    def show_errors(self, errors: Mapping[str, str]) -> None:
        """Refusals at the fields of the line."""
        self.form.show_errors(errors)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter in quantity, price or charge adds the line."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.add()
        else:
            super().keyPressEvent(event)

    def add(self) -> None:
        """Read the line; what cannot be read is told at its field."""
        values = self.form.values()
        product = self._products.get(values["name"])
        quantity, price = milli_of(values["quantity"]), milli_of(values["unit_price"])
        wrong = {
            "name": "" if product else wording.refusal("missing"),
            "quantity": "" if quantity else wording.refusal("not_a_number"),
            "unit_price": "" if price is not None else wording.refusal("not_a_number"),
        }
        wrong = {name: words for name, words in wrong.items() if words}
        self.form.show_errors(wrong)
        if wrong or product is None or quantity is None or price is None:
            return
        self.added.emit(
            NewItem(
                name=product.name,
                kind=ItemKind(product.kind),
                product_code=product.code,
                quantity_milli=quantity,
                unit_price_cents=round(price / 10),
                charge=Charge(values["charge"]),
            )
        )

    def _on_edited(self, name: str, value: str) -> None:
        """A product brings its price."""
        product = self._products.get(value) if name == "name" else None
        if product is not None:
            self.form.set_values({"unit_price": wording.amount(product.unit_price_cents)})
            self.form.field("quantity").setFocus()


class ItemsBlock(Block):
    """The table of lines, the line to add one, and the sums."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("items", "", "package", parent, flush=True)
        self.set_title(self.tr("Items"))
        columns = (
            Column("position", self.tr("#"), 48),
            Column("name", self.tr("Product or service")),
            Column("quantity", self.tr("Qty"), 84, Align.RIGHT),
            Column("price", self.tr("Price"), 96, Align.RIGHT),
            Column("charge", self.tr("Charge"), 112),
            Column("total", self.tr("Total"), 104, Align.RIGHT),
        )
        self.table = RowsTable(columns, self, name="items.table", most_rows=10)
        self.table.setAccessibleName(self.tr("Items"))
        self.line = ItemLine(self)
        self._none = Text(self.tr("No items yet"), Role.BODY, Tone.TEXT2)
        self._full = Text("", Role.SMALL, Tone.TEXT2, tabular=True)
        self._covered = Text("", Role.SMALL, Tone.TEXT2, tabular=True)
        self._total = Text("", Role.H2, Tone.TEXT, tabular=True, name="items.total")
        sums = row(self._none, None, self._full, self._covered, self._total, gap=20)
        sums.setContentsMargins(14, 4, 14, 6)
        line = row(self.line, margins=(14, 6, 14, 4))
        self.body.addWidget(self.table)
        self.body.addWidget(boxed(line))
        self.body.addLayout(sums)

    def show_items(self, items: Sequence[Line], *, editable: bool) -> None:
        """Show these lines; one can be added only while the order may still be changed."""
        self.set_count(len(items))
        self.table.set_rows([_row(number, item) for number, item in enumerate(items)])
        self.line.setVisible(editable)
        self._none.setVisible(not items)
        sums = order_rule.totals(items)
        worth, covered = wording.money(sums.full_cents), wording.money(sums.covered_cents)
        self._full.say(self.tr("Worth {amount}").format(amount=worth))
        self._covered.say(self.tr("Covered {amount}").format(amount=covered))
        total = self.tr("Total {amount}")
        self._total.say(total.format(amount=wording.money(sums.to_pay_cents)))
        for part in (self._full, self._covered, self._total):
            part.setVisible(bool(items))


def _row(number: int, item: Line) -> Row:
    is_old = isinstance(item, OrderItem)
    position = item.position if isinstance(item, OrderItem) else (number + 1) * order_rule.STEP
    cells = (
        str(position),
        item.name,
        wording.quantity(item.quantity_milli),
        wording.amount(item.unit_price_cents),
        charge_pill(item.charge),
        wording.amount(order_rule.to_pay_cents(item)),
    )
    return Row(item.id if is_old and isinstance(item, OrderItem) else number, cells, item.name)
