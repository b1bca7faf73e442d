"""Keyrings for tests: one that keeps, one that fails as a bus without a service does."""

from __future__ import annotations


class MemoryRing:
    """Keeps secrets in this process."""

    def __init__(self) -> None:
        self.secrets: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.secrets.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.secrets[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.secrets[service, username]


class BrokenRing:
    """Fails at everything."""

    def get_password(self, service: str, username: str) -> str | None:
        raise OSError("no bus")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise OSError("no bus")

    def delete_password(self, service: str, username: str) -> None:
        raise OSError("no bus")
