from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta
from hashlib import sha256
from itertools import islice
from uuid import UUID

import pytest
from stdnum.br import cnpj, cpf

from agent_desktop.demo import catalogue, company, company_setting, row_format
from agent_desktop.demo.chance import GENERATOR_VERSION
from agent_desktop.demo.conversations import protocol
from agent_desktop.demo.customer_traits import CAST_SIZE
from agent_desktop.demo.places import OUTAGE_CUSTOMERS, OUTAGE_FEEDER
from agent_desktop.models.account.record import (
    AccountKind,
    ErpState,
    FactKind,
    PhoneKind,
    Relation,
    Segment,
    Stage,
)
from agent_desktop.models.agent.record import BusinessRole
from agent_desktop.models.installed_base.record import Area, Supply, Voltage
from agent_desktop.models.interaction.record import Channel, InteractionDirection, InteractionStatus
from agent_desktop.models.kind import Word
from agent_desktop.models.rules import tax_id
from agent_desktop.models.service_order.record import Charge, OrderState
from agent_desktop.models.site.record import ItemKind, ListName
from agent_desktop.models.store import numbers as number
from agent_desktop.models.store import tables
from agent_desktop.models.ticket.record import NoteKind, Priority, TicketKind, TicketStatus
from tests.demo.demo_company import ACCOUNTS, NOW, SETTING, TODAY, of_account, records

REFERENCES = {
    "account_id": "account", "contact_id": "contact", "unit_id": "unit", "meter_id": "meter",
    "outage_id": "outage", "interaction_id": "interaction", "team_id": "team",
    "assignee_id": "agent", "agent_id": "agent", "ticket_id": "ticket",
    "order_id": "service_order",
}  # fmt: skip
ENUMS: dict[str, dict[str, type[Word]]] = {
    "account": {"kind": AccountKind, "segment": Segment, "stage": Stage,
                "erp_state": ErpState},
    "phone": {"kind": PhoneKind},
    "contact": {"relation": Relation},
    "fact": {"kind": FactKind},
    "unit": {"area": Area, "voltage": Voltage, "supply": Supply},
    "ticket": {"kind": TicketKind, "priority": Priority,
               "status": TicketStatus},
    "ticket_note": {"kind": NoteKind},
    "service_order": {"state": OrderState},
    "order_item": {"kind": ItemKind, "charge": Charge},
    "order_event": {"state": OrderState},
    "interaction": {"channel": Channel, "direction": InteractionDirection,
                    "status": InteractionStatus},
    "agent": {"business_role": BusinessRole},
    "product": {"kind": ItemKind},
    "code_entry": {"list": ListName},
}  # fmt: skip


def share(table: str, column: str, value: object) -> float:
    values = [each[column] for each in records(table)]
    return values.count(value) / len(values)


def test_every_mirrored_table_has_rows_and_exactly_its_columns() -> None:
    made = {name: columns for name, columns, _ in company.tables(50, TODAY)}
    assert made.keys() == tables.MIRRORED.keys()
    for table, columns in made.items():
        assert records(table), table
        hidden = company.HIDDEN_COLUMNS if table == "account" else ()
        assert (*columns[: len(columns) - len(hidden)], "revision") == tables.VIEW_COLUMNS[table]


def test_parents_come_before_children_and_nothing_points_into_the_void() -> None:
    seen: dict[str, set[object]] = {}
    for table in company.TABLES:
        seen[table] = {each["id"] for each in records(table)}
        assert len(seen[table]) == len(records(table)), f"ids of {table} are not unique"
        for column, parent in REFERENCES.items():
            for each in records(table):
                if each.get(column) is not None:
                    assert each[column] in seen[parent], (table, column)


def test_the_same_company_is_made_twice() -> None:
    def all_rows() -> list[object]:
        return [(table, list(rows)) for table, _, rows in company.tables(120, TODAY, now=NOW)]

    assert all_rows() == all_rows()


def test_another_now_or_size_moves_clocks_only() -> None:
    later = company_setting.setting(120, TODAY, now=NOW + timedelta(hours=5))
    for table in ("phone", "contact", "fact", "unit", "meter", "contract", "invoice"):
        some = list(company.rows(later, table))
        assert some == list(company.rows(SETTING, table, range(120))), table


