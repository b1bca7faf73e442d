"""An edge: the questions of sync/questions.py, answered over HTTPS.

It keeps nothing between two requests, so that any number of edges may stand side by side and a
desk may be served by each in turn."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from functools import partial
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from agent_desktop.errors import AgentDesktopError, CentreUnreachable, SignInFailed
from agent_desktop.hub.agent_access import AgentAccess
from agent_desktop.hub.hint_throttle import HintThrottle
from agent_desktop.hub.hints import Hints
from agent_desktop.hub.login_throttle import LoginThrottle, TooManyTries
from agent_desktop.hub.presence import OwnAnswer
from agent_desktop.hub.tokens import AccessTokens
from agent_desktop.models.store import tables
from agent_desktop.sync import queries, wire
from agent_desktop.sync.answers import CursorUnknown, NotOffered
from agent_desktop.sync.questions import QUESTIONS

#: No desk sends more in one request.
MOST_BYTES = 4 << 20
#: A stream of hints says something this often, so that a dead line is noticed.
HEARTBEAT_SECONDS = 15.0
_ROWS_AT_ONCE = 2000
#: Hints an edge gives to all its desks: each makes a pull, 3 ms of a processor here.
HINTS_A_SECOND = 200.0
#: With so many questions before it an edge is busy.
BUSY = 12


class Edge:
    """The application that the server runs."""

    def __init__(
        self,
        access: AgentAccess,
        tokens: AccessTokens,
        hints: Hints,
        answers: Mapping[str, OwnAnswer] | None = None,
        *,
        hints_a_second: float = HINTS_A_SECOND,
    ) -> None:
        """`answers` are questions that are not simply the centre's (hub/presence.py)."""
        self._asked = 0
        self._hint_throttle = HintThrottle(hints, hints_a_second, lambda: self._asked >= BUSY)
        self._access = access
        self._answers = answers or {}
        self._login_throttle = LoginThrottle()
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
            await run_in_threadpool(self._login_throttle.check, user, look)
            token = await run_in_threadpool(self._tokens.issue, user)
        except (AgentDesktopError, ValueError, TypeError) as error:
            return _failed(error)
        return _said(token)

    async def _ask(self, request: Request) -> Response:
        name = request.path_params["question"]
        # Before the token is looked at: what an edge knows is no secret, and an older edge must say
        # "not offered" to a newer desk whatever else is the matter.
        if name not in QUESTIONS:
            return _failed(NotOffered(name))
        self._asked += 1
        try:
            user = await self._user(request)
            answer = await run_in_threadpool(self._answer, name, user, await _body(request))
        except (AgentDesktopError, ValueError, TypeError, IndexError) as error:
            return _failed(error)
        finally:
            self._asked -= 1
        return _said(answer)

    def _answer(self, name: str, user: str, body: bytes) -> Any:
        question = QUESTIONS[name]
        # In a worker thread, as all that follows: the loop that serves all desks only moves bytes.
        values = question.unpack(body)
        if name in self._answers:
            return question.gives.pack(self._answers[name](user, *values))
        return question.gives.pack(self._access.ask(user, question, *values))

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
        loop, throttle = asyncio.get_running_loop(), self._hint_throttle
        ends_at, known = loop.time() + self._tokens.token_seconds, throttle.heard
        with throttle.joined():
            yield b"."
            while loop.time() < ends_at:
                try:
                    known = await throttle.news(known, HEARTBEAT_SECONDS)
                except TimeoutError:
                    yield b"."
                    continue
                yield b"!"
                await throttle.rest()

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
