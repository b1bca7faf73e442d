"""A desk of Ana's at a centre with one account."""

from __future__ import annotations

import uuid
from typing import Any
from uuid import UUID

import pytest

from tests.central_fixtures import Centre, ConnectAs, Pusher


@pytest.fixture
def account(centre: Centre) -> UUID:
    """An account that everybody may see."""
    return centre.add_account(name="Marina Alves", email="marina@example.com", city="Campinas")


@pytest.fixture
def ana(connect_as: ConnectAs) -> Pusher:
    """An agent's desk."""
    return Pusher(connect_as("ana"))


@pytest.fixture
def sofia(centre: Centre, connect_as: ConnectAs) -> Pusher:
    """A second-level specialist's desk."""
    centre.add_agent("sofia", business_role="second_level")
    return Pusher(connect_as("sofia"))


@pytest.fixture
def helena(centre: Centre, connect_as: ConnectAs) -> Pusher:
    """A supervisor's desk."""
    centre.add_agent("helena", business_role="supervisor")
    return Pusher(connect_as("helena"))


@pytest.fixture
def field_team(centre: Centre) -> UUID:
    """A second-level team."""
    team = uuid.uuid4()
    centre.insert("team", id=team, code="field", name="Field", level=2)
    return team


def new_id() -> str:
    """A record's id as a payload has it."""
    return str(uuid.uuid4())


def accepted(result: dict[str, Any]) -> dict[str, Any]:
    """The result, which must say accepted."""
    assert result["state"] == "accepted", result
    assert int(result["xid"]) > 0
    return result


def refusal(result: dict[str, Any]) -> str:
    """The code of a result that must say refused."""
    assert result["state"] == "refused", result
    code: str = result["code"]
    return code


_protocols = iter(range(1, 10**6))


def begun(desk: Pusher, account_id: UUID | None = None, **other: Any) -> str:
    """An interaction that this desk has begun."""
    interaction = new_id()
    payload = {"id": interaction, "protocol": f"20261121{next(_protocols):07d}0", **other}
    if account_id:
        payload["account_id"] = str(account_id)
    accepted(desk.push("interaction.begin", payload))
    return interaction


_numbers = iter(range(1, 10**6))


def opened(desk: Pusher, account_id: UUID, **other: Any) -> str:
    """A ticket that this desk has opened."""
    ticket = new_id()
    payload = {
        "id": ticket,
        "number": f"TK-{next(_numbers)}",
        "account_id": str(account_id),
        "subject": "No light",
        **other,
    }
    accepted(desk.push("ticket.create", payload))
    return ticket


def quoted(desk: Pusher, account_id: UUID, items: int = 1, **other: Any) -> str:
    """A service order that this desk has made."""
    order = new_id()
    payload = {
        "id": order,
        "number": f"SO-{next(_numbers)}",
        "account_id": str(account_id),
        "title": "Swap the meter",
        "items": [item(position) for position in range(items)],
        **other,
    }
    accepted(desk.push("order.create", payload))
    return order


def item(position: int) -> dict[str, Any]:
    """A line of an order."""
    return {
        "id": new_id(),
        "position": position,
        "kind": "service",
        "product_code": "SWAP",
        "name": "Meter swap",
        "quantity_milli": 1500,
        "unit_price_cents": 9900,
        "charge": "charged",
    }