@pytest.mark.parametrize("table", company.TABLES[5:])
def test_any_account_can_be_made_alone(table: str) -> None:
    names = company.columns(table)
    for index in (0, 1, CAST_SIZE, 21, 999):
        alone = [
            dict(zip(names, row, strict=True)) for row in company.rows(SETTING, table, [index])
        ]
        account_id = records("account")[index]["id"]
        if table == "account":
            assert alone == [records("account")[index]]
        else:
            assert alone == of_account(table, account_id)


def test_ids_are_uuids_of_version_7_that_rise_with_the_account() -> None:
    for table in company.TABLES:
        for each in records(table)[:200]:
            assert isinstance(each["id"], UUID)
            assert each["id"].version == 7
            assert each["id"].variant == "specified in RFC 4122"
    ids = [each["id"] for each in records("account")]
    assert ids == sorted(ids)


def test_quick_uuids_are_like_any_other() -> None:
    number_of_id = records("account")[7]["id"].int
    quick = row_format.PYTHON.id(number_of_id)
    assert quick == UUID(int=number_of_id)
    assert (hash(quick), str(quick)) == (hash(UUID(int=number_of_id)), str(UUID(int=number_of_id)))
    assert quick.is_safe is UUID(int=number_of_id).is_safe  # type: ignore[attr-defined]


def test_tax_ids_are_valid_different_and_some_have_letters() -> None:
    seen = set()
    for each in records("account"):
        whole = each["tax_id"]
        check = cpf if each["tax_id_kind"] == "cpf" else cnpj
        assert check.is_valid(whole), whole
        assert each["tax_id_masked"] == tax_id.masked(tax_id.parse(whole))
        seen.add(whole)
    assert len(seen) == ACCOUNTS
    lettered = [x for x in seen if not x.isdigit()]
    assert 10 < len(lettered) < 100


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("account", "number"), ("unit", "number"), ("meter", "serial"), ("contract", "number"),
        ("invoice", "number"), ("ticket", "number"), ("service_order", "number"),
        ("interaction", "protocol"), ("product", "code"), ("team", "code"), ("agent", "user_name"),
    ],
)  # fmt: skip
def test_numbers_are_given_once(table: str, column: str) -> None:
    given = [each[column] for each in records(table)]
    assert len(given) == len(set(given))


def test_numbers_look_as_the_contract_says_and_desks_begin_behind_them() -> None:
    free = company.first_free_numbers(ACCOUNTS)
    for table, pattern, kind in (
        ("account", r"(\d{9})", "account"),
        ("ticket", r"TK-(\d+)", "ticket"),
        ("service_order", r"SO-(\d+)", "order"),
    ):
        for each in records(table):
            found = re.fullmatch(pattern, each["number"])
            assert found, each["number"]
            assert int(found[1]) < free[kind]


def test_protocol_numbers_carry_their_day_and_the_right_check_digit() -> None:
    for each in records("interaction"):
        assert number.is_protocol(each["protocol"])
        local = each["started_at"] - timedelta(hours=3)
        assert each["protocol"].startswith((f"{local:%Y%m%d}", f"{each['ended_at']:%Y%m%d}"))
    assert protocol(TODAY.toordinal(), 42) == number.written("protocol", 42, TODAY)


@pytest.mark.parametrize("table", ENUMS)
def test_code_words_are_known(table: str) -> None:
    for column, words in ENUMS[table].items():
        values = {each[column] for each in records(table)}
        assert values <= {word.value for word in words} - {""}, (table, column)


def test_codes_of_records_are_in_the_lists_and_every_entry_has_its_parent() -> None:
    by_list: dict[str, set[str]] = {}
    for each in records("code_entry"):
        by_list.setdefault(each["list"], {""}).add(each["code"])
        assert all((each["name_en"], each["name_pt"], each["name_ru"]))
    assert all(each["parent_code"] in by_list[each["list"]] for each in records("code_entry"))
    assert {each["category"] for each in records("ticket")} <= by_list["category"]
    assert {each["reason"] for each in records("interaction")} <= by_list["reason"]
    assert {each["product_code"] for each in records("order_item")} <= catalogue.PRODUCTS.keys()


def test_proportions() -> None:
    assert len(records("phone")) / ACCOUNTS == pytest.approx(3, abs=0.15)
    assert share("account", "kind", "company") == pytest.approx(0.125, abs=0.03)
    assert share("account", "active", False) == pytest.approx(0.035, abs=0.02)
    assert 3 <= sum(each["life_support"] for each in records("account")) < 30
    cyrillic = [x for x in records("account") if re.search("[а-я]", x["name"])]
    assert 20 < len(cyrillic) < 120
    assert 0.01 < sum(x["e164"] is None for x in records("phone")) / len(records("phone")) < 0.05
    former = [x for x in records("phone") if x["valid_until"]]
    assert 100 < len(former) < 500
    overdue = [x for x in records("invoice") if not x["paid_on"] and x["due_on"] < TODAY]
    assert 50 < len(overdue) < 300


