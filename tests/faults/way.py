"""The ways desks reach the centre: directly, or through a hub."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from psycopg.conninfo import make_conninfo

from tests.central_fixtures import Centre
from tests.faults.proxy import Proxy
from tests.faults.workstation import Workstation
from tests.hub.hub_at import Hub, hub_login
from tests.sync.desk_at import server_of


@dataclass(frozen=True, slots=True)
class Way:
    """What the agent types on the sign-in page, and the file of the site's authority."""

    server: str
    authority: str = ""

    def starts(self, station: Workstation, **order: Any) -> Workstation:
        """Start a desk that goes this way."""
        return station.starts(authority=self.authority, **order)


def direct(centre: Centre) -> Way:
    """To PostgreSQL itself."""
    return Way(str(server_of(centre.dsn)))


def to(hub: Hub) -> Way:
    """To this hub."""
    return Way(str(hub.server), hub.server.root_certificate)


@contextmanager
def hub_before(centre: Centre, folder: Path, *options: str, **more: Any) -> Iterator[Hub]:
    """A hub that serves this centre; it has to end in order."""
    with hub_login(centre) as login:
        hub = Hub(login.dsn, folder, *(options or ("--no-collector",)), **more)
        try:
            yield hub
        finally:
            hub.stop()


@contextmanager
def way_of(name: str, centre: Centre, folder: Path) -> Iterator[Way]:
    """`direct`, `hub`, or a hub of another release: `newer hub`, `older hub`."""
    if name == "direct":
        yield direct(centre)
        return
    release = name.removesuffix("hub").strip()
    program = (
        ("-m", "tests.faults.other_release_hub", release) if release else ("-m", "agent_desktop")
    )
    with hub_before(centre, folder, program=program) as hub:
        yield to(hub)


def port_of(centre: Centre) -> int:
    """Where the centre's PostgreSQL listens."""
    return server_of(centre.dsn).port


@contextmanager
def proxied(name: str, centre: Centre, folder: Path) -> Iterator[tuple[Way, Proxy]]:
    """A way with a proxy on it: `direct`, `hub` (between desk and hub), or `behind hub` (between
    hub and centre)."""
    if name == "direct":
        with Proxy(port_of(centre)) as proxy:
            yield Way(f"127.0.0.1:{proxy.port}/{centre.name}"), proxy
    elif name == "hub":
        with hub_before(centre, folder) as hub, Proxy(hub.port) as proxy:
            yield Way(f"https://localhost:{proxy.port}", hub.server.root_certificate), proxy
    else:
        with hub_login(centre) as login, Proxy(port_of(centre)) as proxy:
            dsn = make_conninfo(login.dsn, port=str(proxy.port))
            hub = Hub(dsn, folder, "--no-collector")
            try:
                yield to(hub), proxy
            finally:
                proxy.passes()
                hub.stop()
