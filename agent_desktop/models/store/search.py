"""One box that knows what it was given: a number people say, a telephone, a tax id, a name.

Numbers are looked up by everything they may be at once; each look-up is one indexed question.
Names are folded (accents, case, Cyrillic), found by their trigrams, and ranked here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from agent_desktop.models.account import verbs as accounts
from agent_desktop.models.account.identification import phones_with
from agent_desktop.models.account.record import Phone
from agent_desktop.models.installed_base.record import Meter, Unit
from agent_desktop.models.interaction.record import Interaction
from agent_desktop.models.kind import Kind
from agent_desktop.models.kinds import NUMBERED
from agent_desktop.models.rules import phone_number, tax_id
from agent_desktop.models.store import directory, name_search
from agent_desktop.models.store import numbers as number
from agent_desktop.models.store.directory import Entry, entry_of
from agent_desktop.models.store.found import Found as Found
from agent_desktop.models.store.found import FoundKind as FoundKind
from agent_desktop.models.store.found import Hit as Hit
from agent_desktop.models.store.found import HitKind as HitKind
from agent_desktop.models.store.reading import Reading, reading
from agent_desktop.models.store.stores import Stores

#: The sign after every other: the end of a range of texts that begin alike.
_LAST = "\U0010ffff"

#: The kinds whose numbers begin with letters, by these: "TK".
_PREFIXED = {
    kind.number.prefix.rstrip("-"): kind for kind in NUMBERED if kind.number and kind.number.prefix
}
_NUMBERED = re.compile(rf"#?\s*({'|'.join(map(re.escape, _PREFIXED))})[\s-]*(\d+)", re.IGNORECASE)
#: What a text was taken for when it is the beginning of one of these.
_KIND_OF = {
    HitKind.UNIT: FoundKind.UNIT,
    HitKind.METER: FoundKind.METER,
    HitKind.ACCOUNT: FoundKind.PHONE,
    HitKind.INTERACTION: FoundKind.PROTOCOL,
}
#: From how many digits on the beginning of a telephone or protocol number says anything.
_FEWEST_OF_PHONE, _MOST_OF_PHONE, _FEWEST_OF_PROTOCOL = 4, 13, 6
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
            return (_KIND_OF[hits[0].kind] if kind is FoundKind.UNIT else kind), hits
    if _NUMBERED.fullmatch(typed) or not any(map(str.isalpha, typed)):
        return first or FoundKind.NOTHING, []
    hits = [_account_hit(one) for one in name_search.find(r, typed, limit)]
    return (FoundKind.NAME if hits or first is None else first), hits


def _once(hits: Hits) -> Hits:
    return list({(hit.kind, hit.id): hit for hit in hits}.values())


# -- what a number may be -----------------------------------------------------------------------
def _readings(r: Reading, typed: str, limit: int) -> Iterator[tuple[FoundKind, Callable[[], Hits]]]:
    """Everything a text with digits may be, the surest first, and how to look it up."""
    said = _NUMBERED.fullmatch(typed)
    if said:
        kind = _PREFIXED[said[1].upper()]
        code = f"{said[1].upper()}-{said[2]}"
        yield FoundKind(_series(kind)), lambda: _numbered(r, kind, code, limit)
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
    is_document = document is not None and digits == plain
    phone = _foreign_too(typed, digits) if is_document else phone_number.parse(typed)
    if phone.e164 is not None or phone.national:
        yield FoundKind.PHONE, lambda: _of_phone(r, phone)
    yield FoundKind.UNIT, lambda: _beginnings(r, typed, limit)


def _foreign_too(typed: str, digits: str) -> phone_number.PhoneNumber:
    """Digits that are right as a tax id, as a telephone number: one of Brazil, or as they stand
    one from abroad. Whether anybody has it the directory knows; the numbering plans of all the
    countries whose code such digits begin with would take milliseconds each."""
    e164 = phone_number.in_brazil(digits) or int(digits)
    return phone_number.PhoneNumber(e164, "", "", False, False, typed)


def _numbered(r: Reading, kind: Kind[Any], code: str, limit: int) -> Hits:
    """The record of that number; while it is being typed those whose numbers begin so."""
    assert kind.number is not None
    column = kind.number.column
    found = r.matching(
        kind.record, *_beginning(column, code), lambda one: getattr(one, column).startswith(code),
        limit, by=column,
    )  # fmt: skip
    names = _names(r, (one.account_id for one in found))
    word = HitKind(_series(kind))
    hits = [
        Hit(word, one.id, one.account_id, getattr(one, kind.title), names.get(one.account_id, ""),
            getattr(one, column))
        for one in found
    ]  # fmt: skip
    return sorted(hits, key=lambda hit: (len(hit.code), hit.code))


def _series(kind: Kind[Any]) -> str:
    assert kind.number is not None
    return kind.number.series


def _contacts(r: Reading, protocol: str) -> Hits:
    return _contact_hits(r, r.where(Interaction, protocol=protocol))


def _contact_hits(r: Reading, found: Sequence[Interaction]) -> Hits:
    names = _names(r, (one.account_id for one in found))
    return [
        Hit(HitKind.INTERACTION, one.id, one.account_id,
            names.get(one.account_id, "") or one.number, one.agent_name, one.protocol)
        for one in found
    ]  # fmt: skip


def _of_tax_id(r: Reading, value: str) -> Hits:
    return [_account_hit(entry_of(one)) for one in accounts.by_tax_id(r, value)]


def _accounts(r: Reading, digits: str) -> Hits:
    ids = directory.ids_of_number(r.c, digits)
    return [_account_hit(entry_of(one)) for one in r.accounts(ids, number=digits)]


def _of_phone(r: Reading, phone: phone_number.PhoneNumber) -> Hits:
    owners = [
        (one.account_id.bytes, one.valid_until is None)
        for one in phones_with(r, phone)
        if one.account_id
    ]
    current = {owner for owner, is_valid in owners if is_valid}
    found = r.entries({owner for owner, _ in owners})
    order = sorted(found.values(), key=lambda a: (a.id not in current, not a.active, a.name))
    return [_account_hit(one) for one in order]


# -- the beginning of a number ------------------------------------------------------------------
def _beginnings(r: Reading, typed: str, limit: int) -> Hits:
    """Units, meters, telephones and protocols that begin so, while they are being typed: a
    whole one first, then some of each."""
    plain = tax_id.compact(typed)
    half = -(-limit // 2)
    offers = [*_places(r, plain, half)]
    if plain.isdigit():
        most = half if any(offers) else limit
        offers += [_phones_from(r, plain, most), _contacts_from(r, plain, most)]
    whole = [hit for hits in offers for hit in hits if tax_id.compact(hit.code) == plain]
    if whole:
        return whole
    some = -(-limit // max(1, sum(map(bool, offers))))
    return [hit for hits in offers for hit in hits[:some]]


def _phones_from(r: Reading, digits: str, limit: int) -> Hits:
    """Whose telephone number begins so, with its country, with its area, or in this area."""
    if not _FEWEST_OF_PHONE <= len(digits) <= _MOST_OF_PHONE:
        return []
    area = r.stores.site.dial_plan.area_code
    ranges = set()
    for written in {digits, f"55{digits}", f"55{area}{digits}"}:
        for length in (12, 13):
            if len(written) < length and written.startswith("55"):
                scale = 10 ** (length - len(written))
                ranges.add((int(written) * scale, (int(written) + 1) * scale - 1))
    if not ranges:
        return []
    owners = _owners_between(r, sorted(ranges), limit)
    return sorted(map(_account_hit, owners), key=lambda hit: hit.title)


def _owners_between(r: Reading, ranges: list[tuple[int, int]], limit: int) -> Iterable[Entry]:
    """Whose number lies in one of these ranges."""
    if "phone" not in r.touched:
        owners = {one.id: one for one in directory.owners_between(r.c, ranges, limit)}
        return (r.entries(owners) if "account" in r.touched else owners).values()
    condition = " OR ".join(["e164 BETWEEN ? AND ?"] * len(ranges))
    ends = tuple(end for both in ranges for end in both)

    def is_meant(phone: Phone) -> bool:
        return any(first <= (phone.e164 or 0) <= last for first, last in ranges)

    kept = r.matching(Phone, f"({condition})", ends, is_meant, limit, by="e164")
    known = directory.phones_between(r.c, ranges, limit)
    ids = dict.fromkeys(one.account_id.bytes for one in (*kept, *known) if one.account_id)
    return r.entries(list(ids)[:limit]).values()


def _contacts_from(r: Reading, digits: str, limit: int) -> Hits:
    """Contacts kept here whose protocol begins so, the newest first."""
    if len(digits) < _FEWEST_OF_PROTOCOL:
        return []
    found = r.matching(
        Interaction, *_beginning("protocol", digits),
        lambda one: one.protocol.startswith(digits), limit, by="protocol",
    )  # fmt: skip
    return _contact_hits(r, sorted(found, key=lambda one: one.protocol, reverse=True))


def _places(r: Reading, typed: str, limit: int) -> tuple[Hits, Hits]:
    """Units and meters."""
    found = directory.places(r.c, typed, limit)
    units = [place for place in found if place.kind == directory.UNIT]
    meters = [place for place in found if place.kind == directory.METER]
    return _units(r, units), _meters(r, meters)


def _units(r: Reading, found: list[directory.UnitOrMeter]) -> Hits:
    codes = {place.code for place in found}
    if not found:
        return []
    marks = ", ".join("?" * len(codes))
    kept = r.matching(
        Unit, f"number IN ({marks})", tuple(codes), lambda u: u.number in codes, -1, by="number"
    )
    details = {(u.account_id, u.number): (u.id, _place(u)) for u in kept}
    return _of_places(r, HitKind.UNIT, found, details)


def _meters(r: Reading, found: list[directory.UnitOrMeter]) -> Hits:
    codes = {place.code for place in found}
    if not found:
        return []
    marks = ", ".join("?" * len(codes))
    kept = r.matching(
        Meter, f"serial IN ({marks})", tuple(codes), lambda m: m.serial in codes, -1, by="serial"
    )
    details = {(m.account_id, m.serial): (m.id, m.model) for m in kept}
    return _of_places(r, HitKind.METER, found, details)


def _of_places(
    r: Reading,
    kind: HitKind,
    found: list[directory.UnitOrMeter],
    details: Mapping[tuple[UUID | None, str], tuple[UUID, str]],
) -> Hits:
    """Hits of units or meters, the shortest code first. One that only the directory knows has
    no id and no more to say; it gets an id of its own, since only its account can be opened."""
    names: dict[UUID | None, str] = {place.account_id: place.owner for place in found}
    if "account" in r.touched:
        names = _names(r, names)
    hits = []
    for place in found:
        account, code = place.account_id, place.code
        one, detail = details.get((account, code), (UUID(int=place.tag), ""))
        hits.append(Hit(kind, one, account, names.get(account, ""), detail, code))
    return sorted(hits, key=lambda hit: (len(hit.code), hit.code))


def _place(unit: Unit) -> str:
    return ", ".join(part for part in (unit.street, unit.house, unit.city) if part)


def _beginning(column: str, start: str) -> tuple[str, tuple[str, str]]:
    """A text beginning, as a range a B-tree can walk."""
    return f"{column} >= ? AND {column} < ?", (start, start + _LAST)


def _names(r: Reading, ids: Iterable[UUID | None]) -> dict[UUID | None, str]:
    found = r.entries({one.bytes for one in ids if one})
    return {UUID(bytes=one.id): one.name for one in found.values()}


def _account_hit(one: Entry) -> Hit:
    account = UUID(bytes=one.id)
    return Hit(HitKind.ACCOUNT, account, account, one.name, one.city, str(one.number))
