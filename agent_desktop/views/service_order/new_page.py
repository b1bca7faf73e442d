"""A new service order: what is to be done where, and its items; it begins as a quotation."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtWidgets import QPlainTextEdit, QWidget

from agent_desktop.desk.session import PageKind, Place
from agent_desktop.errors import Refused
from agent_desktop.models.account import verbs as accounts
from agent_desktop.models.service_order import verbs as orders
from agent_desktop.models.service_order.record import Charge
from agent_desktop.models.service_order.values import NewItem, NewServiceOrder
from agent_desktop.models.site import code_list
from agent_desktop.models.site.record import ItemKind
from agent_desktop.views.kit.page import Context, Page
from agent_desktop.views.kit.record_form import RecordForm
from agent_desktop.views.kit.writing_strip import WritingStrip
from agent_desktop.views.look.theme import Role, Tone
from agent_desktop.views.service_order.items import ItemsBlock
from agent_desktop.views.widgets.block import Block
from agent_desktop.views.widgets.button import Button, ButtonKind
from agent_desktop.views.widgets.columns import Columns
from agent_desktop.views.widgets.field import Field
from agent_desktop.views.widgets.layout import column
from agent_desktop.views.widgets.page_head import PageHead
from agent_desktop.views.widgets.text import Text
from agent_desktop.views.words import wording

if TYPE_CHECKING:
    from agent_desktop.models.account.values import Overview
    from agent_desktop.models.service_order.record import ServiceOrder
    from agent_desktop.models.site.record import Product
    from agent_desktop.views.kit.draft_keeper import Draft


class NewOrderPage(Page):
    """The form of a new service order of one account."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._overview: Overview | None = None
        self._draft: Draft | None = None
        self._is_complete = self._send_when_complete = False
        self._items: tuple[NewItem, ...] = ()
        # The items as text, so that they are kept like everything typed; never shown.
        self._items_text = QPlainTextEdit(self)
        self._items_text.hide()
        self._make_form()
        self._build()

    # -- making -----------------------------------------------------------------------------
    def _make_form(self) -> None:
        self.form = RecordForm(self, name="new_order.fields", columns=2)
        title = Field(self.tr("What is to be done"), name="new_order.title", required=True)
        self.form.add("title", title, span=2)
        unit = Field(self.tr("Unit"), name="new_order.unit", choices=())
        meter = Field(self.tr("Meter"), name="new_order.meter", choices=())
        self.form.add("unit_id", unit)
        self.form.add("meter_id", meter)
        note = Field(self.tr("Note for the crew"), name="new_order.note", lines=3)
        self.form.add("note", note, span=2)

    def _build(self) -> None:
        self._head = PageHead(self, name="new_order.head")
        self.discard_button = Button(self.tr("Discard"), ButtonKind.TEXT, name="new_order.discard")
        self.discard_button.clicked.connect(self.discard)
        self.save_button = Button(
            self.tr("Create quotation"),
            ButtonKind.PRIMARY,
            icon_name="check",
            key=self.tr("Ctrl+Enter"),
            name="new_order.save",
        )
        self.save_button.clicked.connect(self.save)
        self._head.add_button(self.discard_button)
        self._head.add_button(self.save_button)
        self.strip = WritingStrip(self.context, self)
        self._told = Text("", Role.SMALL, Tone.TEXT2, name="new_order.told")
        block = Block("new_order", self.tr("The work"), "wrench", self)
        for part in (self.strip, self.form, self._told):
            block.body.addWidget(part)
        self.items = ItemsBlock(self)
        self.items.line.added.connect(self._on_added)
        self.remove = Button(
            self.tr("Remove marked item"), ButtonKind.TEXT, name="new_order.remove"
        )
        self.remove.clicked.connect(self._on_remove)
        self.items.head_layout().addWidget(self.remove)
        body = Columns(self, left=0, right=0)
        body.middle.addWidget(block)
        body.middle.addWidget(self.items)
        self.setLayout(column(self._head, body, gap=0))

    # -- the page ---------------------------------------------------------------------------
    def enter(self) -> None:
        """An empty form for another customer."""
        self._overview = None
        self._set_items(())
        self.items.line.clear_line()
        self._is_complete = self._send_when_complete = False
        self.form.show_errors({})
        self.form.set_values(dict.fromkeys(self.form.names(), ""))
        self._told.say("")
        self.save_button.set_on()
        self.strip.follow(self.session_id)
        self._head.set_identity(self.tr("New service order"), icon_name="wrench")
        self.say_title(self.tr("Service orders"), self.tr("New service order"))

    def leave(self) -> None:
        """What was typed is kept."""
        if self._draft is not None:
            self._draft.save()
            self._draft.close()
            self._draft = None

    def reload(self) -> None:
        """Ask for units, meters and products."""
        if self.record_id is None:
            return
        background = self.context.background
        background.run(accounts.overview, self.record_id).then(
            self._show_overview, failed=self._on_failed, key="new_order.overview"
        )
        background.run(code_list.products).then(self._on_products, key="new_order.products")

    def first_focus(self) -> QWidget | None:
        """The title."""
        return self.form.field("title").editor

    def acts(self) -> Mapping[str, Callable[[], None]]:
        """Ctrl+Enter creates, Ctrl+S keeps."""
        return {"form.send": self.save, "form.save": self.keep}

    # -- showing ----------------------------------------------------------------------------
    def _show_overview(self, overview: Overview) -> None:
        self._overview = overview
        account = overview.account
        under = f"{account.name} · {wording.account_number(account.number)}"
        self._head.set_identity(self.tr("New service order"), under=under, icon_name="wrench")
        none = ("", self.tr("none"))
        units = [(str(u.id), f"{u.number} · {u.street}, {u.house}") for u in overview.units]
        meters = [(str(m.id), f"{m.serial} · {m.model}") for m in overview.meters]
        self.form.field("unit_id").set_choices([*units, none])
        self.form.field("meter_id").set_choices([*meters, none])
        self._begin_draft()

    def _begin_draft(self) -> None:
        """Once everything that can be chosen is there, bring back what was typed before."""
        if self._draft is not None:
            return
        fields: dict[str, QWidget] = {
            name: self.form.field(name).editor for name in self.form.names()
        }
        place = f"order:new:{self.session_id or self.record_id}"
        fields["items"] = self._items_text
        self._draft = self.context.drafts.keep(place, fields, self)
        self._draft.restored.connect(self._on_restored)
        self._draft.saved.connect(self._on_kept)

    def _on_products(self, products: tuple[Product, ...]) -> None:
        self.items.line.set_products(products)

    def _on_restored(self, back: tuple[str, ...]) -> None:
        if "items" in back:
            self._set_items(_read_items(self._items_text.toPlainText()))
        if back:
            self._told.say(self.tr("Brought back what you had typed"))
        self._is_complete = True
        if self._send_when_complete:
            self.save()

    def _on_kept(self) -> None:
        self._told.say(self.tr("Saved on this workstation"))

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
    def save(self) -> None:
        """Create the order as a quotation; refusals are shown at their fields."""
        if not self.save_button.isEnabled():
            return
        if self._overview is None or not self._is_complete:
            self._send_when_complete = True
            self._told.say(self.tr("Is created as soon as the form is complete"))
            return
        self.save_button.set_off(self.tr("Being created"))
        new = self._new(self._overview.account.id)
        self.context.background.run(orders.create, new).then(
            self._on_created, failed=self._on_failed
        )

    def _new(self, account_id: UUID) -> NewServiceOrder:
        values = self.form.values()
        session = self.session
        interaction = session.interaction if session else None
        return NewServiceOrder(
            account_id=account_id,
            title=values["title"],
            unit_id=UUID(values["unit_id"]) if values["unit_id"] else None,
            meter_id=UUID(values["meter_id"]) if values["meter_id"] else None,
            interaction_id=interaction.id if interaction else None,
            note=values["note"],
            items=self._items,
        )

    def _on_created(self, order: ServiceOrder) -> None:
        if self._draft is not None:
            self._draft.drop()
            self._draft = None
        session_id, self.place = self.session_id, None
        self.context.desk.say("order_created", number=order.number)
        self.context.desk.replace_page(Place(PageKind.ORDER, order.id, session_id))

    def _on_failed(self, error: Exception) -> None:
        self._send_when_complete = False
        self.save_button.set_on()
        if isinstance(error, Refused):
            words = wording.refusals(error.reasons, **error.details)
            self.form.show_errors(dict(map(partial(self._told_at), words.items())))
        else:
            self.form.show_errors({"": self.tr("Not saved. What you typed is kept.")})

    def _told_at(self, refusal: tuple[str, str]) -> tuple[str, str]:
        """`items.<n>.<field>` is told for the whole order, with the number of the line."""
        name, why = refusal
        if not name.startswith("items."):
            return refusal
        line = (int(name.split(".")[1]) + 1) * 10
        return name, self.tr("Item {number}: {why}").format(number=line, why=why)

    def keep(self) -> None:
        """Keep what is typed now."""
        if self._draft is not None:
            self._draft.save()

    def discard(self) -> None:
        """Throw the form away and go back."""
        if self._draft is not None:
            self._draft.drop()
            self._draft = None
        self.place = None
        self.context.desk.back()


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
