from __future__ import annotations
from tests.central_fixtures import Centre, ConnectAs, Pusher


def test_sign_in(centre: Centre, connect_as: ConnectAs) -> None:
    ana = Pusher(connect_as("ana"))
    result = ana.push("interaction.begin", {"id": str(ana.client), "protocol": "2026112100000010"})
    assert result["state"] == "accepted"
