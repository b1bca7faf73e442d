"""The keys of a desk's two files, and the safe that gives them to their agent only.

The keys lie in the system's keyring, wrapped with a key derived from the agent's password, so
that neither the keyring nor the password alone opens anything. Unwrapping them is what proves
the agent while the centre is down. Without a keyring they live as long as this object.
The key of local.db is also sealed to the site, so that no forgotten password loses work.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import json
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from agent_desktop.errors import KeyringUnavailable

SERVICE = "Agent Desktop"
REMEMBERED = "Agent Desktop sign-in"
PHONE = "Agent Desktop phone"
#: Keyrings that keep a secret secret. Others (plain files, null) are as good as none.
TRUSTED = tuple(
    f"keyring.backends.{name}"
    for name in ("SecretService", "libsecret", "kwallet", "Windows", "macOS")
)

# scrypt: 32 MiB and some 100 ms for each guess.
SCRYPT = {"n": 2**15, "r": 8, "p": 1, "maxmem": 64 * 1024 * 1024, "dklen": 32}
#: Behind the name of keys that are kept under a password about to be taken.
_NEXT = "#next"
_SEAL = b"agent-desktop sealed local key 1"


class WrongPassword(Exception):
    """The keys are there, but this password does not unwrap them."""


class Keyring(Protocol):
    """The part of the `keyring` package's backends that is used here."""

    def get_password(self, service: str, username: str) -> str | None:
        """The secret kept under these names."""

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep a secret."""

    def delete_password(self, service: str, username: str) -> None:
        """Forget a secret."""


@dataclass(frozen=True, slots=True)
class DataKeys:
    """The raw 32-byte keys of mirror.db and local.db. `repr` does not show them.

    `mirror` is empty when it was destroyed because the agent had left.
    """

    mirror: bytes = field(repr=False)
    local: bytes = field(repr=False)


def new_keys() -> DataKeys:
    """Two fresh keys."""
    return DataKeys(secrets.token_bytes(32), secrets.token_bytes(32))


@dataclass(frozen=True, slots=True)
class Remembered:
    """A sign-in that was to be remembered."""

    user: str
    password: str = field(repr=False)


def system_keyring() -> Keyring | None:
    """The system's keyring if it is one to trust; None if there is none."""
    # Not at the top: it looks for every backend there is, and the first paint must not wait.
    import keyring

    ring: Any = keyring.get_keyring()
    for candidate in getattr(ring, "backends", (ring,)):
        if type(candidate).__module__.startswith(TRUSTED):
            found: Keyring = candidate
            return found
    return None


