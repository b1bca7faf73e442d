"""The log-in of a shift's agent: the way to the centre."""

from __future__ import annotations

from dataclasses import dataclass, field

from agent_desktop.sync.server import Server


@dataclass(frozen=True, slots=True)
class LogIn:
    """The password is in no `repr`."""

    server: Server
    user: str
    password: str = field(repr=False)
