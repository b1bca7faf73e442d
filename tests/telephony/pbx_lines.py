"""Agents at the real PBX: their lines, and desks that have them open."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from agent_desktop.telephony.call import LineSettings
from tests.pbx.pbx import AGENTS, HOST, Pbx, secret_of
from tests.telephony.endpoints import Desk

OpenDesk = Callable[..., Desk]


def line_of(pbx: Pbx, extension: str, transport: str = "", **facts: Any) -> LineSettings:
    """The line of an agent at this PBX, over the agent's own transport if none is named."""
    transport = transport or AGENTS[extension]
    ports = {"udp": pbx.ports.udp, "tcp": pbx.ports.tcp, "tls": pbx.ports.tls}
    settings: dict[str, Any] = {
        "registrar": f"{HOST}:{ports[transport]}",
        "user": extension,
        "secret": secret_of(extension),
        "transport": transport,
        "ca_file": str(pbx.ca_file),
    }
    return LineSettings(extension, **{**settings, **facts})


@contextmanager
def desks(pbx: Pbx, folder: Path) -> Iterator[OpenDesk]:
    """Opens desks by extension, registered; closes them all. No phone process may have failed."""
    opened: list[Desk] = []
    with ExitStack() as stack:

        def open_desk(extension: str, transport: str = "", **facts: Any) -> Desk:
            home = folder / f"desk-{len(opened)}"
            home.mkdir(mode=0o700)
            desk = Desk(home)
            opened.append(desk)
            stack.callback(desk.close)
            desk.open(line_of(pbx, extension, transport, **facts))
            return desk

        yield open_desk
    for desk in opened:
        assert "Traceback" not in desk.log()
