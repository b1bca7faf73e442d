"""Who guesses an agent's password at an edge is made to wait, and nobody else is."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from agent_desktop.errors import CentreUnreachable, SignInFailed
from agent_desktop.hub import login_throttle
from agent_desktop.hub.login_throttle import FREE, LoginThrottle, TooManyTries
from agent_desktop.sync.hub_connection import HubConnection
from tests.central_fixtures import Centre, password_of
from tests.hub.hub_at import Hub, hub_login


def wrong() -> None:
    raise SignInFailed("wrong_password")


def away() -> None:
    raise CentreUnreachable("no answer")


def guess(keeper: LoginThrottle, times: int, user: str = "ana") -> None:
    for _ in range(times):
        with pytest.raises(SignInFailed):
            keeper.check(user, wrong)


def test_after_some_wrong_ones_even_the_right_one_waits() -> None:
    keeper = LoginThrottle()
    guess(keeper, FREE)
    with pytest.raises(TooManyTries):
        keeper.check("ana", lambda: None)
    keeper.check("bia", lambda: None)


def test_the_right_one_begins_anew_and_a_centre_that_is_away_does_not_count() -> None:
    keeper = LoginThrottle()
    guess(keeper, FREE - 1)
    for _ in range(3 * FREE):
        with pytest.raises(CentreUnreachable) as failed:
            keeper.check("ana", away)
        assert not isinstance(failed.value, TooManyTries)
    keeper.check("ana", lambda: None)
    guess(keeper, FREE)


def test_after_the_pause_one_may_be_tried() -> None:
    keeper = LoginThrottle(pause_seconds=0.0)
    guess(keeper, 4 * FREE)
    keeper.check("ana", lambda: None)


def test_many_at_a_time_do_not_slip_through_together() -> None:
    keeper, looked = LoginThrottle(), []
    gate = threading.Barrier(40)

    def look() -> None:
        looked.append(1)
        raise SignInFailed("wrong_password")

    def try_one() -> None:
        gate.wait(20)
        with pytest.raises((SignInFailed, TooManyTries)):
            keeper.check("ana", look)

    threads = [threading.Thread(target=try_one) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(looked) == FREE


def test_made_up_names_do_not_fill_the_memory() -> None:
    keeper = LoginThrottle()
    for n in range(login_throttle.MOST_NAMES + 50):
        guess(keeper, 1, f"nobody {n}")
    assert len(keeper) == login_throttle.MOST_NAMES


@pytest.fixture
def hub(centre: Centre, tmp_path: Path) -> Iterator[Callable[[], Hub]]:
    """Makes edges."""
    opened = []
    with hub_login(centre) as login:

        def make() -> Hub:
            opened.append(Hub(login.dsn, tmp_path, "--no-collector"))
            return opened[-1]

        yield make
        for one in opened:
            one.stop()


@pytest.mark.postgres
@pytest.mark.timeout(180)
def test_an_edge_refuses_guesses(centre: Centre, hub: Callable[[], Hub]) -> None:
    centre.add_agent("ana")
    centre.add_agent("bia")
    edge = hub()
    for _ in range(FREE):
        with pytest.raises(SignInFailed):
            HubConnection(edge.server, "ana", "guess")
    with pytest.raises(CentreUnreachable) as waits:
        HubConnection(edge.server, "ana", password_of("ana"))
    assert waits.value.code == "too_many_passwords"
    HubConnection(edge.server, "bia", password_of("bia")).close()