class KeySafe:
    """Keeps the wrapped keys of agents at one place, such as "default/centre:5432/db".

    `has_keyring` is False when there is none or when it failed: then everything is kept in
    this object only, and the header says so.
    """

    def __init__(self, place: str, ring: Keyring | None) -> None:
        self._place = place
        self._ring = ring
        self._here: dict[tuple[str, str], str] = {}
        self._opened = b""

    @property
    def has_keyring(self) -> bool:
        """True if the kept keys outlive this process."""
        return self._ring is not None

    # -- the data keys -----------------------------------------------------------------------
    def unwrap(self, user: str, password: str) -> DataKeys | None:
        """The keys of an agent; None if there are none. Raises WrongPassword."""
        name = self._name(user)
        kept, following = self._get(SERVICE, name), self._get(SERVICE, name + _NEXT)
        if kept is None:
            return None
        # A change of the password that was cut off: either of the two may be the one in force.
        try:
            keys = _unwrapped(kept, password, name.encode())
        except WrongPassword:
            if following is None:
                raise
            return _unwrapped(following, password, name.encode())
        self._opened = b"" if keys is None else _trace(kept, password, keys)
        return keys

    def wrap(self, user: str, password: str, keys: DataKeys) -> None:
        """Keep an agent's keys under this password, over what was kept before. What this very
        password has just opened here stays as it is: locking it again takes a tenth of a second.
        """
        name = self._name(user)
        if self._opened != _trace(self._get(SERVICE, name) or "", password, keys):
            self._set(SERVICE, name, _wrapped(keys, password, name.encode()))
        self._delete(SERVICE, name + _NEXT)

    def wrap_also(self, user: str, password: str, keys: DataKeys) -> None:
        """Keep them under a password that is about to be taken, too, until the next `wrap`:
        whatever happens between the centre and here, one of both opens them."""
        name = self._name(user)
        self._set(SERVICE, name + _NEXT, _wrapped(keys, password, name.encode()))

    def unwrap_set_aside(self, user: str, name: str, password: str) -> DataKeys | None:
        """The keys that were set aside under that name; None if there are none. Raises
        WrongPassword."""
        kept = self._get(SERVICE, f"{self._name(user)}#{name}")
        return None if kept is None else _unwrapped(kept, password, self._name(user).encode())

    def forget_set_aside(self, user: str, name: str) -> None:
        """Their files are gone."""
        self._delete(SERVICE, f"{self._name(user)}#{name}")

    def set_aside(self, user: str, name: str) -> None:
        """Keep the present wrapped keys under another name too, before new ones replace them."""
        kept = self._get(SERVICE, self._name(user))
        # Copied as it is, without the password, which nobody may know here any more.
        if kept is not None:
            self._set(SERVICE, f"{self._name(user)}#{name}", kept)

    def forget_mirror(self, user: str) -> None:
        """Destroy the key of an agent's mirror, and what else is of use to one who left: the
        line's secret, the remembered sign-in. No password is needed. The key of local.db stays
        wrapped: the agent may come back, and unsent work is handed over by the sealed one."""
        name = self._name(user)
        for place in (name, name + _NEXT):
            if (kept := self._get(SERVICE, place)) is not None:
                self._set(SERVICE, place, _without_mirror(kept))
        self._delete(PHONE, name)
        remembered = self.remembered()
        if remembered is not None and remembered.user == user:
            self.forget_remembered()

    def forget(self, user: str) -> None:
        """Destroy an agent's keys: his files here can never be read again, except by the site."""
        for place in (self._name(user), self._name(user) + _NEXT):
            self._delete(SERVICE, place)
        self._delete(PHONE, self._name(user))

    # -- the line's secret -------------------------------------------------------------------
    def keep_phone_secret(self, user: str, keys: DataKeys, secret: str) -> None:
        """Keep what the telephone line registers with, for signing in without the centre; it is
        locked with the agent's own key, for colleagues may share this computer's keyring."""
        name, nonce = self._name(user), os.urandom(12)
        locked = AESGCM(keys.local).encrypt(nonce, secret.encode(), name.encode())
        self._set(PHONE, name, base64.b64encode(nonce + locked).decode("ascii"))

    def phone_secret(self, user: str, keys: DataKeys) -> str:
        """The kept secret; empty if there is none, or not for these keys."""
        name = self._name(user)
        with contextlib.suppress(ValueError, InvalidTag, binascii.Error):
            raw = base64.b64decode(self._get(PHONE, name) or "", validate=True)
            return AESGCM(keys.local).decrypt(raw[:12], raw[12:], name.encode()).decode()
        return ""

    # -- remember me -------------------------------------------------------------------------
    def remember(self, user: str, password: str) -> None:
        """Keep the password, so that the agent need not type it. Never without a keyring."""
        if self._ring is not None:
            self._set(REMEMBERED, self._place, json.dumps({"user": user, "password": password}))

    def remembered(self) -> Remembered | None:
        """The sign-in that was remembered here."""
        kept = self._get(REMEMBERED, self._place)
        with contextlib.suppress(ValueError, TypeError):
            return None if kept is None else Remembered(**json.loads(kept))
        return None

    def forget_remembered(self) -> None:
        """Remember nobody."""
        self._delete(REMEMBERED, self._place)

    # -- the ring, or this object ------------------------------------------------------------
    def _name(self, user: str) -> str:
        return f"{user}@{self._place}"

    def _get(self, service: str, name: str) -> str | None:
        if self._ring is not None:
            with contextlib.suppress(KeyringUnavailable), self._guarded():
                return self._ring.get_password(service, name)
        return self._here.get((service, name))

    def _set(self, service: str, name: str, secret: str) -> None:
        if self._ring is not None:
            with contextlib.suppress(KeyringUnavailable), self._guarded():
                self._ring.set_password(service, name, secret)
                return
        self._here[service, name] = secret

    def _delete(self, service: str, name: str) -> None:
        self._here.pop((service, name), None)
        if self._ring is not None and self._get(service, name) is not None:
            with contextlib.suppress(KeyringUnavailable), self._guarded():
                self._ring.delete_password(service, name)

    @contextlib.contextmanager
    def _guarded(self) -> Iterator[None]:
        """A keyring that fails is none from now on."""
        try:
            yield
        # The edge of foreign code: backends raise whatever their D-Bus or Windows library does.
        except Exception as error:
            self._ring = None
            raise KeyringUnavailable(str(error)) from error


