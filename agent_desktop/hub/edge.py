"""An edge: the desk's `Line`, offered over HTTPS. It keeps nothing between two requests, so that
any number of edges may stand side by side and a desk may be served by each in turn."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from agent_desktop.errors import AgentDesktopError, CentreUnreachable, SignInFailed
from agent_desktop.hub.agent_access import AgentAccess, Connection
from agent_desktop.hub.hint_throttle import HintThrottle
from agent_desktop.hub.hints import Hints
from agent_desktop.hub.login_throttle import LoginThrottle, TooManyTries
from agent_desktop.hub.presence import Answer
from agent_desktop.hub.tokens import SignInTokens
from agent_desktop.models.store import tables
from agent_desktop.sync import queries, search_query, wire
from agent_desktop.sync.centre import CursorUnknown, NotOffered

#: No desk sends more in one request.
MOST_BYTES = 4 << 20
#: A stream of hints says something this often, so that a dead line is noticed.
HEARTBEAT_SECONDS = 15.0
_ROWS_AT_ONCE = 2000
#: Hints an edge gives to all its desks: each makes a pull, 3 ms of a processor here.
HINTS_A_SECOND = 200.0
#: With so many questions before it an edge is busy.
BUSY = 12


@dataclass(frozen=True, slots=True)
class Question:
    """How one question is answered: `answer(connection, arguments)` to a value to be packed."""

    answer: Callable[[Connection, Any], Any]
    reads: bool = False


def _owner(c: Connection, a: Any) -> bytes | None:
    found = search_query.owner(c, str(a[0]), UUID(bytes=a[1]))
    return None if found is None else found.bytes


QUESTIONS = {
    "sign_in": Question(
        lambda c, a: wire.json_out(queries.sign_in(c, UUID(bytes=a[0]), str(a[1])))
    ),
    "position": Question(lambda c, a: wire.cursor_out(queries.position(c)), reads=True),
    "lease_numbers": Question(lambda c, a: queries.lease_numbers(c, UUID(bytes=a[0]), str(a[1]))),
    "push": Question(
        lambda c, a: wire.answer_out(queries.push(c, UUID(bytes=a[0]), wire.parcel_in(a[1])))
    ),
    "ask_reveal": Question(lambda c, a: queries.ask_reveal(c, UUID(bytes=a[0]), str(a[1]))),
    "reveal": Question(lambda c, a: queries.reveal(c, UUID(bytes=a[0]), str(a[1]))),
    "acknowledge": Question(lambda c, a: queries.acknowledge(c, UUID(bytes=a[0]), _cursor(a[1]))),
    "pull": Question(
        lambda c, a: wire.page_out(
            queries.pull(c, _cursor(a[0]), wire.cursor_in(a[1]), (str(a[2]), int(a[3])), int(a[4]))
        ),
        reads=True,
    ),
    "password_rule": Question(lambda c, a: wire.json_out(queries.password_rule(c)), reads=True),
    "change_password": Question(lambda c, a: queries.change_password(c, str(a[0]))),
    "quarantine": Question(lambda c, a: queries.quarantine(c, str(a[0]), *a[1:])),
    "ask_search": Question(lambda c, a: search_query.ask_search(c, str(a[0]))),
    "search": Question(lambda c, a: wire.json_out(search_query.search(c, str(a[0]))), reads=True),
    "owner": Question(_owner, reads=True),
    "departed": Question(lambda c, a: queries.departed(c, [str(one) for one in a[0]]), reads=True),
    "presence": Question(
        lambda c, a: wire.json_out(queries.presence(c, UUID(bytes=a[0]), wire.stand_in(a[1])))
    ),
    "leave": Question(lambda c, a: queries.leave(c, UUID(bytes=a[0]))),
    "account_rows": Question(
        lambda c, a: wire.rows_out(queries.account_rows(c, UUID(bytes=a[0]))), reads=True
    ),
    "own_rows": Question(lambda c, a: wire.rows_out(queries.own_rows(c)), reads=True),
    "snapshot_offer": Question(
        lambda c, a: wire.offer_out(queries.snapshot_offer(c, int(a[0]))), reads=True
    ),
    "snapshot_part": Question(
        lambda c, a: queries.snapshot_part(c, UUID(bytes=a[0]), int(a[1])), reads=True
    ),
}


def _cursor(found: Any) -> Any:
    cursor = wire.cursor_in(found)
    if cursor is None:
        raise ValueError("no cursor")
    return cursor


class Edge:
    """The application that the server runs."""

    def __init__(
        self,
        access: AgentAccess,
        tokens: SignInTokens,
        hints: Hints,
        answers: Mapping[str, Answer] | None = None,
        *,
        hints_a_second: float = HINTS_A_SECOND,
    ) -> None:
        """`answers` are questions that are not simply the centre's (hub/presence.py)."""
        self._asked = 0
        self._pace = HintThrottle(hints, hints_a_second, lambda: self._asked >= BUSY)
        self._access = access
        self._answers = answers or {}
        self._doorkeeper = LoginThrottle()
        self._tokens = tokens
        self.application = Starlette(
            routes=[
                Route(f"{wire.PATH}log-in", self._log_in, methods=["POST"]),
                Route(f"{wire.PATH}ask/{{question}}", self._ask, methods=["POST"]),
                Route(f"{wire.PATH}rows", self._rows, methods=["POST"]),
                Route(f"{wire.PATH}hints", self._wait, methods=["POST"]),
            ]
        )

    # -- requests --------------------------------------------------------------------------
    async def _log_in(self, request: Request) -> Response:
        try:
            user, password = map(str, wire.unpack(await _body(request)))
            look = partial(self._access.check_password, user, password)
            await run_in_threadpool(self._doorkeeper.check, user, look)
            token = await run_in_threadpool(self._tokens.issue, user)
        except (AgentDesktopError, ValueError, TypeError) as error:
            return _failed(error)
        return _said(token)

    async def _ask(self, request: Request) -> Response:
        name = request.path_params["question"]
        if name not in QUESTIONS:
            return _failed(NotOffered(name))
        self._asked += 1
        try:
            user = await self._user(request)
            arguments = wire.unpack(await _body(request))
            answer = await run_in_threadpool(self._answer, name, user, arguments)
        except (AgentDesktopError, ValueError, TypeError, IndexError) as error:
            return _failed(error)
        finally:
            self._asked -= 1
        return _said(answer)

    def _answer(self, name: str, user: str, arguments: Any) -> Any:
        if name in self._answers:
            return self._answers[name](user, arguments)
        question = QUESTIONS[name]
        return self._access.ask(
            user, lambda c: question.answer(c, arguments), read_only=question.reads
        )

    async def _rows(self, request: Request) -> Response:
        """All rows of this agent in one moment, in packets: first cursor and number expected."""
        try:
            packets = self._packets(await self._user(request))
            first = await run_in_threadpool(next, packets)
        except AgentDesktopError as error:
            return _failed(error)

        def all_packets() -> Iterator[bytes]:
            yield first
            yield from packets

        return StreamingResponse(all_packets(), media_type=wire.CONTENT_TYPE)

    def _packets(self, user: str) -> Iterator[bytes]:
        with self._access.speaking(user, read_only=True) as connection:
            connection.execute("set local statement_timeout = 0")
            reader = queries.Reader(connection)
            cursor = wire.cursor_out(queries.position(connection))
            about = {"columns": wire.columns_of(tables.MIRRORED)}
            yield wire.pack(("cursor", cursor, reader.expected, about))
            for table in tables.MIRRORED:
                packet: list[tuple[Any, ...]] = []
                for row in reader.rows(table):
                    packet.append(row)
                    if len(packet) == _ROWS_AT_ONCE:
                        yield wire.pack(("rows", table, packet))
                        packet = []
                yield wire.pack(("rows", table, packet))
            yield wire.pack(("end", "", ()))

    async def _wait(self, request: Request) -> Response:
        try:
            await self._user(request)
        except AgentDesktopError as error:
            return _failed(error)
        return StreamingResponse(self._hints_of_feed(), media_type="application/octet-stream")

    async def _hints_of_feed(self) -> AsyncIterator[bytes]:
        """`!` for a hint, `.` that the line lives. It ends when a token would."""
        loop, pace = asyncio.get_running_loop(), self._pace
        ends_at, known = loop.time() + self._tokens.token_seconds, pace.heard
        with pace.joined():
            yield b"."
            while loop.time() < ends_at:
                try:
                    known = await pace.news(known, HEARTBEAT_SECONDS)
                except TimeoutError:
                    yield b"."
                    continue
                yield b"!"
                await pace.rest()

    async def _user(self, request: Request) -> str:
        """Whose request this is. Raises SignInFailed token_ended."""
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        user = None
        if kind == "Bearer":
            user = self._tokens.known_user(token)
            if user is None:
                user = await run_in_threadpool(self._tokens.user_of, token)
        if user is None:
            raise SignInFailed("token_ended")
        return user


async def _body(request: Request) -> bytes:
    """The request's body. Raises ValueError when it is too long."""
    data = b""
    async for part in request.stream():
        data += part
        if len(data) > MOST_BYTES:
            raise ValueError("too long")
    return data


def _said(value: Any) -> Response:
    return Response(wire.pack(value), media_type=wire.CONTENT_TYPE)


#: What went wrong -> HTTP status; hub_connection.py turns them back.
STATUS: tuple[tuple[type[Exception], int], ...] = (
    (SignInFailed, 401),
    (CursorUnknown, 410),
    (TooManyTries, 429),
    (CentreUnreachable, 503),
    (NotOffered, 404),
    (AgentDesktopError, 500),
)


def _failed(error: Exception) -> Response:
    status = next((code for kind, code in STATUS if isinstance(error, kind)), 400)
    words = error.code if isinstance(error, SignInFailed) else str(error)
    return Response(wire.pack(words), status, media_type=wire.CONTENT_TYPE)
