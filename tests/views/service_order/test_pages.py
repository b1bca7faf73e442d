"""New service order and service order: items, sums, moves and refusals in words."""

from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from agent_desktop.desk.session import PageKind
from agent_desktop.models.service_order import verbs as orders
from agent_desktop.models.service_order.record import OrderState
from agent_desktop.models.site import code_list
from agent_desktop.views.words.pills import milli_of
from tests import given
from tests.views import shots
from tests.views.conftest import Workplace, part, texts


def test_typed_amounts_are_read_in_every_usual_way() -> None:
    assert milli_of("1,5") == 1_500
    assert milli_of("1.280,50") == 1_280_500
    assert milli_of("R$ 1,280.50") == 1_280_500
    assert milli_of("three") is None


def test_the_sample_order_is_shown_whole(qtbot: QtBot) -> None:
    page = shots.SHOTS["order"]()
    qtbot.addWidget(page)
    page.resize(1296, 638)
    page.show()
    words = texts(page)
    for expected in ("SO-7741", "Meter crew 7", "Total R$ 521.00", "Dispatched"):
        assert expected in words
    steps = [step for step, _box in page.bar.boxes()]  # type: ignore[attr-defined]
    assert [step.allowed for step in steps] == [False, False, False, True, False]
    assert steps[4].why == "after Confirmed"


def _add_item(workplace: Workplace, page: object) -> None:
    stores = workplace.company.stores
    if not code_list.products(stores):
        meter = {"code": "M-3F", "name": "Meter", "kind": "part", "unit_price_cents": 48_600}
        given.row(stores, "product", **meter)
        page.reload()  # type: ignore[attr-defined]
        workplace.settle()
    product = code_list.products(stores)[0]
    line = page.items.line  # type: ignore[attr-defined]
    line.product.set_value(product.code)
    line.product.edited.emit(product.code)
    workplace.qtbot.keyClick(line.form.field("quantity").editor, Qt.Key.Key_Return)


def test_a_new_order_with_an_item_becomes_a_quotation(workplace: Workplace) -> None:
    page = workplace.page(PageKind.ORDER_NEW, workplace.company.id("marina"))
    _add_item(workplace, page)
    assert len(page.items.table.rows.rows()) == 1
    page.save()
    workplace.until(lambda: page.form.field("title").message())
    page.form.field("title").editor.setText("Replace meter")
    page.save()
    workplace.until(lambda: workplace.now_open() is PageKind.ORDER)
    view = orders.view(workplace.company.stores, workplace.opened[-1].record_id)  # type: ignore[arg-type]
    assert view.order.state is OrderState.QUOTATION
    assert len(view.items) == 1
    workplace.settle()


def test_items_of_a_half_written_order_come_back(workplace: Workplace) -> None:
    account_id = workplace.company.id("marina")
    page = workplace.page(PageKind.ORDER_NEW, account_id)
    _add_item(workplace, page)
    page.keep()
    workplace.settle()
    again = workplace.page(PageKind.ORDER_NEW, account_id)
    assert len(again.items.table.rows.rows()) == 1


def test_an_item_that_cannot_be_read_says_so_at_its_field(workplace: Workplace) -> None:
    page = workplace.page(PageKind.ORDER_NEW, workplace.company.id("marina"))
    line = page.items.line
    line.form.field("quantity").editor.setText("many")
    line.add()
    assert line.form.field("quantity").message() == "Not a number"
    assert line.form.field("name").message()


def test_an_order_without_items_is_not_dispatched(workplace: Workplace) -> None:
    page = workplace.page(PageKind.ORDER, workplace.company.id("order"))
    button = part(page, "order.next")
    assert button.text() == "Dispatch"
    assert not button.isEnabled()
    assert button.toolTip() == "Add an item first"
    _add_item(workplace, page)
    workplace.until(button.isEnabled)
    page.acts()["form.resolve"]()
    workplace.until(lambda: button.text() == "Confirm work")
    assert button.toolTip() == "Your role may not do this"
    workplace.settle()


def test_a_refused_move_is_told_in_words(workplace: Workplace) -> None:
    page = workplace.page(PageKind.ORDER, workplace.company.id("order"))
    page.move_to(OrderState.BILLED)
    workplace.until(lambda: "Not possible in this state" in texts(page))
