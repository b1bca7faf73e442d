"""Rows of what is supplied: units, meters, contracts and bills."""

from __future__ import annotations

from collections.abc import Iterator

from agent_desktop.demo import customer_traits
from agent_desktop.demo.chance import Deck, IdKind, dice, faces, id_number, scattered
from agent_desktop.demo.company_setting import CompanySetting
from agent_desktop.demo.places import address_of, feeder_of
from agent_desktop.demo.row_format import Row

_UNITS_PER_ACCOUNT = 8
_BELOW_UNIT = 99_999_989
_BELOW_SERIAL = 69_999_989
_METERS = faces([
    (120, ("ELS", "ELS-1F, 60 A", 1)), (50, ("ELS", "ELS-3F, 100 A", 3)),
    (40, ("KTR", "KTR mono, 50 A", 1)), (26, ("KTR", "KTR bi, 80 A", 2)),
    (20, ("NVM", "NVM smart, 100 A", 3)),
])  # fmt: skip
_VOLTAGES = faces([(190, "low"), (60, "medium"), (6, "high")])
_TARIFFS = {
    "residential": "B1 residential",
    "rural": "B2 rural",
    "commercial": "B3 commercial",
    "public": "B3 public",
    "industrial": "A4 green",
}
_SLA_HOURS = {"residential": 8, "rural": 24, "commercial": 8, "public": 6, "industrial": 4}
_YEAR = 365
#: Below which face the latest, the one before and the third latest bill are unpaid.
_OWING = (18, 4, 0)


def unit_number(index: int, n: int) -> str:
    """Ten digits; 3 100 000 000 and above, those of named customers are below."""
    return str(3_100_000_000 + scattered(index * _UNITS_PER_ACCOUNT + n, _BELOW_UNIT))


def meter_serial(index: int, n: int) -> str:
    """Maker and eight digits below 70 million; those of named customers are above."""
    brand = _METERS[dice(Deck.SUPPLY, index)[8 + n]][0]
    return f"{brand}-{scattered(index * _UNITS_PER_ACCOUNT + n, _BELOW_SERIAL):08d}"


def unit(s: CompanySetting, index: int) -> Iterator[Row]:
    """The places supplied; the first is the account's own address."""
    d = customer_traits.account_dice(index)
    u = dice(Deck.SUPPLY, index)
    account_id = s.spelling.id(id_number(IdKind.ACCOUNT, index))
    for n in range(customer_traits.unit_count(d)):
        where = address_of(index, d, n)
        voltage = _VOLTAGES[u[n]] if customer_traits.is_company(d) else "low"
        yield (
            s.spelling.id(id_number(IdKind.UNIT, index, n)), account_id, unit_number(index, n),
            where.street, where.house, where.complement, where.district,
            where.city.name, "SP", where.postcode, "rural" if where.rural else "urban", voltage,
            n == 0 and customer_traits.needs_life_support(d), feeder_of(index, d, n),
            "cut" if u[40] < 5 or not customer_traits.is_active(d) else "on",
        )  # fmt: skip


def meter(s: CompanySetting, index: int) -> Iterator[Row]:
    """One meter at each unit; the warranty runs five years."""
    d = customer_traits.account_dice(index)
    u = dice(Deck.SUPPLY, index)
    account_id = s.spelling.id(id_number(IdKind.ACCOUNT, index))
    for n in range(customer_traits.unit_count(d)):
        brand, model, phases = _METERS[u[8 + n]]
        serial = f"{brand}-{scattered(index * _UNITS_PER_ACCOUNT + n, _BELOW_SERIAL):08d}"
        installed = s.today - 20 - u[16 + n] * 20
        yield (
            s.spelling.id(id_number(IdKind.METER, index, n)), account_id,
            s.spelling.id(id_number(IdKind.UNIT, index, n)), serial, model, phases,
            s.spelling.day(installed), s.spelling.day(installed + 5 * _YEAR),
        )  # fmt: skip


def contract(s: CompanySetting, index: int) -> Iterator[Row]:
    """One supply contract for each unit; those of inactive accounts have ended."""
    d = customer_traits.account_dice(index)
    u = dice(Deck.SUPPLY, index)
    active, ordinary = customer_traits.is_active(d), customer_traits.segment(d, rural=False)
    account_id = s.spelling.id(id_number(IdKind.ACCOUNT, index))
    for n in range(customer_traits.unit_count(d)):
        segment = "rural" if address_of(index, d, n).rural and u[24] < 200 else ordinary
        starts = s.today - 100 - u[32 + n] * 18
        ends = s.today + 60 + u[32 + n] * 6 if active else s.today - 10 - u[24]
        yield (
            s.spelling.id(id_number(IdKind.CONTRACT, index, n)), account_id,
            s.spelling.id(id_number(IdKind.UNIT, index, n)), f"{60 + n}-{index:06d}",
            _TARIFFS[segment], "active" if active else "ended",
            s.spelling.day(starts), s.spelling.day(ends), _SLA_HOURS[segment],
        )  # fmt: skip


def invoice(s: CompanySetting, index: int) -> Iterator[Row]:
    """The last three bills; one customer in fourteen owes the latest, some owe two."""
    d = customer_traits.account_dice(index)
    if not customer_traits.is_supplied(d):
        return
    u = dice(Deck.SUPPLY, index)
    account_id = s.spelling.id(id_number(IdKind.ACCOUNT, index))
    latest = s.today + 12 - u[41] % 28
    for n in range(3):
        due = latest - 30 * n
        paid = due - u[42 + n] % 9
        owed = paid > s.today or u[45] < _OWING[n]
        yield (
            s.spelling.id(id_number(IdKind.INVOICE, index, n)), account_id,
            f"{due // 30}{index:07d}", customer_traits.last_bill_cents(d, n),
            s.spelling.day(due), None if owed else s.spelling.day(paid),
        )  # fmt: skip