# ---------------------------------------------------------------- wrapping and sealing


def _wrapped(keys: DataKeys, password: str, name: bytes) -> str:
    """Each key is locked for itself, so that one can be destroyed without the password."""
    salt = os.urandom(16)
    cipher = AESGCM(_derived(password, salt))
    locked = {
        part: _text(nonce + cipher.encrypt(nonce, secret, name + b"#" + part.encode()))
        for part, secret in (("mirror", keys.mirror), ("local", keys.local))
        for nonce in (os.urandom(12),)
    }
    return json.dumps({"v": 2, "salt": _text(salt), **locked})


def _unwrapped(kept: str, password: str, name: bytes) -> DataKeys | None:
    """The keys again; None when what is kept is not ours or of another version."""
    try:
        content = json.loads(kept)
        if content["v"] != 2:
            return None
        salt, local, mirror = (_bytes(content.get(key)) for key in ("salt", "local", "mirror"))
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error):
        return None
    # The agent's name is part of what is proved: keys of a colleague do not open in its place.
    cipher = AESGCM(_derived(password, salt))
    try:
        return DataKeys(
            cipher.decrypt(mirror[:12], mirror[12:], name + b"#mirror") if mirror else b"",
            cipher.decrypt(local[:12], local[12:], name + b"#local"),
        )
    except (InvalidTag, ValueError):
        raise WrongPassword from None


def _trace(kept: str, password: str, keys: DataKeys) -> bytes:
    """Tells again that this password has opened these keys here. Whoever has not the keys cannot
    try passwords at it, so it may outlive the shift."""
    parts = (kept.encode(), password.encode(), keys.mirror, keys.local)
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).digest()


def _without_mirror(kept: str) -> str:
    """The same without the mirror's key; nothing at all of what is not ours."""
    try:
        content = json.loads(kept)
        content.pop("mirror", None)
    except (ValueError, AttributeError, TypeError):
        return ""
    return json.dumps(content)


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


def _bytes(text: str | None) -> bytes:
    return base64.b64decode(text or "", validate=True)


def _derived(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, **SCRYPT)


def seal(sealing_key: bytes, secret: bytes) -> bytes:
    """Lock a secret so that only the holder of the private key opens it (X25519, AES-GCM)."""
    once = X25519PrivateKey.generate()
    shared = once.exchange(X25519PublicKey.from_public_bytes(sealing_key))
    ours = once.public_key().public_bytes_raw()
    return ours + _sealing_cipher(shared, ours + sealing_key).encrypt(bytes(12), secret, _SEAL)


def unseal(private_key: bytes, sealed: bytes) -> bytes:
    """Open what was sealed; the site does this, never a desk. Raises ValueError."""
    key = X25519PrivateKey.from_private_bytes(private_key)
    theirs, public = sealed[:32], key.public_key().public_bytes_raw()
    shared = key.exchange(X25519PublicKey.from_public_bytes(theirs))
    try:
        return _sealing_cipher(shared, theirs + public).decrypt(bytes(12), sealed[32:], _SEAL)
    except InvalidTag:
        raise ValueError("not sealed to this key, or damaged") from None


def _sealing_cipher(shared: bytes, both_keys: bytes) -> AESGCM:
    """Each sealing has a key of its own (a fresh X25519 key), so the nonce may be zero."""
    return AESGCM(HKDF(SHA256(), 32, salt=both_keys, info=_SEAL).derive(shared))
