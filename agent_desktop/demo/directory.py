"""Rows of the directory: accounts, contacts, phones, and digests of the facts they know."""

from __future__ import annotations

from collections.abc import Iterator

from agent_desktop.demo import customer_traits, people, tax_numbers
from agent_desktop.demo.chance import Deck, IdKind, dice, faces, id_number
from agent_desktop.demo.company_setting import CompanySetting
from agent_desktop.demo.numbers_in_the_wild import (
    SHARED_SLOT,
    Subscriber,
    line,
    mobile,
    russian,
    written,
)
from agent_desktop.demo.places import address_of, city_of
from agent_desktop.demo.row_format import MINUTE, Row
from agent_desktop.demo.supplies import meter_serial

_RELATIONS = faces([
    (70, ("family", False)), (60, ("authorised", True)), (40, ("tenant", False)),
    (36, ("landlord", False)), (30, ("holder", True)), (20, ("family", True)),
])  # fmt: skip
_COMPANY_RELATIONS = faces([
    (110, ("manager", True)), (90, ("accountant", False)), (56, ("authorised", True)),
])  # fmt: skip
_NOTES = faces([
    (230, ""), (6, "Prefere contato por e-mail."), (5, "Portão azul, cão solto no quintal."),
    (5, "Pediu para não ligar antes das 9h."), (4, "Medidor nos fundos, falar com o zelador."),
    (6, "Recebe a fatura em braile."),
])  # fmt: skip

#: Of 256 numbers that are in use, so many may not be called.
_UNWANTED = 5
_WISHES = ("Only in writing", "Not at work", "Said so on the telephone")


def name_of(index: int, d: bytes) -> str:
    """The account's name."""
    if not customer_traits.is_company(d):
        return (people.russian_name if customer_traits.is_russian(d) else people.person_name)(d, 9)
    if customer_traits.segment(d, rural=False) == "public":
        return people.public_name(d, 9, city_of(index, d).name)
    return people.company_name(d, 9)


def tax_id_of(index: int, d: bytes) -> str:
    """The account's CPF or CNPJ, letters and digits only."""
    if customer_traits.is_company(d):
        return tax_numbers.company_tax_id(index, lettered=d[12] < 40)
    return tax_numbers.person_tax_id(index)


def account(s: CompanySetting, index: int) -> Iterator[Row]:
    """The account row, with whole tax id and birthday at its end."""
    d = customer_traits.account_dice(index)
    company, active = customer_traits.is_company(d), customer_traits.is_active(d)
    where, tax_id = address_of(index, d), tax_id_of(index, d)
    day, at = s.spelling.day, s.spelling.at
    born = None if company else day(people.birth_ordinal(d))
    mail = (
        f"cliente{index}@correio.example"
        if customer_traits.is_russian(d)
        else people.email(d, 9, index)
    )
    supplied = customer_traits.is_supplied(d)
    yield (
        s.spelling.id(id_number(IdKind.ACCOUNT, index)), customer_traits.account_number(index),
        "company" if company else "person", name_of(index, d),
        "cnpj" if company else "cpf", tax_numbers.masked(tax_id), s.digest("tax_id", tax_id),
        customer_traits.segment(d, where.rural), customer_traits.stage(d),
        "ru" if customer_traits.is_russian(d) else "en" if d[13] < 3 else "pt", mail,
        where.street, where.house, where.complement, where.district,
        where.city.name, "SP", where.postcode, _NOTES[d[14]],
        active, customer_traits.needs_life_support(d),
        "none" if not supplied else "active" if active and d[17] >= 8 else "inactive",
        at(s.now - (30 + d[17]) * MINUTE) if supplied else None,
        day(s.today - 60 - (d[18] << 8 | d[19]) % 9_000) if supplied else None,
        at(s.now - (1 + d[18]) * 1_440 * MINUTE), "", tax_id, born,
    )  # fmt: skip


def contact(s: CompanySetting, index: int) -> Iterator[Row]:
    """People who speak for the account."""
    d = customer_traits.account_dice(index)
    count = customer_traits.contact_count(d)
    if not count:
        return
    relations = _COMPANY_RELATIONS if customer_traits.is_company(d) else _RELATIONS
    c = dice(Deck.CONTACT, index)
    account_id = s.spelling.id(id_number(IdKind.ACCOUNT, index))
    for n in range(count):
        relation, authorised = relations[c[n]]
        name = people.person_name(c, 4 + 4 * n)
        mail = people.email(c, 4 + 4 * n, index)
        contact_id = s.spelling.id(id_number(IdKind.CONTACT, index, n))
        yield (contact_id, account_id, name, relation, authorised, mail)


