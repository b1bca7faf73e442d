"""A desk with a connection of its own and a desk behind an edge hear of each other."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID, uuid4

import pytest

from agent_desktop.errors import SignInFailed
from agent_desktop.models.agent.presence import NOWHERE, OtherAgent, Stand
from agent_desktop.sync import questions
from agent_desktop.sync.connection import DirectConnection as DirectLine
from tests.central_fixtures import Centre, password_of
from tests.hub.hub_at import Hub, hub_login
from tests.hub.test_hub import desk_at, line_of
from tests.sync.desk_at import server_of
from tests.sync.test_presence import told

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(180)]


def test_direct_and_through_the_hub(centre: Centre, tmp_path: Path) -> None:
    mayor = Stand("account", centre.add_account(scope="vip"), "note")
    marina = Stand("account", centre.add_account(name="Marina"), "email")
    centre.add_agent("ana")
    centre.add_agent("carla", scopes=("company", "vip"))
    with hub_login(centre) as login:
        hub = Hub(login.dsn, tmp_path, "--no-collector")
        try:
            direct = DirectLine(server_of(centre.dsn), "ana", password_of("ana"))
            with direct, line_of(hub, "carla") as through:
                ana, carla = uuid4(), uuid4()
                direct.ask(questions.SIGN_IN, ana, "PC1")
                through.ask(questions.SIGN_IN, carla, "PC2")
                assert told(through, carla, marina).here == ()
                assert told(direct, ana, marina).here == (OtherAgent("Carla", "email"),)
                assert told(through, carla, marina).here == (OtherAgent("Ana", "email"),)
                told(through, carla, mayor)
                assert told(direct, ana, mayor).here == (), "beyond the scope"
                assert told(through, carla, mayor).here == ()
                with pytest.raises(SignInFailed):
                    told(through, ana, marina)
                _same_agent_twice(hub, direct, ana)
        finally:
            hub.stop()


def _same_agent_twice(hub: Hub, direct: DirectLine, first: UUID) -> None:
    with line_of(hub) as other:
        client = uuid4()
        other.ask(questions.SIGN_IN, client, "PC3")
        found = told(other, client, NOWHERE)
        assert [one.host for one in found.elsewhere] == ["PC1"]
        assert [one.host for one in told(direct, first, NOWHERE).elsewhere] == ["PC3"]
        other.ask(questions.LEAVE, client)
        assert told(direct, first, NOWHERE).elsewhere == ()


def test_a_desk_behind_the_hub_tells_and_hears(centre: Centre, tmp_path: Path) -> None:
    marina = centre.add_account(name="Marina")
    for user in ("ana", "bia"):
        centre.add_agent(user)
    with hub_login(centre) as login:
        hub = Hub(login.dsn, tmp_path, "--no-collector")
        try:
            with (
                desk_at(centre, hub.server, tmp_path / "ana") as ana,
                desk_at(centre, hub.server, tmp_path / "bia", "bia") as bia,
            ):
                ana.stand_at("account", marina)
                bia.stand_at("account", marina, "note")
                ana.until(lambda: ana.presence.here == (OtherAgent("Bia", "note"),))
                bia.until(lambda: bia.presence.here == (OtherAgent("Ana"),))
        finally:
            hub.stop()
