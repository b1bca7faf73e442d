"""Questions of a screen against a real centre: the line opens lazily, anew once, and closes."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from agent_desktop.errors import CentreUnreachable, SignInFailed
from agent_desktop.sync import questions
from agent_desktop.sync.centre import Centre as Line
from agent_desktop.sync.query_session import QuerySession
from agent_desktop.sync.server import Server
from tests.central_fixtures import Centre, password_of
from tests.sync.desk_at import server_of
from tests.waiting import until

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(120)]

PATIENCE_SECONDS = 40


def lines(centre: Centre) -> int:
    """How many connections ana has."""
    return int(centre.one("select count(*) from pg_stat_activity where usename = 'ana'"))


def break_lines(centre: Centre) -> None:
    """End her connections as a restart of the centre does."""
    centre.one(
        "select count(pg_terminate_backend(pid, 5000)) from pg_stat_activity where usename = 'ana'"
    )


def position(line: Line) -> str:
    """A question."""
    return line.ask(questions.POSITION).snapshot


@pytest.fixture
def inquiries(centre: Centre) -> Iterator[QuerySession]:
    centre.add_agent("ana")
    with closing(QuerySession(server_of(centre.dsn), "ana", password_of("ana"))) as made:
        yield made


def test_a_line_is_opened_by_the_first_question_and_kept(
    centre: Centre, inquiries: QuerySession
) -> None:
    assert not inquiries.is_open
    assert lines(centre) == 0
    assert inquiries.ask(position) == inquiries.ask(position)
    assert lines(centre) == 1


def test_a_line_that_broke_between_two_questions_is_opened_anew_once(
    centre: Centre, inquiries: QuerySession
) -> None:
    inquiries.ask(position)
    break_lines(centre)
    asked: list[Line] = []

    def question(line: Line) -> int:
        asked.append(line)
        return line.ask(questions.POSITION).generation

    assert inquiries.ask(question)
    assert len(set(map(id, asked))) == 2
    break_lines(centre)
    with pytest.raises(CentreUnreachable):
        inquiries.ask(question, again=False)
    assert len(asked) == 3
    assert inquiries.ask(question)  # a fresh line is no second try
    assert len(asked) == 4


def test_a_fresh_line_that_breaks_is_not_tried_again(
    centre: Centre, inquiries: QuerySession
) -> None:
    asked = 0

    def question(line: Line) -> None:
        nonlocal asked
        asked += 1
        break_lines(centre)
        line.ask(questions.POSITION)

    with pytest.raises(CentreUnreachable):
        inquiries.ask(question)
    assert asked == 1
    assert not inquiries.is_open


def test_quiet_closes_the_line_and_a_question_opens_another(centre: Centre) -> None:
    centre.add_agent("ana")
    server = server_of(centre.dsn)
    with closing(QuerySession(server, "ana", password_of("ana"), quiet_seconds=0.3)) as inquiries:
        inquiries.ask(position)
        until(lambda: not inquiries.is_open)
        until(lambda: lines(centre) == 0)
        inquiries.ask(position)
        assert inquiries.is_open


def test_hanging_up_ends_what_is_being_asked(centre: Centre, inquiries: QuerySession) -> None:
    begun, failed = threading.Event(), threading.Event()
    ears = socket.socketpair()

    def question(line: Line) -> None:
        begun.set()
        for _ in range(1000):
            line.wait(0.05, ears[0])
            line.ask(questions.POSITION)
        raise AssertionError("nobody hung up")

    def asks() -> None:
        with pytest.raises(CentreUnreachable):
            inquiries.ask(question)
        failed.set()

    thread = threading.Thread(target=asks)
    thread.start()
    assert begun.wait(PATIENCE_SECONDS)
    inquiries.hang_up()
    assert failed.wait(PATIENCE_SECONDS)
    thread.join()
    for ear in ears:
        ear.close()
    assert not inquiries.is_open
    until(lambda: lines(centre) == 0)
    assert inquiries.ask(position)  # locked and unlocked again: asking works as before


def test_nothing_is_asked_after_the_end(centre: Centre, inquiries: QuerySession) -> None:
    inquiries.ask(position)
    inquiries.close()
    with pytest.raises(CentreUnreachable):
        inquiries.ask(position)
    until(lambda: lines(centre) == 0)


def test_several_threads_ask_one_after_the_other(centre: Centre, inquiries: QuerySession) -> None:
    inside, most, seen = 0, 0, []

    def question(line: Line) -> int:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        found = line.ask(questions.POSITION).generation
        inside -= 1
        return found

    threads = [
        threading.Thread(target=lambda: seen.append(inquiries.ask(question))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(seen), most, lines(centre)) == (8, 1, 1)


def test_who_is_no_agent_any_more_and_what_does_not_answer(centre: Centre) -> None:
    centre.add_agent("ana")
    with closing(QuerySession(server_of(centre.dsn), "ana", "wrong")) as stranger:
        with pytest.raises(SignInFailed):
            stranger.ask(position)
        stranger.use_password(password_of("ana"))
        assert stranger.ask(position)
    with socket.socket() as shut:
        shut.bind(("127.0.0.1", 0))
        nowhere = Server("127.0.0.1", shut.getsockname()[1])
        with closing(QuerySession(nowhere, "ana", "x")) as away, pytest.raises(CentreUnreachable):
            away.ask(position)
