"""A small company, always the same: enough customers for every rule, put into real stores."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID

import pytest

from agent_desktop.models.account.record import FactKind
from agent_desktop.models.rules import security_question
from agent_desktop.models.rules.business_time import local_day
from agent_desktop.models.site.site import SignedInAgent
from agent_desktop.models.store.stores import Stores
from tests import given

ANA = given.AGENT
PAULO = SignedInAgent(UUID(int=2), "paulo", "Paulo Reis", "second_level", UUID(int=902))
SECOND_LEVEL_RIGHTS = frozenset({"ticket.resolve_escalated", "order.confirm"})
#: The digits of Marina's CPF.
MARINA_CPF = "39053344705"


TODAY = local_day(datetime.now(UTC), "America/Sao_Paulo")


def ago(**time: float) -> datetime:
    return datetime.now(UTC) - timedelta(**time)


@dataclass(frozen=True)
class Company:
    """The ids of the small company, by the names the tests call them."""

    stores: Stores
    ids: SimpleNamespace

    def id(self, name: str) -> UUID:
        found = getattr(self.ids, name)
        assert isinstance(found, UUID)
        return found


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    """Empty stores of the agent Ana, who has no special rights."""
    opened = given.some_stores(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def company(stores: Stores) -> Company:
    """Stores that hold the small company."""
    ids = SimpleNamespace()
    _people(stores, ids)
    _phones(stores, ids)
    _places(stores, ids)
    _facts(stores, ids)
    _work(stores, ids)
    return Company(stores, ids)


def as_second_level(company: Company) -> None:
    """From now on Paulo of the second level sits here."""
    site = company.stores.site
    company.stores.site = replace(site, agent=PAULO, rights=SECOND_LEVEL_RIGHTS)


def digest(kind: FactKind, answer: str) -> bytes:
    return security_question.digest(given.FACT_KEY, kind, answer)


def _people(stores: Stores, ids: SimpleNamespace) -> None:
    def person(number: str, name: str, **more: object) -> UUID:
        base = {"kind": "person", "segment": "residential", "stage": "client", "active": True}
        return given.row(stores, "account", **{**base, "number": number, "name": name, **more})

    ids.marina = person(
        "100482913", "Marina Albuquerque", city="Osasco", life_support=True,
        tax_id_kind="cpf", tax_id_masked="•••.533.447-••",
        tax_id_digest=digest(FactKind.TAX_ID, MARINA_CPF), email="marina.a@correio.ex",
        street="R. das Acácias", house="218", state_code="SP", postcode="06010000",
    )  # fmt: skip
    ids.joao = person("100482914", "João Conceição", city="Osasco")
    ids.pedro = person("100482915", "Pedro Albuquerque", city="Barueri")
    ids.sergei = person("100482916", "Сергей Петров", city="São Paulo", language="ru")
    ids.closed = person("100482917", "Rosa Lima", city="Osasco", active=False)
    ids.padaria = person(
        "200118004", "Padaria Estrela Ltda", kind="company", city="Osasco",
        tax_id_kind="cnpj", tax_id_masked="12.•••.•••/01DE-••",
        tax_id_digest=digest(FactKind.TAX_ID, "12ABC34501DE35"),
    )  # fmt: skip
    ids.husband = given.row(
        stores, "contact", account_id=ids.marina, name="João Albuquerque",
        relation="authorised", authorised=True,
    )  # fmt: skip
    ids.first_level = given.row(stores, "team", id=UUID(int=901), name="Utilities", level=1)
    ids.field_team = given.row(stores, "team", id=UUID(int=902), name="Field operations", level=2)
    for agent in (ANA, PAULO):
        given.row(stores, "agent", id=agent.id, user_name=agent.user_name, name=agent.name,
                  active=True)  # fmt: skip


def _phones(stores: Stores, ids: SimpleNamespace) -> None:
    def phone(account: UUID, e164: int, **more: object) -> UUID:
        base = {"account_id": account, "e164": e164, "written": str(e164), "kind": "mobile"}
        return given.row(stores, "phone", **{**base, **more})

    ids.marina_phone = phone(ids.marina, 5511987654321, preferred=True)
    phone(ids.joao, 551187651111)  # as it was before the ninth digit
    phone(ids.padaria, 551132229000, kind="work", extension="12")
    for name in ("joao", "pedro", "sergei"):
        phone(getattr(ids, name), 551133334444, kind="home")
    phone(ids.padaria, 5511955550000, valid_until=date(2022, 12, 31))
    phone(ids.closed, 5511944440000)
    phone(ids.pedro, 5511933330000)
    phone(ids.marina, 5511922220000, contact_id=ids.husband)


def _places(stores: Stores, ids: SimpleNamespace) -> None:
    ids.acacias = given.row(
        stores, "unit", account_id=ids.marina, number="7712345", street="R. das Acácias",
        house="218", city="Osasco", postcode="06010000", area="urban", voltage="low",
        life_support=True, feeder="OSA-12", supply="on",
    )  # fmt: skip
    ids.shop = given.row(
        stores, "unit", account_id=ids.padaria, number="8812345", street="Av. dos Autonomistas",
        house="1000", city="Osasco", area="rural", voltage="medium", feeder="OSA-14", supply="cut",
    )  # fmt: skip
    ids.meter = given.row(
        stores, "meter", account_id=ids.marina, unit_id=ids.acacias, serial="ELS77120443",
        model="ELS-3F", phases=3, warranty_until=date(2099, 1, 1),
    )  # fmt: skip
    ids.old_meter = given.row(
        stores, "meter", account_id=ids.padaria, unit_id=ids.shop, serial="ELS00000001",
        warranty_until=date(2020, 1, 1),
    )  # fmt: skip
    given.row(stores, "contract", account_id=ids.marina, unit_id=ids.acacias, number="55-901",
              starts_on=date(2014, 1, 1), ends_on=date(2099, 1, 1))  # fmt: skip
    ids.outage = given.row(
        stores, "outage", code="OSA-12", feeder="OSA-12", city="Osasco", started_at=ago(hours=3),
        forecast_at=ago(hours=-2), customers=214,
    )  # fmt: skip
    given.row(stores, "invoice", account_id=ids.marina, number="F-1", amount_cents=21437,
              due_on=TODAY - timedelta(days=6))  # fmt: skip


def _facts(stores: Stores, ids: SimpleNamespace) -> None:
    answers = (
        (FactKind.BIRTH_ON, "1986-03-12"),
        (FactKind.TAX_ID, MARINA_CPF),
        (FactKind.POSTCODE, "06010000"),
        (FactKind.LAST_BILL, "21437"),
        (FactKind.METER_SERIAL, "ELS77120443"),
    )
    for kind, answer in answers:
        given.row(stores, "fact", account_id=ids.marina, kind=kind.value,
                  digest=digest(kind, answer))  # fmt: skip
    given.row(stores, "fact", account_id=ids.pedro, kind="birth_on",
              digest=digest(FactKind.BIRTH_ON, "1990-01-01"))  # fmt: skip


def _work(stores: Stores, ids: SimpleNamespace) -> None:
    ids.ticket = given.row(
        stores, "ticket", number="TK-20418", account_id=ids.marina, unit_id=ids.acacias,
        kind="request", subject="No supply since 06:40", category="outage.feeder",
        priority="very_high", status="open", level=1, assignee_id=ANA.id, assignee_name=ANA.name,
        created_at=ago(hours=4), due_at=ago(hours=-1),
    )  # fmt: skip
    ids.waiting = given.row(
        stores, "ticket", number="TK-20290", account_id=ids.marina, subject="Move data",
        kind="request", category="registration.data", priority="normal", status="waiting",
        level=1, assignee_id=ANA.id, created_at=ago(days=2), due_at=ago(days=-3),
        paused_at=ago(hours=5),
    )  # fmt: skip
    ids.closed_ticket = given.row(
        stores, "ticket", number="TK-10001", account_id=ids.padaria, subject="Old", kind="demand",
        priority="low", status="closed", level=1, created_at=ago(days=90), resolved_at=ago(days=80),
    )  # fmt: skip
    ids.escalated = given.row(
        stores, "ticket", number="TK-20500", account_id=ids.padaria, subject="Voltage low",
        kind="complaint", complaint_type="voltage", category="complaint.voltage", status="open",
        priority="high", level=2, team_id=ids.field_team, created_at=ago(hours=30),
        due_at=ago(hours=1),
    )  # fmt: skip
    ids.order = given.row(
        stores, "service_order", number="SO-7741", account_id=ids.marina, unit_id=ids.acacias,
        meter_id=ids.meter, ticket_id=ids.ticket, title="Replace meter", state="order",
        created_at=ago(days=3),
    )  # fmt: skip
    given.row(stores, "interaction", protocol="2026112100000070", account_id=ids.marina,
              agent_id=PAULO.id, agent_name=PAULO.name, channel="email", direction="inbound",
              status="finished", started_at=ago(days=1), number="+5511987654321")  # fmt: skip
