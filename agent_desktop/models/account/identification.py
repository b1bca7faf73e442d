"""Who is calling: accounts that match a call, ranked, each with the reasons why.

A match is not a proof: until the caller has answered questions (verification.py) every
candidate is only "matches". Runs while the phone rings, so it asks the mirror a handful of
indexed questions and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from agent_desktop.models.account import verbs as accounts
from agent_desktop.models.account.caller import CallerFacts as CallerFacts
from agent_desktop.models.account.caller import Candidate as Candidate
from agent_desktop.models.account.caller import Identification as Identification
from agent_desktop.models.account.caller import MatchReason as MatchReason
from agent_desktop.models.account.caller import Rank as Rank
from agent_desktop.models.account.record import Account, Contact, Phone, PhoneKind
from agent_desktop.models.rules import phone_number, tax_id
from agent_desktop.models.rules.business_time import local_day
from agent_desktop.models.rules.number_meaning import PhoneNumber as PhoneNumber
from agent_desktop.models.rules.text_fold import fold
from agent_desktop.models.store.reading import Reading, reading
from agent_desktop.models.store.stores import Stores

#: More candidates than this help nobody; a number shared by more is nobody's number.
MOST_CANDIDATES = 20
#: How many stored numbers are looked at.
MOST_PHONES = 200

_ORDER = (Rank.BEST, Rank.POSSIBLE, Rank.OLD_NUMBER, Rank.INACTIVE)


@dataclass(frozen=True, slots=True)
class _Match:
    """An account, the contact who speaks for it, and the stored number that led there."""

    account: Account
    contact: Contact | None = None
    phone: Phone | None = None
    by_tax_id: bool = False


def identify(stores: Stores, facts: CallerFacts) -> Identification:
    """The candidates for a call, the best first, at most 20.

    Without any, `nothing` says why: withheld, internal, unreadable or unknown_number.
    """
    number = phone_number.parse(facts.number)
    hidden = facts.withheld or number.withheld or not facts.number.strip()
    today = local_day(stores.clock.now(), stores.site.time_zone)
    with reading(stores) as r:
        by_tax_id = _accounts_of(r, facts.typed_tax_id)
        matches = [] if hidden else _by_number(r, number)
    known = {account.id for account in by_tax_id}
    matches = [_Match(m.account, m.contact, m.phone, m.account.id in known) for m in matches]
    reached = {match.account.id for match in matches}
    matches += [_Match(a, by_tax_id=True) for a in by_tax_id if a.id not in reached]
    candidates = _ranked(matches, number, facts, today)
    return Identification(candidates, number, "" if candidates else _nothing(hidden, number))


def _nothing(hidden: bool, number: PhoneNumber) -> str:
    if hidden:
        return "withheld"
    if number.e164 is not None or number.national:
        return "unknown_number"
    return "internal" if number.extension else "unreadable"


# -- looking up ---------------------------------------------------------------------------------
def _accounts_of(r: Reading, typed_tax_id: str) -> tuple[Account, ...]:
    document = tax_id.found_in(typed_tax_id)
    return accounts.by_tax_id(r, document.value) if document else ()


def _by_number(r: Reading, number: PhoneNumber) -> list[_Match]:
    phones = phones_with(r, number)
    owners = r.by_ids(Account, {p.account_id for p in phones if p.account_id})
    people = r.by_ids(Contact, {p.contact_id for p in phones if p.contact_id})
    found: dict[tuple[UUID, UUID | None], _Match] = {}
    for phone in sorted(phones, key=lambda p: (p.valid_until or date.max, p.preferred)):
        account = owners.get(phone.account_id) if phone.account_id else None
        if account is not None:
            contact = people.get(phone.contact_id) if phone.contact_id else None
            # The number that is valid longest stays, if an account has it twice.
            found[account.id, phone.contact_id] = _Match(account, contact, phone)
    return list(found.values())


def phones_with(r: Reading, number: PhoneNumber) -> tuple[Phone, ...]:
    """The stored numbers that are this one: with and without the ninth digit, and for a
    number written without its area code those of any area."""
    if number.e164 is not None:
        twins = phone_number.twins(number.e164)
        marks = ", ".join("?" * len(twins))
        return _numbered(r, twins, f"e164 IN ({marks})", twins, lambda p: p.e164 in twins)
    end = phone_number.last_eight(number)
    if end is None:
        return ()
    # Written out, not bound: only so does SQLite know the index over this expression.
    ends = "e164 % 100000000 = ?"
    areas = _in_any_area(end)
    return _numbered(r, areas, ends, (end,), lambda p: _ends_in_brazil(p.e164, end))


def _numbered(
    r: Reading,
    numbers: tuple[int, ...],
    condition: str,
    values: tuple[int, ...],
    keep: Callable[[Phone], bool],
) -> tuple[Phone, ...]:
    """The directory is asked for the numbers, since it has them all; where more is known of the
    owner, or something waits to be seen, the stored rows are asked with the condition."""
    elsewhere, has_more = r.numbered(numbers, MOST_PHONES)
    if not has_more and "phone" not in r.touched:
        return elsewhere
    return r.matching(Phone, condition, values, keep, MOST_PHONES, by="e164") + elsewhere


def _in_any_area(end: int) -> tuple[int, ...]:
    """Every number of Brazil that ends so, with and without the ninth digit: the directory has
    no index of ends, and this many questions are answered in a millisecond."""
    areas = (area for area in range(11, 100) if area % 10)
    ninth = 9 * 10**8
    return tuple(
        number
        for area in areas
        for number in (
            (5500 + area) * 10**8 + end,
            (5500 + area) * 10**9 + ninth + end,
        )
    )


def _ends_in_brazil(e164: int | None, end: int) -> bool:
    return e164 is not None and e164 % 100_000_000 == end and str(e164).startswith("55")


# -- ranking ------------------------------------------------------------------------------------
def _ranked(
    matches: list[_Match], number: PhoneNumber, facts: CallerFacts, today: date
) -> tuple[Candidate, ...]:
    sharing = {match.account.id for match in matches if _is_current(match, today)}
    sure = any(match.by_tax_id for match in matches)
    caller = fold(facts.display_name)
    rated = []
    for match in matches:
        rank = _rank(match, number, today, alone=len(sharing) == 1 and not sure)
        reasons = _reasons(match, number, today, shared_by=len(sharing))
        named = bool(caller) and caller in {fold(_name(match)), fold(match.account.name)}
        if named:
            reasons = (*reasons, MatchReason("name", {"name": facts.display_name}))
        rated.append((_order(match, rank, named), _candidate(match, rank, reasons)))
    rated.sort(key=lambda pair: pair[0])
    return tuple(candidate for _, candidate in rated[:MOST_CANDIDATES])


def _order(match: _Match, rank: Rank, named: bool) -> tuple[object, ...]:
    preferred = match.phone is not None and match.phone.preferred
    return (
        _ORDER.index(rank),
        not match.by_tax_id,
        not named,
        match.contact is not None,
        not preferred,
        match.account.name,
        match.account.number,
    )


def _candidate(match: _Match, rank: Rank, reasons: tuple[MatchReason, ...]) -> Candidate:
    account = match.account
    return Candidate(account, match.contact, rank, reasons, account.city, account.tax_id_masked)


def _name(match: _Match) -> str:
    return match.contact.name if match.contact else match.account.name


def _is_current(match: _Match, today: date) -> bool:
    phone = match.phone
    in_time = phone is None or phone.valid_until is None or phone.valid_until >= today
    return in_time and match.account.active


def _rank(match: _Match, number: PhoneNumber, today: date, alone: bool) -> Rank:
    """BEST is the account whose tax id was typed, else the only account with this number."""
    if not match.account.active:
        return Rank.INACTIVE
    if match.by_tax_id and match.contact is None:
        return Rank.BEST
    if not _is_current(match, today):
        return Rank.OLD_NUMBER
    return Rank.BEST if alone and number.e164 is not None else Rank.POSSIBLE


def _reasons(
    match: _Match, number: PhoneNumber, today: date, shared_by: int
) -> tuple[MatchReason, ...]:
    """Why an account matches, and what speaks against it; the strongest first."""
    found = []
    if match.by_tax_id:
        found.append(MatchReason("phone_and_tax_id" if match.phone else "tax_id"))
    if match.phone is not None:
        found += _number_reasons(match.phone, number, today, said=match.by_tax_id)
        if shared_by > 1 and _is_current(match, today):
            found.append(MatchReason("shared", {"count": shared_by}))
    if match.contact is not None:
        params = {"name": match.contact.name, "relation": match.contact.relation}
        found.append(MatchReason("contact", params))
    if not match.account.active:
        found.append(MatchReason("inactive"))
    return tuple(found)


def _number_reasons(
    phone: Phone, number: PhoneNumber, today: date, said: bool
) -> list[MatchReason]:
    """What the stored number says; `said` when its agreement was told already."""
    if phone.valid_until is not None and phone.valid_until < today:
        return [MatchReason("old_number", {"until": phone.valid_until})]
    if number.e164 is None:
        return [MatchReason("without_area", {"number": phone_number.shown(phone.e164 or 0)})]
    if phone.e164 != number.e164:
        return [MatchReason("twin")]
    if said:
        return []
    if phone.extension:
        return [MatchReason("extension", {"extension": phone.extension})]
    code = "mobile" if phone.kind is PhoneKind.MOBILE else "phone"
    return [MatchReason(code, {"kind": phone.kind, "written": phone.written})]
