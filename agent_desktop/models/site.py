"""Who is signed in, and at which site: one frozen value, set at sign-in. No SQLAlchemy here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
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
class SipAccess:
    """How the phone process registers at the PBX. `repr` does not show the secret."""

    registrar: str = ""
    user: str = ""
    secret: str = field(default="", repr=False)
    transport: str = "tls"


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
    )


def _sip_from(answer: Mapping[str, Any]) -> SipAccess:
    words = {name: answer.get(name) or "" for name in ("registrar", "user", "secret")}
    return SipAccess(**words, transport=answer.get("transport") or "tls")
