"""Proving who the caller is: typed answers compared by the program, never shown, each logged."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, func, select
from uuid6 import uuid7

from agent_desktop.errors import Refused
from agent_desktop.models.account.caller import AnswerResult as Answer
from agent_desktop.models.account.caller import SecurityQuestion as Question
from agent_desktop.models.account.record import Account, FactKind
from agent_desktop.models.interaction.record import Interaction
from agent_desktop.models.rules import security_question
from agent_desktop.models.rules.business_time import local_day
from agent_desktop.models.store import intent as pending
from agent_desktop.models.store import local, tables
from agent_desktop.models.store.intent import Effect, Intent, Op
from agent_desktop.models.store.reading import Reading, reading
from agent_desktop.models.store.stores import Stores

#: How many different facts must be right, and how many wrong answers of one fact are allowed.
NEEDED = 2
WRONG_ALLOWED = 3

#: The order in which questions are offered: what callers know by heart first.
_ORDER = (
    FactKind.BIRTH_ON,
    FactKind.TAX_ID,
    FactKind.POSTCODE,
    FactKind.LAST_BILL,
    FactKind.METER_SERIAL,
)


@dataclass(frozen=True, slots=True)
class _Fact:
    """The kept digest of one fact of an account or of one of its contacts."""

    kind: FactKind
    contact_id: UUID | None
    digest: bytes | None


def questions(stores: Stores, account_id: UUID) -> tuple[Question, ...]:
    """The questions this desk can judge for an account, the easiest to answer first."""
    with reading(stores) as r:
        known = _facts(r, account_id)
    found = dict.fromkeys(Question(one.kind, one.contact_id) for one in known)
    return tuple(sorted(found, key=lambda q: (q.contact_id is not None, _ORDER.index(q.kind))))


def _facts(r: Reading, account_id: UUID) -> tuple[_Fact, ...]:
    here = tables.MIRRORED["fact"].c
    rows = r.c.execute(
        select(here.kind, here.contact_id, here.digest).where(here.account_id == account_id)
    )
    found = [_Fact(FactKind(kind), contact_id, digest) for kind, contact_id, digest in rows]
    account = r.find(Account, account_id)
    if account is not None and account.tax_id_digest is not None:
        found.append(_Fact(FactKind.TAX_ID, None, account.tax_id_digest))
    return tuple(one for one in found if one.kind in _ORDER)


def check(
    stores: Stores,
    interaction_id: UUID,
    account_id: UUID,
    kind: FactKind | str,
    typed: str,
    contact_id: UUID | None = None,
) -> Answer:
    """Judge an answer, log it, and count it for the interaction if it is the first right one.

    `contact_id` asks for the fact of a contact. Refused: `answer` is `missing`, `unreadable`
    (not counted), `not_asked` (no such fact) or `too_many_tries`.
    """
    asked = FactKind(kind)
    typed_fact = _normalised(stores, asked, typed)
    with reading(stores) as r:
        interaction = r.get(Interaction, interaction_id)
        whose = (asked, contact_id)
        kept = [one.digest for one in _facts(r, account_id) if (one.kind, one.contact_id) == whose]
    if not kept:
        raise Refused({"answer": "not_asked"}, kind=asked)
    passed = any(
        security_question.agrees(stores.site.fact_key, asked, typed_fact, one) for one in kept
    )
    with stores.local.writing() as c:
        log = _logged(c, interaction_id, account_id)
        wrong = sum(one == (asked, False) for one in log)
        if wrong >= WRONG_ALLOWED:
            raise Refused({"answer": "too_many_tries"}, kind=asked)
        right = {one for one, was_right in log if was_right} | ({asked} if passed else set())
        at = stores.clock.now()
        intents = [_log_intent(interaction_id, account_id, contact_id, asked, passed, at)]
        if passed and len(right) != interaction.verified_count:
            intents.append(_count_intent(interaction, account_id, len(right)))
        for intent in intents:
            pending.put(c, intent)
    for intent in intents:
        stores.changed(intent.changes())
    return Answer(passed, len(right), NEEDED, WRONG_ALLOWED - wrong - (not passed))


def _normalised(stores: Stores, kind: FactKind, typed: str) -> str:
    if not typed.strip():
        raise Refused({"answer": "missing"})
    today = local_day(stores.clock.now(), stores.site.time_zone)
    found = security_question.normalised(kind, typed, today)
    if found is None:
        raise Refused({"answer": "unreadable"}, kind=kind)
    return found


def _logged(c: Connection, interaction_id: UUID, account_id: UUID) -> list[tuple[FactKind, bool]]:
    """The answers given in this interaction for this account, from the kept intents."""
    payload = local.intent.c.payload
    rows = c.execute(
        select(payload).where(
            local.intent.c.kind == "verification.log",
            func.json_extract(payload, "$.interaction_id") == str(interaction_id),
            func.json_extract(payload, "$.account_id") == str(account_id),
        )
    )
    found = [json.loads(text) for text in rows.scalars()]
    return [(FactKind(one["fact"]), bool(one["passed"])) for one in found]


def _log_intent(
    interaction_id: UUID,
    account_id: UUID,
    contact_id: UUID | None,
    kind: FactKind,
    passed: bool,
    at: datetime,
) -> Intent:
    payload = {
        "id": uuid7(),
        "interaction_id": interaction_id,
        "account_id": account_id,
        "contact_id": contact_id,
        "fact": kind,
        "passed": passed,
        "at": at,
    }
    return Intent("verification.log", payload)


def _count_intent(interaction: Interaction, account_id: UUID, count: int) -> Intent:
    values = {"verified_count": count, "verified_needed": NEEDED}
    effect = Effect(
        "interaction", interaction.id, interaction.account_id or account_id, Op.CHANGE, values
    )
    return Intent("interaction.change", {"id": interaction.id, "set": values}, (effect,))
