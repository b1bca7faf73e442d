"""Who cannot sign in is told why, each reason in words of its own, and nothing is lost by it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from agent_desktop.central import database, staff
from agent_desktop.demo.staff import BRUNO
from agent_desktop.models.store.mirror import Mirror, kept_value
from agent_desktop.models.store.stores import MIRROR_FILE
from agent_desktop.sync import lease
from agent_desktop.sync.connection import Server
from agent_desktop.sync.sign_in import folder_of
from agent_desktop.system.credentials import KeySafe
from tests.stories.conftest import ADesk
from tests.stories.story import MARINA, Centre, Computer, Desk

NOBODY_THERE = "127.0.0.1:9/luz_do_planalto"


def long_ago(computer: Computer) -> None:
    """The centre was last heard of four days ago: so it stands in the computer's mirror."""
    agent = computer.agent
    safe = KeySafe(f"{computer.profile}/{computer.server}", computer.ring)
    keys = safe.unwrap(agent.user_name, agent.password)
    assert keys is not None
    server = Server.parse(computer.server)
    folder = folder_of(computer.settings.folder, server, agent.user_name)
    mirror = Mirror(folder / MIRROR_FILE, keys.mirror)
    with mirror.writing() as c:
        answer = kept_value(c, lease.KEY)["answer"]
        lease.keep_answer(c, answer, datetime.now(UTC) - timedelta(days=4))
    mirror.close()


def test_a_wrong_password_says_so_and_the_right_one_goes_on(a_desk: ADesk) -> None:
    desk = a_desk(signed_in=False)
    assert "User or password is not right" in desk.tries_to_sign_in(password="guessed")
    assert "User or password is not right" in desk.tries_to_sign_in(user="nobody")
    desk.signs_in().is_in_sync()


def test_a_server_that_does_not_answer_says_so(a_desk: ADesk) -> None:
    desk = a_desk(signed_in=False)
    words = desk.tries_to_sign_in(server=NOBODY_THERE)
    assert words == "The server does not answer. Check its name and the network."


def test_who_never_signed_in_here_cannot_do_it_offline(desk: Desk, centre: Centre) -> None:
    desk.closes()
    centre.goes_down()
    desk.computer.agent, rita = BRUNO, desk.computer.agent
    desk.opens()
    assert "You have never signed in on this computer" in desk.tries_to_sign_in()

    desk.closes()
    desk.computer.agent = rita
    desk.opens().signs_in().is_offline()


def test_a_wrong_password_is_told_offline_too(desk: Desk, centre: Centre) -> None:
    centre.goes_down()
    desk.restarts()
    assert "User or password is not right" in desk.tries_to_sign_in(password="guessed")
    desk.signs_in().is_offline()


def test_an_expired_lease_says_so_and_keeps_what_was_not_sent(desk: Desk, centre: Centre) -> None:
    desk.takes_call(MARINA)
    centre.goes_down()
    number = desk.writes_ticket("Written before the long weekend")
    desk.hangs_up()
    desk.closes()
    long_ago(desk.computer)

    desk.opens()
    assert "Offline work on this computer has ended" in desk.tries_to_sign_in()
    centre.comes_back()
    desk.signs_in().is_in_sync()
    assert centre.has_ticket(number)


def test_without_a_keyring_the_program_says_what_that_means(a_desk: ADesk, centre: Centre) -> None:
    desk = a_desk(signed_in=False)
    desk.closes()
    desk.computer.ring, desk.computer.is_demo = None, False
    desk.opens().signs_in().is_in_sync()
    desk.sees("This computer has no keyring")
    centre.goes_down()
    desk.restarts()
    words = desk.tries_to_sign_in()
    assert words
    assert "password is not right" not in words


def test_who_is_offboarded_while_at_work_is_out_and_the_mirror_is_gone(
    desk: Desk, centre: Centre, request: pytest.FixtureRequest
) -> None:
    computer, agent = desk.computer, desk.computer.agent
    folder = folder_of(computer.settings.folder, Server.parse(computer.server), agent.user_name)
    assert (folder / MIRROR_FILE).exists()
    with database.connect(centre.dsn) as admin:
        assert staff.offboard(admin, agent.user_name) > 0
        # The role is of the server, which other stories use.
        request.addfinalizer(lambda: centre.does(f"alter role {agent.user_name} login"))
    desk.waits(lambda: not desk.is_signed_in, "the sign-in page")
    assert "may not sign in any more" in desk.message
    assert not (folder / MIRROR_FILE).exists()
    safe = KeySafe(f"{computer.profile}/{computer.server}", computer.ring)
    keys = safe.unwrap(agent.user_name, agent.password)
    assert keys is not None
    assert keys.mirror == b""
