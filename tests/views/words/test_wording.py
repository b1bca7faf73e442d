"""Words, figures and dates; and that no code a rule or the centre can give is without words."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale

from agent_desktop.desk.session import Toast
from agent_desktop.models.account.caller import MatchReason, Rank
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
from agent_desktop.models.agent.state import AgentState
from agent_desktop.models.installed_base.record import Area, Supply, Voltage
from agent_desktop.models.interaction.record import Channel, InteractionDirection
from agent_desktop.models.service_order.record import Charge, OrderState
from agent_desktop.models.site.record import ItemKind
from agent_desktop.models.store.centre_search import CentreMatch
from agent_desktop.models.ticket.record import NoteKind, Priority, TicketKind, TicketStatus
from agent_desktop.views.shell.centre_search import Asked
from agent_desktop.views.words import wording
from agent_desktop.views.words.code_words import TERMS
from agent_desktop.views.words.sentences import FAILURES, TOASTS

PACKAGE = Path(wording.__file__).parents[2]
ENUMS: dict[str, type[Enum]] = {
    "account_kind": AccountKind,
    "segment": Segment,
    "stage": Stage,
    "erp_state": ErpState,
    "phone_kind": PhoneKind,
    "relation": Relation,
    "fact": FactKind,
    "fact_example": FactKind,
    "area": Area,
    "voltage": Voltage,
    "supply": Supply,
    "ticket_kind": TicketKind,
    "priority": Priority,
    "ticket_status": TicketStatus,
    "note_kind": NoteKind,
    "order_state": OrderState,
    "item_kind": ItemKind,
    "charge": Charge,
    "channel": Channel,
    "direction": InteractionDirection,
    "role": BusinessRole,
    "agent_state": AgentState,
    "rank": Rank,
    "asked": Asked,
    "centre_match": CentreMatch,
}


@pytest.fixture(autouse=True)
def _locale():
    before = QLocale()
    yield
    QLocale.setDefault(before)


def speak(language: str) -> None:
    QLocale.setDefault(QLocale(language))


@pytest.mark.parametrize("kind", ENUMS)
def test_every_code_word_has_words(kind: str):
    for member in ENUMS[kind]:
        if member.value:
            assert member.value in TERMS[kind], f"{kind}: {member.value}"


def test_codes_of_sources_have_words():
    given = {
        r"Refused\(\s*\{\"\w*\": \"(\w+)\"": FAILURES,
        r"wrong\[[^\]]+\] = \"(\w+)\"": FAILURES,
        r"SignInFailed\(\"(\w+)\"": FAILURES,
        r"MatchReason\(\s*\"(\w+)\"": TERMS["match"],
        r"desk\.say\(\s*\"(\w+)\"": {**FAILURES, **TOASTS},
    }
    # Command line only; the last one is between desk and hub.
    told = {"not_possible", "taken", "not_empty", "superuser_needed", "token_ended"}
    for path in PACKAGE.rglob("*.py"):
        source = path.read_text("utf-8")
        for pattern, table in given.items():
            missing = set(re.findall(pattern, source)) - set(table) - told
            assert not missing, f"{path.name}: {missing}"


def test_an_unknown_code_is_shown_as_written():
    assert wording.refusal("brand_new_rule") == "brand new rule"
    assert wording.ticket_status("") == ""


def test_amounts_are_written_by_language():
    speak("pt_BR")
    assert wording.money(128000) == "R$ 1.280,00"
    assert wording.quantity(1500) == "1,5"
    speak("en_US")
    assert wording.money(128000) == "R$ 1,280.00"
    assert wording.quantity(2000) == "2"


def test_times_that_pass_and_times_that_are_left():
    assert [wording.duration(s) for s in (0, 252, 3852)] == ["00:00", "04:12", "1:04:12"]
    assert [wording.countdown(s) for s in (2460, -420, 352_800)] == ["00:41", "−00:07", "4 d 02 h"]


def test_days_are_told_as_people_tell_them():
    speak("en_US")
    now = datetime(2026, 11, 21, 15, tzinfo=UTC).astimezone()
    assert wording.day(now - timedelta(hours=1), now=now) == wording.time(now - timedelta(hours=1))
    assert wording.day(now - timedelta(days=1), now=now) == "yesterday"
    assert wording.day(date(2026, 11, 12), now=now) == "12 Nov"
    assert wording.day(date(2022, 11, 12), now=now) == "12.11.2022"


def test_numbers_are_read_out_in_groups():
    assert wording.phone("+5511987654321") == "+55 11 98765-4321"
    assert wording.phone("+551132229000") == "+55 11 3222-9000"
    assert wording.phone("4102") == "4102"
    assert wording.protocol("2026112100000174") == "2026 1121 0000 0174"
    assert wording.account_number("100482913") == "100 482 913"


def test_documents_are_masked():
    assert wording.masked_tax_id("12345678909") == "•••.456.789-••"
    assert wording.masked_tax_id("12ABC34501DE35") == "12.•••.•••/01DE-••"


def test_reasons_are_whole_sentences():
    reason = MatchReason("contact", {"name": "João", "relation": Relation.FAMILY})
    assert wording.match_reason(reason) == "Number of João, Family"
    assert wording.toast(Toast("ticket_created", {"number": "TK-1"})) == "Ticket TK-1 created"
    assert wording.toast(Toast("call_missed", {"number": "+5511987654321"})).endswith("4321")
    assert "{" not in wording.toast(Toast("ticket_created", {}))


REFUSALS = re.compile(r"refused?\('([a-z_]+)'")


def test_every_refusal_of_the_centre_has_words() -> None:
    folder = PACKAGE / "central"
    said = {code for path in folder.rglob("*.sql") for code in REFUSALS.findall(path.read_text())}
    assert len(said) > 15
    assert not said - set(FAILURES)


def test_a_notice_without_words_of_its_own_uses_those_of_the_line() -> None:
    told = wording.toast(Toast("notice_port_in_use"))
    assert told == wording.refusal("port_in_use")
