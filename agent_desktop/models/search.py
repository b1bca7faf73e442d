"""One box that knows what it was given: a number people say, a telephone, a tax id, a name.

Numbers are looked up by everything they may be at once; each look-up is one indexed question.
Names are folded (accents, case, Cyrillic), found by their trigrams, and ranked here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from rapidfuzz import fuzz
from sqlalchemy import ColumnElement, Connection, and_, false

from agent_desktop.models import account as accounts
from agent_desktop.models import number, phone_number, tables, tax_id
from agent_desktop.models.folding import fold, trigrams
from agent_desktop.models.identification import phones_with
from agent_desktop.models.mirror import NAME_INDEX
from agent_desktop.models.record import Account, Interaction, Meter, ServiceOrder, Ticket, Unit
from agent_desktop.models.row import Reading, reading
from agent_desktop.models.stores import Stores
from agent_desktop.models.value import Found as Found
from agent_desktop.models.value import FoundKind as FoundKind
from agent_desktop.models.value import Hit as Hit
from agent_desktop.models.value import HitKind as HitKind

#: How many names the index may offer before they are ranked.
MOST_NAMES = 200
#: A word of a name spelled otherwise is taken from this likeness (of 100) on.
ALIKE = 75
#: The sign after every other: the end of a range of texts that begin alike.
_LAST = "\U0010ffff"

_NAMES = "SELECT id, folded_name, active FROM account"
_NUMBERED = re.compile(r"#?\s*(TK|SO)[\s-]*(\d+)", re.IGNORECASE)
Hits = list[Hit]


def find(stores: Stores, text: str, limit: int = 12) -> Found:
    """What a text stands for; `kind` says what it was taken for, the best hit comes first."""
    typed = " ".join(text.split())
    if not typed.strip("#@- "):
        return Found(FoundKind.NOTHING)
    with reading(stores) as r:
        kind, hits = _find(r, typed, limit)
    return Found(kind, tuple(_once(hits)[:limit]))


def _find(r: Reading, typed: str, limit: int) -> tuple[FoundKind, Hits]:
    first: FoundKind | None = None
    for kind, look_up in _readings(r, typed, limit):
        first = first or kind
        hits = look_up()
        if hits:
            return kind, hits
    if first in (FoundKind.TICKET, FoundKind.ORDER) or not any(map(str.isalpha, typed)):
        return first or FoundKind.NOTHING, []
    hits = _named(r, typed, limit)
    return (FoundKind.NAME if hits or first is None else first), hits


def _once(hits: Hits) -> Hits:
    return list({(hit.kind, hit.id): hit for hit in hits}.values())


# -- what a number may be -----------------------------------------------------------------------
def _readings(r: Reading, typed: str, limit: int) -> Iterator[tuple[FoundKind, Callable[[], Hits]]]:
    """Everything a text with digits may be, the surest first, and how to look it up."""
    said = _NUMBERED.fullmatch(typed)
    if said:
        code = f"{said[1].upper()}-{said[2]}"
        if said[1].upper() == "TK":
            yield FoundKind.TICKET, lambda: _tickets(r, code, limit)
        else:
            yield FoundKind.ORDER, lambda: _orders(r, code, limit)
        return
    if not any(sign.isdigit() for sign in typed):
        return
    digits, plain = re.sub(r"\D", "", typed), tax_id.compact(typed)
    if number.is_protocol(digits):
        yield FoundKind.PROTOCOL, lambda: _contacts(r, digits)
    document = tax_id.found_in(typed)
    if document is not None:
        yield FoundKind.TAX_ID, lambda: _of_tax_id(r, document.value)
    if len(digits) == 9 and digits == plain:
        yield FoundKind.ACCOUNT, lambda: _accounts(r, digits)
    phone = phone_number.parse(typed)
    if phone.e164 is not None or phone.national:
        yield FoundKind.PHONE, lambda: _of_phone(r, phone)
    yield FoundKind.UNIT, lambda: _units(r, {typed, plain})
    yield FoundKind.METER, lambda: _meters(r, {typed, typed.upper(), plain})


def _tickets(r: Reading, code: str, limit: int) -> Hits:
    """The ticket of that number; while it is being typed those that begin so."""
    begins = _begins(tables.ticket.c.number, code)
    found = r.selected(Ticket, begins, lambda t: t.number.startswith(code), limit)
    names = _names(r, (ticket.account_id for ticket in found))
    return [
        Hit(HitKind.TICKET, t.id, t.account_id, t.subject, names.get(t.account_id, ""), t.number)
        for t in sorted(found, key=lambda t: (len(t.number), t.number))
    ]


def _orders(r: Reading, code: str, limit: int) -> Hits:
    begins = _begins(tables.service_order.c.number, code)
    found = r.selected(ServiceOrder, begins, lambda o: o.number.startswith(code), limit)
    names = _names(r, (order.account_id for order in found))
    return [
        Hit(HitKind.ORDER, o.id, o.account_id, o.title, names.get(o.account_id, ""), o.number)
        for o in sorted(found, key=lambda o: (len(o.number), o.number))
    ]


def _contacts(r: Reading, protocol: str) -> Hits:
    found = r.where(Interaction, protocol=protocol)
    names = _names(r, (one.account_id for one in found))
    return [
        Hit(HitKind.INTERACTION, one.id, one.account_id,
            names.get(one.account_id, "") or one.number, one.agent_name, one.protocol)
        for one in found
    ]  # fmt: skip


def _of_tax_id(r: Reading, value: str) -> Hits:
    return [_account_hit(one) for one in accounts.by_tax_id(r, value)]


def _accounts(r: Reading, digits: str) -> Hits:
    return [_account_hit(one) for one in r.where(Account, number=digits)]


def _of_phone(r: Reading, phone: phone_number.PhoneNumber) -> Hits:
    phones = phones_with(r, phone)
    current = {one.account_id for one in phones if one.account_id and one.valid_until is None}
    found = r.by_ids(Account, {one.account_id for one in phones if one.account_id})
    order = sorted(found.values(), key=lambda a: (a.id not in current, not a.active, a.name))
    return [_account_hit(one) for one in order]


def _units(r: Reading, codes: set[str]) -> Hits:
    condition = tables.unit.c.number.in_(codes)
    found = r.selected(Unit, condition, lambda unit: unit.number in codes)
    names = _names(r, (unit.account_id for unit in found))
    return [
        Hit(HitKind.UNIT, u.id, u.account_id, names.get(u.account_id, ""), _place(u), u.number)
        for u in found
    ]


def _meters(r: Reading, serials: set[str]) -> Hits:
    condition = tables.meter.c.serial.in_(serials)
    found = r.selected(Meter, condition, lambda meter: meter.serial in serials)
    names = _names(r, (meter.account_id for meter in found))
    return [
        Hit(HitKind.METER, m.id, m.account_id, names.get(m.account_id, ""), m.model, m.serial)
        for m in found
    ]


def _place(unit: Unit) -> str:
    return ", ".join(part for part in (unit.street, unit.house, unit.city) if part)


def _begins(column: ColumnElement[str], start: str) -> ColumnElement[bool]:
    """A text beginning, as a range a B-tree can walk."""
    return and_(column >= start, column < start + _LAST)


def _names(r: Reading, ids: Iterable[UUID | None]) -> dict[UUID | None, str]:
    found = r.by_ids(Account, {one for one in ids if one})
    return {one.id: one.name for one in found.values()}


def _account_hit(account: Account) -> Hit:
    return Hit(HitKind.ACCOUNT, account.id, account.id, account.name, account.city, account.number)


# -- names --------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class _Name:
    """A folded name of the mirror: all that ranking needs. `as_typed` is False for a name in
    other letters (Cyrillic, say) than the search."""

    id: UUID
    folded: str
    active: bool
    as_typed: bool = True


def _named(r: Reading, typed: str, limit: int) -> Hits:
    """Accounts by parts of their names in any order; spelled otherwise if nothing agrees."""
    folded = fold(typed)
    words = folded.split()
    if not words:
        return []
    return _agreeing(r, _offered(r.c, folded, words), typed, _has_all, limit) or _agreeing(
        r, _by_trigrams(r.c, [_stem(word) for word in words]), typed, _is_like_all, limit
    )


def _is_latin(name: str) -> bool:
    return all(unicodedata.name(sign, "").startswith("LATIN") for sign in name if sign.isalpha())


def _agreeing(
    r: Reading,
    offered: Iterable[_Name],
    typed: str,
    agrees: Callable[[list[str], str], bool],
    limit: int,
) -> Hits:
    """The best of the names the mirror offers, and of those made or changed here."""
    folded, latin = fold(typed), _is_latin(typed)
    words = folded.split()
    good = sorted(
        (name for name in offered if agrees(words, name.folded)),
        key=lambda name: _order(folded, words, name),
    )
    found = r.by_ids(Account, [name.id for name in good[:limit]])
    if "account" in r.touched:
        found |= {one.id: one for one in r.selected(Account, false(), lambda a: True)}
    now = [
        _Name(one.id, fold(one.name), one.active, _is_latin(one.name) == latin)
        for one in found.values()
    ]
    still = [name for name in now if agrees(words, name.folded)]
    ranked = sorted(still, key=lambda name: _order(folded, words, name))
    return [_account_hit(found[name.id]) for name in ranked[:limit]]


def _offered(c: Connection, folded: str, words: list[str]) -> set[_Name]:
    """Names that begin with what was typed, and names with all its parts."""
    start = folded if any(len(word) > 2 for word in words) else words[0]
    query = f"{_NAMES} WHERE folded_name >= ? AND folded_name < ? ORDER BY folded_name LIMIT ?"
    rows = c.exec_driver_sql(query, (start, start + _LAST, MOST_NAMES))
    return {_name(row) for row in rows} | _by_trigrams(c, words)


def _by_trigrams(c: Connection, words: list[str]) -> set[_Name]:
    parts = dict.fromkeys(part for word in words for part in trigrams(word))
    if not parts:
        return set()
    match = " AND ".join(f'"{part}"' for part in parts)
    query = (
        f"{_NAMES} WHERE rowid IN "
        f"(SELECT rowid FROM {NAME_INDEX} WHERE {NAME_INDEX} MATCH ? LIMIT ?)"
    )
    return {_name(row) for row in c.exec_driver_sql(query, (match, MOST_NAMES))}


def _name(row: Any) -> _Name:
    return _Name(UUID(bytes=row[0]), row[1], bool(row[2]))


def _stem(word: str) -> str:
    """A longer word without its end, where most spellings differ."""
    return word[:-2] if len(word) > 4 else word


def _has_all(words: list[str], name: str) -> bool:
    return all(_word_score(word, name) for word in words)


def _is_like_all(words: list[str], name: str) -> bool:
    parts = name.split()
    return all(any(fuzz.ratio(word, part) >= ALIKE for part in parts) for word in words)


def _word_score(word: str, name: str) -> int:
    """How a typed word stands in a folded name: a word of it, the start of one, inside one."""
    padded = f" {name} "
    if f" {word} " in padded:
        return 3
    return 2 if f" {word}" in padded else int(word in name and len(word) > 2)


def _order(folded: str, words: list[str], name: _Name) -> tuple[object, ...]:
    score = sum(_word_score(word, name.folded) for word in words)
    likeness = fuzz.ratio(folded, name.folded)
    return (
        not name.active, not name.folded.startswith(folded), -score, not name.as_typed, -likeness,
        name.folded, name.id,
    )  # fmt: skip
