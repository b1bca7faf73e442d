"""`agent-desktop hub`: an edge and, unless another one has the duty, the site's collector.

The hub's log-in is made with `agent-desktop admin add-hub`; the server is named by --dsn or
AGENT_DESKTOP_HUB_DSN, its password by libpq's own ways (PGPASSWORD, a password file).
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path

import uvicorn
from psycopg.conninfo import conninfo_to_dict
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool

from agent_desktop.hub.agent_access import AgentAccess
from agent_desktop.hub.collector import RENEWED_AFTER, Collector
from agent_desktop.hub.edge import HINTS_A_SECOND, Edge
from agent_desktop.hub.hints import FEED, Hints, NatsHints, PostgresHints
from agent_desktop.hub.nats_bus import NatsBus, NatsServer
from agent_desktop.hub.presence import SharedPresence
from agent_desktop.hub.tokens import TOKEN_SECONDS, SignInTokens

DSN_VARIABLE = "AGENT_DESKTOP_HUB_DSN"


def main(argv: Sequence[str]) -> int:
    """Serve until told to end (SIGINT, SIGTERM). Returns the exit status."""
    options = _parser().parse_args(argv)
    dsn = options.dsn or os.environ.get(DSN_VARIABLE, "")
    if not dsn:
        print(
            f"agent-desktop hub: say which centre: --dsn '...' or {DSN_VARIABLE}", file=sys.stderr
        )
        return 2
    host, _, port = options.listen.rpartition(":")
    if not host or not port.isdigit():
        print("agent-desktop hub: --listen wants host:port", file=sys.stderr)
        return 2
    config = uvicorn.Config(
        _application(dsn, options),
        host=host.strip("[]"),
        port=int(port),
        ssl_certfile=options.certificate,
        ssl_keyfile=options.key,
        http="h11",
        ws="none",
        access_log=False,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=2,
        limit_concurrency=options.most_desks * 3,
    )
    uvicorn.Server(config).run()
    return 0


def _fail(words: str) -> int:
    print(f"agent-desktop hub: {words}", file=sys.stderr)
    return 2


def _application(dsn: str, options: argparse.Namespace) -> Starlette:
    access = AgentAccess(dsn, most=options.connections)
    hints: Hints = PostgresHints(dsn)
    answers, relay = None, None
    if options.nats:
        site = str(conninfo_to_dict(dsn).get("dbname") or "site")
        bus = NatsBus(NatsServer.of(options.nats, site))
        hints, relay = NatsHints(bus), partial(bus.publish, FEED)
        answers = SharedPresence(access, bus).answers()
    tokens = SignInTokens(access.token_keys, token_seconds=options.token_seconds)
    collector = None
    if not options.no_collector:
        collector = Collector(
            dsn,
            folder=options.folder,
            renewed_after=options.renewed_after,
            directory_only=options.directory_only,
            relay=relay,
        )

    @asynccontextmanager
    async def living(_: Starlette) -> AsyncIterator[None]:
        access.open()
        hints.start()
        if collector is not None:
            collector.start()
        try:
            yield
        finally:
            for end in (hints.stop, access.close, *([collector.stop] if collector else [])):
                await run_in_threadpool(end)

    edge = Edge(access, tokens, hints, answers, hints_a_second=options.hints_a_second)
    application = edge.application
    application.router.lifespan_context = living
    return application


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="agent-desktop hub", description=__doc__)
    parser.add_argument("--dsn", default="", help=f"connection string (else {DSN_VARIABLE})")
    parser.add_argument("--listen", default="0.0.0.0:8443", help="host:port")
    parser.add_argument("--certificate", type=Path, required=True, help="PEM, with its chain")
    parser.add_argument("--key", type=Path, required=True, help="PEM")
    parser.add_argument("--connections", type=int, default=20, help="to the centre, at most")
    parser.add_argument("--most-desks", type=int, default=2000, help="served at a time")
    parser.add_argument(
        "--hints-a-second",
        type=float,
        default=HINTS_A_SECOND,
        help="given to all desks together: more for less lag, if the edge has processors to spare",
    )
    parser.add_argument("--token-seconds", type=int, default=TOKEN_SECONDS)
    parser.add_argument(
        "--nats",
        default="",
        metavar="URL",
        help="hints and presence over this NATS server; from the environment:"
        " AGENT_DESKTOP_NATS_USER, _PASSWORD, _CREDENTIALS (a file), _CA (a file)",
    )
    parser.add_argument("--no-collector", action="store_true", help="an edge only")
    parser.add_argument("--folder", type=Path, help="for a snapshot file while it is made")
    parser.add_argument(
        "--directory-only",
        action="store_true",
        help="snapshot files with the directory of everybody; desks keep a working set beside it",
    )
    parser.add_argument(
        "--renewed-after",
        type=lambda hours: timedelta(hours=float(hours)),
        default=RENEWED_AFTER,
        metavar="HOURS",
        help="a newer snapshot file after so many hours",
    )
    return parser
