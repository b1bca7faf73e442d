"""A registrar of one UDP socket, strict about digests, for tests of registration."""

from __future__ import annotations

import hashlib
import re
import socket
import threading


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def _header(message: str, name: str) -> str:
    found = re.search(rf"^{name}\s*:\s*(.*?)\s*$", message, re.M | re.I)
    return found.group(1) if found else ""


class Registrar:
    """Listens at `host`; knows one user. `registered` tells whether a contact is known now."""

    def __init__(self, host: str, *, user: str, secret: str, realm: str = "pbx") -> None:
        self._user, self._secret, self._realm = user, secret, realm
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((host, 0))
        self.address = "{}:{}".format(*self._socket.getsockname())
        self.registered = False
        self.expires = 0
        self.answers: list[int] = []
        self._thread = threading.Thread(target=self._serve, name="registrar")
        self._thread.start()

    def close(self) -> None:
        """Stop listening."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as waker:
            waker.sendto(b"END", self._socket.getsockname())
        self._thread.join(5)
        self._socket.close()

    def _serve(self) -> None:
        while True:
            data, source = self._socket.recvfrom(65536)
            message = data.decode()
            if message.startswith("END"):
                return
            if message.startswith("REGISTER "):
                self._socket.sendto(self._answer(message), source)

    def _answer(self, message: str) -> bytes:
        credentials = _header(message, "Authorization")
        if not credentials:
            return self._reply(message, 401, self._challenge())
        if not self._is_right(credentials):
            return self._reply(message, 403)
        contact = _header(message, "Contact")
        found = re.search(r"expires=(\d+)", contact) or re.search(
            r"(\d+)", _header(message, "Expires")
        )
        self.expires = int(found.group(1)) if found else 0
        self.registered = self.expires > 0
        line = f"Contact: {contact.partition(';expires')[0]};expires={self.expires}\r\n"
        return self._reply(message, 200, line)

    def _challenge(self) -> str:
        return f'WWW-Authenticate: Digest realm="{self._realm}", nonce="n1", algorithm=MD5\r\n'

    def _is_right(self, credentials: str) -> bool:
        said = dict(re.findall(r'(\w+)="?([^",]*)"?', credentials))
        secret = _md5(f"{self._user}:{self._realm}:{self._secret}")
        expected = _md5(f"{secret}:{said['nonce']}:{_md5('REGISTER:' + said['uri'])}")
        return said["response"] == expected and said["username"] == self._user

    def _reply(self, message: str, status: int, extra: str = "") -> bytes:
        self.answers.append(status)
        kept = re.findall(r"^(?:Via|From|Call-ID|CSeq):.*\r\n", message, re.M | re.I)
        to = f"To: {_header(message, 'To')};tag=t1\r\n"
        head = f"SIP/2.0 {status} Answer\r\n" + "".join(kept) + to + extra
        return (head + "Content-Length: 0\r\n\r\n").encode()
