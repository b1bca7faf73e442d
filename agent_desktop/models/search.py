"""One box that knows what it was given: a number people say, a telephone, a tax id, a name.

Numbers are looked up by everything they may be at once; each look-up is one indexed question.
Names are folded (accents, case, Cyrillic), found by their trigrams, and ranked here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from uuid import UUID

from rapidfuzz import fuzz
from sqlalchemy import ColumnElement, Connection, and_, or_, select, text

from agent_desktop.models import account as accounts
from agent_desktop.models import number, phone_number, row, tables, tax_id
from agent_desktop.models.folding import fold, trigrams
from agent_desktop.models.identification import phones_with
from agent_desktop.models.mirror import NAME_INDEX
from agent_desktop.models.record import Account, Interaction, Meter, ServiceOrder, Ticket, Unit
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

_NUMBERED = re.compile(r"#?\s*(TK|SO)[\s-]*(\d+)", re.IGNORECASE)
Hits = list[Hit]


def find(stores: Stores, text: str, limit: int = 12) -> Found:
    """What a text stands for; `kind` says what it was taken for, the best hit comes first."""
    typed = " ".join(text.split())
    if not typed.strip("#@- "):
        return Found(FoundKind.NOTHING)
    with stores.mirror.reading() as c:
        kind, hits = _find(stores, c, typed, limit)
    return Found(kind, tuple(_once(hits)[:limit]))


def _find(stores: Stores, c: Connection, typed: str, limit: int) -> tuple[FoundKind, Hits]:
    first: FoundKind | None = None
    for kind, look_up in _readings(stores, c, typed, limit):
        first = first or kind
        hits = look_up()
        if hits:
            return kind, hits
    if first in (FoundKind.TICKET, FoundKind.ORDER) or not any(map(str.isalpha, typed)):
        return first or FoundKind.NOTHING, []
    hits = _named(stores, c, fold(typed), limit)
    return (FoundKind.NAME if hits or first is None else first), hits


def _once(hits: Hits) -> Hits:
    return list({(hit.kind, hit.id): hit for hit in hits}.values())


# -- what a number may be -----------------------------------------------------------------------
def _readings(
    stores: Stores, c: Connection, typed: str, limit: int
) -> Iterator[tuple[FoundKind, Callable[[], Hits]]]:
    """Everything a text with digits may be, the surest first, and how to look it up."""
    said = _NUMBERED.fullmatch(typed)
    if said:
        code = f"{said[1].upper()}-{said[2]}"
        if said[1].upper() == "TK":
            yield FoundKind.TICKET, lambda: _tickets(stores, c, code, limit)
        else:
            yield FoundKind.ORDER, lambda: _orders(stores, c, code, limit)
        return
    if not any(sign.isdigit() for sign in typed):
        return
    digits, plain = re.sub(r"\D", "", typed), tax_id.compact(typed)
    if number.is_protocol(digits):
        yield FoundKind.PROTOCOL, lambda: _contacts(stores, c, digits)
    document = tax_id.found_in(typed)
    if document is not None:
        yield FoundKind.TAX_ID, lambda: _of_tax_id(stores, c, document.value)
    if len(digits) == 9 and digits == plain:
        yield FoundKind.ACCOUNT, lambda: _accounts(stores, c, digits)
    phone = phone_number.parse(typed)
    if phone.e164 is not None or phone.national:
        yield FoundKind.PHONE, lambda: _of_phone(stores, c, phone)
    yield FoundKind.UNIT, lambda: _units(stores, c, {typed, plain})
    yield FoundKind.METER, lambda: _meters(stores, c, {typed, typed.upper(), plain})


def _tickets(stores: Stores, c: Connection, code: str, limit: int) -> Hits:
    """The ticket of that number; while it is being typed those that begin so."""
    begins = _begins(tables.ticket.c.number, code)
    found = row.selected(stores, c, Ticket, begins, lambda t: t.number.startswith(code), limit)
    names = _names(stores, c, (ticket.account_id for ticket in found))
    return [
        Hit(HitKind.TICKET, t.id, t.account_id, t.subject, names.get(t.account_id, ""), t.number)
        for t in sorted(found, key=lambda t: (len(t.number), t.number))
    ]


def _orders(stores: Stores, c: Connection, code: str, limit: int) -> Hits:
    begins = _begins(tables.service_order.c.number, code)
    found = row.selected(
        stores, c, ServiceOrder, begins, lambda o: o.number.startswith(code), limit
    )
    names = _names(stores, c, (order.account_id for order in found))
    return [
        Hit(HitKind.ORDER, o.id, o.account_id, o.title, names.get(o.account_id, ""), o.number)
        for o in sorted(found, key=lambda o: (len(o.number), o.number))
    ]


def _contacts(stores: Stores, c: Connection, protocol: str) -> Hits:
    found = row.where(stores, c, Interaction, protocol=protocol)
    names = _names(stores, c, (one.account_id for one in found))
    return [
        Hit(HitKind.INTERACTION, one.id, one.account_id,
            names.get(one.account_id, "") or one.number, one.agent_name, one.protocol)
        for one in found
    ]  # fmt: skip


def _of_tax_id(stores: Stores, c: Connection, value: str) -> Hits:
    return [_account_hit(one) for one in accounts.by_tax_id(stores, c, value)]


def _accounts(stores: Stores, c: Connection, digits: str) -> Hits:
    return [_account_hit(one) for one in row.where(stores, c, Account, number=digits)]


def _of_phone(stores: Stores, c: Connection, phone: phone_number.PhoneNumber) -> Hits:
    phones = phones_with(stores, c, phone)
    current = {one.account_id for one in phones if one.account_id and one.valid_until is None}
    found = row.by_ids(stores, c, Account, {one.account_id for one in phones if one.account_id})
    order = sorted(found.values(), key=lambda a: (a.id not in current, not a.active, a.name))
    return [_account_hit(one) for one in order]


def _units(stores: Stores, c: Connection, codes: set[str]) -> Hits:
    condition = tables.unit.c.number.in_(codes)
    found = row.selected(stores, c, Unit, condition, lambda unit: unit.number in codes)
    names = _names(stores, c, (unit.account_id for unit in found))
    return [
        Hit(HitKind.UNIT, u.id, u.account_id, names.get(u.account_id, ""), _place(u), u.number)
        for u in found
    ]


def _meters(stores: Stores, c: Connection, serials: set[str]) -> Hits:
    condition = tables.meter.c.serial.in_(serials)
    found = row.selected(stores, c, Meter, condition, lambda meter: meter.serial in serials)
    names = _names(stores, c, (meter.account_id for meter in found))
    return [
        Hit(HitKind.METER, m.id, m.account_id, names.get(m.account_id, ""), m.model, m.serial)
        for m in found
    ]


def _place(unit: Unit) -> str:
    return ", ".join(part for part in (unit.street, unit.house, unit.city) if part)


def _begins(column: ColumnElement[str], start: str) -> ColumnElement[bool]:
    """A text beginning, as a range a B-tree can walk."""
    return and_(column >= start, column < start + _LAST)


def _names(stores: Stores, c: Connection, ids: Iterable[UUID | None]) -> dict[UUID | None, str]:
    found = row.by_ids(stores, c, Account, {one for one in ids if one})
    return {one.id: one.name for one in found.values()}


def _account_hit(account: Account) -> Hit:
    return Hit(HitKind.ACCOUNT, account.id, account.id, account.name, account.city, account.number)


# -- names --------------------------------------------------------------------------------------
def _named(stores: Stores, c: Connection, folded: str, limit: int) -> Hits:
    """Accounts by parts of their names in any order; spelled otherwise if nothing agrees."""
    words = folded.split()
    if not words:
        return []
    ids = _offered(c, folded, words)
    found = _agreeing(stores, c, ids, lambda name: all(_word_score(w, name) for w in words))
    if not found:
        stems = [word[:-2] if len(word) > 4 else word for word in words]
        ids = _by_trigrams(c, stems)
        found = _agreeing(stores, c, ids, lambda name: all(_is_alike(w, name) for w in words))
    ranked = sorted(found, key=lambda a: _order(folded, words, a))
    return [_account_hit(account) for account in ranked[:limit]]


def _offered(c: Connection, folded: str, words: list[str]) -> set[UUID]:
    """Names that begin with what was typed, and names with all its parts."""
    here = tables.account.c
    starts = or_(*(_begins(here.folded_name, start) for start in {folded, words[0]}))
    if all(len(word) < 3 for word in words):
        query = select(here.id).where(starts)
    else:
        query = select(here.id).where(_begins(here.folded_name, folded))
    found = set(c.execute(query.order_by(here.folded_name).limit(MOST_NAMES)).scalars())
    return found | _by_trigrams(c, words)


def _by_trigrams(c: Connection, words: list[str]) -> set[UUID]:
    parts = dict.fromkeys(part for word in words for part in trigrams(word))
    if not parts:
        return set()
    match = " AND ".join(f'"{part}"' for part in parts)
    query = text(
        f"SELECT account.id FROM {NAME_INDEX} JOIN account ON account.rowid = {NAME_INDEX}.rowid "
        f"WHERE {NAME_INDEX} MATCH :match LIMIT :most"
    ).columns(tables.account.c.id)
    return set(c.execute(query, {"match": match, "most": MOST_NAMES}).scalars())


def _agreeing(
    stores: Stores, c: Connection, ids: set[UUID], agrees: Callable[[str], bool]
) -> tuple[Account, ...]:
    condition = tables.account.c.id.in_(ids)
    return row.selected(stores, c, Account, condition, lambda a: agrees(fold(a.name)))


def _word_score(word: str, name: str) -> int:
    """How a typed word stands in a folded name: a word of it, the start of one, inside one."""
    padded = f" {name} "
    if f" {word} " in padded:
        return 3
    return 2 if f" {word}" in padded else int(word in name and len(word) > 2)


def _is_alike(word: str, name: str) -> bool:
    return any(fuzz.ratio(word, part) >= ALIKE for part in name.split())


def _order(folded: str, words: list[str], account: Account) -> tuple[object, ...]:
    name = fold(account.name)
    score = sum(_word_score(word, name) for word in words)
    return (
        not account.active,
        not name.startswith(folded),
        -score,
        -fuzz.ratio(folded, name),
        account.name,
        account.number,
    )