_PERSON_KINDS = faces([
    (110, "mobile"), (60, "home"), (40, "work"), (40, "message"), (6, "fax"),
])  # fmt: skip
_COMPANY_KINDS = faces([(150, "work"), (70, "mobile"), (26, "fax"), (10, "message")])
# Accounts that share one number come in threes, at these places of each hundred.
_SHARING = (20, 21, 22)
# The last number of the account at this place of each forty went to the next account later.
_FORMER_OWNER = 7


def phone(s: CompanySetting, index: int) -> Iterator[Row]:
    """The account's numbers in many notations; the last ones may be its contacts'."""
    d = customer_traits.account_dice(index)
    p = dice(Deck.PHONE, index)
    contacts, count = customer_traits.contact_count(d), customer_traits.phone_count(d)
    make_id, day = s.spelling.id, s.spelling.day
    account_id = make_id(id_number(IdKind.ACCOUNT, index))
    for n in range(count):
        kind = _kind(d, n, p[n])
        subscriber = _subscriber(index, n, kind, d)
        passed_on = _is_passed_on(s, index, n, count)
        old = passed_on or (n > 0 and p[8 + n] < 14)
        if passed_on:
            subscriber = first_number(index + 1)
        text, e164, extension = written(subscriber, p[16 + n], p[24 + n])
        person = n - count + contacts if n else -1
        yield (
            make_id(id_number(IdKind.PHONE, index, n)), account_id,
            make_id(id_number(IdKind.CONTACT, index, person)) if person >= 0 else None,
            text, e164, extension, kind, n == 0,
            day(s.today - (6_000 if old else 90) - p[32 + n] * 20),
            day(s.today - 30 - p[8 + n] * 19) if old else None,
            *_wish(s, not old and p[40 + n] < _UNWANTED, p[32 + n]),
        )  # fmt: skip


def _wish(s: CompanySetting, is_unwanted: bool, face: int) -> tuple[bool, str, object]:
    """The customer's wish not to be called on a number: asked or not, why, since which day."""
    if not is_unwanted:
        return False, "", None
    return True, _WISHES[face % len(_WISHES)], s.spelling.day(s.today - 40 - face)


def first_number(index: int) -> Subscriber:
    """The preferred number of a generated account."""
    d = customer_traits.account_dice(index)
    return _subscriber(index, 0, _kind(d, 0, dice(Deck.PHONE, index)[0]), d)


def _is_passed_on(s: CompanySetting, index: int, n: int, count: int) -> bool:
    """True if this number belongs to the next account by now."""
    return index % 40 == _FORMER_OWNER and 0 < n == count - 1 and index + 1 < s.accounts


def _kind(d: bytes, n: int, face: int) -> str:
    if n == 0:
        return "work" if customer_traits.is_company(d) else "mobile" if face < 215 else "home"
    return (_COMPANY_KINDS if customer_traits.is_company(d) else _PERSON_KINDS)[face]


def _subscriber(index: int, n: int, kind: str, d: bytes) -> Subscriber:
    if n == 1 and index % 100 in _SHARING:
        return line(index - index % 100 + _SHARING[0], SHARED_SLOT, "11")
    if kind not in ("mobile", "message"):
        return line(index, n, city_of(index, d).area_code)
    if n and customer_traits.is_russian(d):
        return russian(index, n)
    return mobile(index, n, city_of(index, d).area_code)


def fact(s: CompanySetting, index: int) -> Iterator[Row]:
    """Digests of the answers this account can be verified with."""
    d = customer_traits.account_dice(index)
    account_id = s.spelling.id(id_number(IdKind.ACCOUNT, index))
    for n, (kind, answer) in enumerate(answers_of(index, d)):
        fact_id = s.spelling.id(id_number(IdKind.FACT, index, n))
        yield (fact_id, account_id, None, kind, s.digest(kind, answer))


def answers_of(index: int, d: bytes) -> tuple[tuple[str, str], ...]:
    """(kind, normalised answer) of the facts of a generated account."""
    tax_id = ("tax_id", tax_id_of(index, d))
    if not customer_traits.is_supplied(d):
        third = ("postcode", address_of(index, d).postcode.replace("-", ""))
    else:
        third = ("last_bill", str(customer_traits.last_bill_cents(d)))
    if not customer_traits.is_company(d):
        return ("birth_on", people.birth_iso(d)), tax_id, third
    if not customer_traits.is_supplied(d):
        return tax_id, third
    return tax_id, third, ("meter_serial", meter_serial(index, 0).replace("-", ""))
