"""The records of the named callers: what the agent of the demo finds when one of them calls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from agent_desktop.demo import callers, tax_numbers
from agent_desktop.demo.callers import NamedCustomer
from agent_desktop.demo.company_setting import CompanySetting
from agent_desktop.demo.handwritten_rows import HandwrittenRows
from agent_desktop.demo.places import (
    BARUERI,
    CAMPINAS,
    OSASCO,
    OUTAGE_FEEDER,
    SOROCABA,
    City,
)
from agent_desktop.demo.records_marina import write_marina
from agent_desktop.demo.records_other_customers import write_supporting_cast
from agent_desktop.demo.row_format import Row


@dataclass(frozen=True, slots=True)
class Home:
    """Where a role lives and since when it is a customer."""

    street: str
    house: str
    district: str
    city: City
    feeder: str
    since: int
    segment: str = "residential"
    language: str = "pt"
    complement: str = ""
    email: str = ""
    life_support: bool = False
    active: bool = True
    overdue_days: int = 0
    sla_hours: int = 8
    unit_number: str = ""
    installed: int = 2021
    note: str = ""


_HOMES = {
    callers.MARINA: Home(
        "R. das Acácias", "218", "Vila Nova", OSASCO, OUTAGE_FEEDER, 2014,
        email="marina.a@correio.example", life_support=True, overdue_days=6,
        unit_number="3000482913", installed=2019,
        note="Mother at home uses an oxygen concentrator."),
    callers.PADARIA: Home(
        "Av. da Estação", "1440", "Centro", OSASCO, "OSA-04", 2011, "commercial",
        email="contato@padariaestrela.example", unit_number="3000118004"),
    callers.OLGA: Home(
        "R. dos Jequitibás", "77", "Jardim Europa", SOROCABA, "SOR-09", 2018, language="ru",
        complement="apto 34 bl. B", email="olga.petrova@posta.example",
        unit_number="3000663508", note="Предпочитает говорить по-русски."),
    callers.MARINA_TRAVASSOS: Home(
        "R. do Sabiá", "502", "Jardim Planalto", BARUERI, "BAR-11", 2019,
        email="m.travassos@caixa.example", unit_number="3000771240"),
    callers.ANA_NOGUEIRA: Home(
        "R. Boa Vista", "39", "Bela Vista", OSASCO, "OSA-07", 1998,
        unit_number="3000559317"),
    callers.PEDRO_NOGUEIRA: Home(
        "R. Boa Vista", "39", "Bela Vista", OSASCO, "OSA-07", 2012, complement="fundos",
        email="pedro.nogueira@correio.example", unit_number="3000559325", overdue_days=19),
    callers.NOGUEIRA_CONTABILIDADE: Home(
        "R. Boa Vista", "41", "Bela Vista", OSASCO, "OSA-07", 2016, "commercial",
        complement="sala 5", email="escritorio@nogueira.example", unit_number="3000204419"),
    callers.SEBASTIAO: Home(
        "Estr. do Capim Fino", "s/n", "Zona rural", SOROCABA, "SOR-21", 1996, "rural",
        active=False, unit_number="3000107762", installed=2008,
        note="Contract ended, farm sold."),
    callers.CARLOS: Home(
        "R. das Laranjeiras", "615", "Cidade Nova", CAMPINAS, "CAM-02", 2015,
        email="carlos.menezes@mensagem.example", unit_number="3000845021"),
    callers.ANTONIA: Home(
        "R. das Acácias", "302", "Vila Nova", OSASCO, OUTAGE_FEEDER, 1989, life_support=True,
        unit_number="3000390648", note="Uses a respirator, battery lasts two hours."),
}  # fmt: skip


@lru_cache(maxsize=2)
def rows(setting: CompanySetting) -> dict[str, dict[int, list[Row]]]:
    """All records of named callers by table and account index."""
    book = HandwrittenRows(setting)
    for role, home in _HOMES.items():
        _write_account(book, role, home)
        _write_supply(book, role, home)
        _write_bills(book, role, home)
    _write_facts(book)
    write_marina(book)
    write_supporting_cast(book)
    return book.rows


def _write_account(book: HandwrittenRows, role: NamedCustomer, home: Home) -> None:
    company = len(role.tax_id) == 14
    book.add(
        "account", role.index, number=role.number, kind="company" if company else "person",
        name=role.name, tax_id_kind="cnpj" if company else "cpf",
        tax_id_masked=tax_numbers.masked(role.tax_id),
        tax_id_digest=book.setting.digest("tax_id", role.tax_id), segment=home.segment,
        stage="client", language=home.language, email=home.email, street=home.street,
        house=home.house, complement=home.complement, district=home.district,
        city=home.city.name, state_code="SP", postcode=role.postcode, note=home.note,
        active=home.active, life_support=home.life_support,
        erp_state="active" if home.active else "inactive", erp_checked_at=book.ago(minutes=134),
        customer_since=date(home.since, 3, 1).toordinal(), updated_at=book.ago(days=40),
        tax_id=role.tax_id, birth_on=_birthday(book, role),
    )  # fmt: skip


def _birthday(book: HandwrittenRows, role: NamedCustomer) -> object:
    if not role.birth_on:
        return None
    return book.setting.spelling.day(date.fromisoformat(role.birth_on).toordinal())


_TARIFFS = {"residential": "B1 residential", "commercial": "B3 commercial", "rural": "B2 rural"}
_MODELS = {"ELS": ("ELS-1F, 60 A", 1), "KTR": ("KTR bi, 80 A", 2), "NVM": ("NVM smart, 100 A", 3)}


def _write_supply(book: HandwrittenRows, role: NamedCustomer, home: Home) -> None:
    unit = book.add(
        "unit", role.index, number=home.unit_number, street=home.street, house=home.house,
        complement=home.complement, district=home.district, city=home.city.name,
        state_code="SP", postcode=role.postcode,
        area="rural" if home.segment == "rural" else "urban", voltage="low",
        life_support=home.life_support, feeder=home.feeder,
        supply="on" if home.active else "cut",
    )  # fmt: skip
    model, phases = _MODELS[role.meter_serial[:3]]
    book.add(
        "meter", role.index, unit_id=unit, serial=role.meter_serial, model=model, phases=phases,
        installed_on=date(home.installed, 5, 14).toordinal(),
        warranty_until=date(home.installed + 5, 5, 14).toordinal(),
    )  # fmt: skip
    marina = role is callers.MARINA
    ends = date(2027, 12, 31) if home.active else date(2023, 2, 28)
    book.add(
        "contract", role.index, unit_id=unit,
        number="55-901" if marina else f"55-{600 + role.index}", tariff=_TARIFFS[home.segment],
        state="active" if home.active else "ended",
        starts_on=date(2022, 1, 1).toordinal(), ends_on=ends.toordinal(),
        sla_hours=home.sla_hours,
    )  # fmt: skip


def _write_bills(book: HandwrittenRows, role: NamedCustomer, home: Home) -> None:
    """Three bills, the latest one overdue, to be paid, or the last of an ended contract."""
    today = book.setting.today
    latest = today - home.overdue_days if home.overdue_days else today + 8
    if not home.active:
        latest = date(2023, 3, 10).toordinal()
    for n, more in enumerate((0, 1_130, -845)):
        due = latest - 30 * n
        book.add(
            "invoice", role.index, number=f"{due // 30}{role.index:07d}",
            amount_cents=role.last_bill_cents + more, due_on=due,
            paid_on=due - 2 if n or not home.active else None,
        )  # fmt: skip


def _write_facts(book: HandwrittenRows) -> None:
    """Everything each role can be asked for."""
    for role in callers.ROLES:
        known = {
            "birth_on": role.birth_on,
            "tax_id": role.tax_id,
            "last_bill": str(role.last_bill_cents),
            "meter_serial": role.meter_serial.replace("-", ""),
            "postcode": role.postcode.replace("-", ""),
        }
        for kind, answer in known.items():
            if answer:
                digest = book.setting.digest(kind, answer)
                book.add("fact", role.index, kind=kind, digest=digest)
