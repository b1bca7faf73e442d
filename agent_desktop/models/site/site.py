"""Who is signed in, and at which site: one frozen value, set at sign-in. No SQLAlchemy here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class SignedInAgent:
    """The agent who works at this desk, as the centre described them at sign-in."""

    id: UUID
    user_name: str
    name: str
    business_role: str = "agent"
    team_id: UUID | None = None
    extension: str = ""


@dataclass(frozen=True, slots=True)
class AutoAnswerRule:
    """Calls of this queue ("*": of every queue) are answered by themselves after so long."""

    queue: str
    after_seconds: float = 1.0


@dataclass(frozen=True, slots=True)
class SipAccess:
    """How the phone process registers at the PBX. `repr` does not show the secret.

    `authority` is the site's own certificate authority as PEM text, empty for the system's.
    `digits_by` is `events` (RFC 4733) or `info`.
    """

    registrar: str = ""
    user: str = ""
    secret: str = field(default="", repr=False)
    transport: str = "tls"
    authority: str = ""
    requires_srtp: bool = True
    digits_by: str = "events"
    auto_answer: tuple[AutoAnswerRule, ...] = ()


class NumberForm(Enum):
    """What the PBX wants to be given: +5511987654321, 11987654321, or 0 15 11987654321."""

    E164 = "e164"
    NATIONAL = "national"
    CARRIER = "carrier"


@dataclass(frozen=True, slots=True)
class DialSettings:
    """How this site dials; models/rules/dial_plan.py carries it out.

    `area_code` belongs to numbers written without one, `carrier_code` is the long-distance
    carrier the site chose, `outside_prefix` stands before what leaves the house.
    """

    country: str = "br"
    area_code: str = ""
    carrier_code: str = ""
    outside_prefix: str = ""
    number_form: NumberForm = NumberForm.E164
    extension_lengths: tuple[int, ...] = (3, 4, 5)


@dataclass(frozen=True, slots=True)
class Site:
    """What sign-in told this desk.

    `fact_key` (32 bytes) keys the digests of verification answers (docs/data.md, Facts);
    `client` is the UUID of this desk's local.db and, with an intent's number, its identity.
    `sealing_key` is the site's X25519 public key, 32 bytes, or empty.
    """

    agent: SignedInAgent
    fact_key: bytes = field(repr=False)
    client: UUID
    name: str = ""
    time_zone: str = "America/Sao_Paulo"
    rights: frozenset[str] = frozenset()
    scopes: frozenset[str] = frozenset()
    sip: SipAccess = SipAccess()
    sealing_key: bytes = b""
    dial_plan: DialSettings = DialSettings()


def site_from(answer: Mapping[str, Any], client: UUID) -> Site:
    """The site from the centre's answer to `api_v1.sign_in` (docs/data.md §2)."""
    agent, place = answer["agent"], answer.get("site") or {}
    return Site(
        agent=SignedInAgent(
            id=UUID(agent["id"]),
            user_name=agent["user_name"],
            name=agent["name"],
            business_role=agent.get("business_role") or "agent",
            team_id=UUID(agent["team_id"]) if agent.get("team_id") else None,
            extension=agent.get("extension") or "",
        ),
        fact_key=bytes.fromhex(answer["fact_key"]),
        client=client,
        name=place.get("name") or "",
        time_zone=place.get("time_zone") or "America/Sao_Paulo",
        rights=frozenset(answer.get("rights") or ()),
        scopes=frozenset(answer.get("scopes") or ()),
        sip=_sip_from(answer.get("sip") or {}),
        sealing_key=bytes.fromhex(answer.get("sealing_key") or ""),
        dial_plan=_dial_plan_from(place.get("dial_plan") or {}),
    )


def with_phone_secret(site: Site, secret: str) -> Site:
    """The site with the secret its line registers with; no file keeps it."""
    return replace(site, sip=replace(site.sip, secret=secret))


def _sip_from(answer: Mapping[str, Any]) -> SipAccess:
    words = {name: answer.get(name) or "" for name in ("registrar", "user", "secret", "authority")}
    return SipAccess(
        **words,
        transport=answer.get("transport") or "tls",
        requires_srtp=answer.get("requires_srtp") is not False,
        digits_by=answer.get("digits_by") or "events",
        auto_answer=tuple(
            AutoAnswerRule(rule["queue"], float(rule["after_seconds"]))
            for rule in answer.get("auto_answer") or ()
        ),
    )


def _number_form(word: object) -> NumberForm:
    """A form this release does not know (a newer centre) is the one every PBX understands."""
    known = {form.value: form for form in NumberForm}
    return known.get(str(word), DialSettings().number_form)


def _dial_plan_from(answer: Mapping[str, Any]) -> DialSettings:
    """A centre of the first version says nothing of it; then the defaults hold."""
    usual = DialSettings()
    names = ("country", "area_code", "carrier_code", "outside_prefix")
    words = {name: str(answer.get(name, getattr(usual, name))) for name in names}
    return DialSettings(
        **words,
        number_form=_number_form(answer.get("number_form")),
        extension_lengths=tuple(answer.get("extension_lengths", usual.extension_lengths)),
    )