def test_some_numbers_are_shared_by_three_accounts_or_went_to_another() -> None:
    owners: dict[int, set[object]] = {}
    for each in records("phone"):
        if each["e164"]:
            owners.setdefault(each["e164"], set()).add(each["account_id"])
    sizes = Counter(map(len, owners.values()))
    assert sizes[3] > 10
    assert sizes[2] > 20
    assert max(sizes) == 3


def test_the_known_outage_touches_exactly_its_customers() -> None:
    struck = [unit for unit in records("unit") if unit["feeder"] == OUTAGE_FEEDER]
    assert len(struck) == OUTAGE_CUSTOMERS
    outage = records("outage")[0]
    assert (outage["feeder"], outage["ended_at"]) == (OUTAGE_FEEDER, None)
    assert outage["started_at"] < NOW < outage["forecast_at"]
    assert all(unit["city"] == "Osasco" for unit in struck)
    assert sum(ticket["outage_id"] == outage["id"] for ticket in records("ticket")) > 20


def test_open_tickets_have_running_clocks_and_some_are_escalated() -> None:
    is_open = [x for x in records("ticket") if x["status"] not in ("resolved", "closed")]
    assert len(is_open) > 80
    assert all(x["created_at"] <= NOW and x["resolved_at"] is None for x in is_open)
    assert any(x["due_at"] < NOW for x in is_open)
    assert sum(x["due_at"] > NOW for x in is_open) > len(is_open) * 0.8
    escalated = [x for x in is_open if x["level"] == 2]
    assert len(escalated) > 10
    notes = {x["ticket_id"] for x in records("ticket_note") if x["kind"] == "escalated"}
    assert {x["id"] for x in escalated} <= notes
    assert {x["status"] for x in is_open} == {"open", "in_work", "waiting"}
    assert all((x["paused_at"] is not None) == (x["status"] == "waiting") for x in is_open)


def test_there_are_orders_in_every_state_with_items_and_the_moves_that_led_there() -> None:
    assert {x["state"] for x in records("service_order")} == {
        "quotation", "order", "dispatched", "confirmed", "billed", "cancelled",
    }  # fmt: skip
    for order in records("service_order"):
        events = [x for x in records("order_event") if x["order_id"] == order["id"]]
        assert events[-1]["state"] == order["state"]
        assert any(x["order_id"] == order["id"] for x in records("order_item"))


def test_everything_of_the_past_is_in_the_past() -> None:
    for table in company.TABLES:
        for each in records(table):
            for column in ("created_at", "started_at", "written_at", "happened_at", "updated_at"):
                assert each.get(column) is None or each[column] <= NOW, (table, column, each)


def test_mail_goes_nowhere() -> None:
    for table in ("account", "contact"):
        for each in records(table):
            assert not each["email"] or each["email"].endswith(".example")
            assert each["email"].isascii()


def test_a_mirror_spells_the_same_rows_its_own_way() -> None:
    spelled = company_setting.setting(40, TODAY, now=NOW, spelled=row_format.MIRROR)
    plain = company_setting.setting(40, TODAY, now=NOW)
    for table in company.TABLES:
        width = len(tables.VIEW_COLUMNS[table]) - 1
        for ours, theirs in zip(
            company.rows(plain, table), company.rows(spelled, table), strict=True
        ):
            assert tables.stored_row(table, (*ours[:width], 1)) == (*theirs[:width], 1)


def test_rows_are_streamed() -> None:
    """A company of a million is not made to look at its first accounts."""
    made = {table: rows for table, _, rows in company.tables(1_000_000, TODAY)}
    assert len(list(islice(made["phone"], 500))) == 500


def test_other_rows_mean_another_generator_version() -> None:
    """Mirrors are cached by the version: raise it, then write down the new digest."""
    rows = (
        repr(row)
        for table in company.TABLES
        for row in company.rows(company_setting.setting(400, TODAY, now=NOW), table)
    )
    found = sha256("\n".join(rows).encode()).hexdigest()[:16]
    assert (GENERATOR_VERSION, found) == (4, "6d79e47af5dc26fe")
