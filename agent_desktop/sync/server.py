"""The address of the centre: a PostgreSQL server, or an edge of the site's hub."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

DATABASE = "agent_desktop"
_HUB_PORT = 443
PROBE_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Server:
    """An address of the centre. `root_certificate` is a file, empty for the system's list.

    `is_hub`: this is an edge, reached by HTTPS; `database` is empty then.
    """

    host: str
    port: int = 5432
    database: str = DATABASE
    root_certificate: str = ""
    is_hub: bool = False

    @classmethod
    def parse(cls, text: str, root_certificate: str = "") -> Server:
        """Read `host[:port][/database]`, or `https://host[:port]` for a hub. Raises ValueError."""
        text = text.strip()
        is_hub = text.lower().startswith("https://")
        if not is_hub and "://" in text:
            raise ValueError("neither a server nor a hub")
        # "//" before a bare address: else urlsplit takes the host for a scheme or a path.
        parts = urlsplit(text if is_hub else f"//{text}")
        if not parts.hostname:
            raise ValueError("no host")
        if is_hub:
            if parts.path.strip("/"):
                raise ValueError("a hub has no path")
            return cls(parts.hostname, parts.port or _HUB_PORT, "", root_certificate, is_hub=True)
        database = parts.path.strip("/") or DATABASE
        return cls(parts.hostname, parts.port or 5432, database, root_certificate)

    @property
    def is_loopback(self) -> bool:
        """True if the centre is on this machine, where nobody listens in."""
        if self.host == "localhost":
            return True
        with contextlib.suppress(ValueError):
            return ipaddress.ip_address(self.host).is_loopback
        return False

    def __str__(self) -> str:
        if self.is_hub:
            return f"https://{self.host}:{self.port}"
        return f"{self.host}:{self.port}/{self.database}"


def answers(text: str) -> bool:
    """True if somebody listens where this text says; blocks for PROBE_SECONDS at most."""
    try:
        server = Server.parse(text)
        with socket.create_connection((server.host, server.port), PROBE_SECONDS):
            return True
    except (OSError, ValueError):
        return False
