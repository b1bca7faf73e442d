from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from agent_desktop.system import credentials
from agent_desktop.system.credentials import KeySafe, Remembered, WrongPassword
from tests.rings import BrokenRing, MemoryRing

KEYS = credentials.new_keys()


def test_keys_come_back_with_the_password_and_with_no_other() -> None:
    safe = KeySafe("demo", MemoryRing())
    safe.wrap("ana", "right", KEYS)
    assert safe.unwrap("ana", "right") == KEYS
    assert safe.unwrap("bia", "right") is None
    with pytest.raises(WrongPassword):
        safe.unwrap("ana", "Right")


def test_what_the_password_has_just_opened_is_not_locked_anew() -> None:
    """Locking takes as long as a guess, and each sign-in would wait for it."""
    ring = MemoryRing()
    keys = credentials.new_keys()
    KeySafe("here", ring).wrap("rita", "secret", keys)
    before = dict(ring.secrets)
    safe = KeySafe("here", ring)
    assert safe.unwrap("rita", "secret") == keys
    safe.wrap("rita", "secret", keys)
    assert ring.secrets == before


@pytest.mark.parametrize("password", ["secret", "another"])
@pytest.mark.parametrize("fresh", [False, True])
def test_other_keys_and_other_passwords_are_locked_anew(password: str, fresh: bool) -> None:
    ring = MemoryRing()
    keys = credentials.new_keys()
    safe = KeySafe("here", ring)
    safe.wrap("rita", "secret", keys)
    assert safe.unwrap("rita", "secret") == keys
    wanted = credentials.new_keys() if fresh else keys
    safe.wrap("rita", password, wanted)
    assert KeySafe("here", ring).unwrap("rita", password) == wanted


def test_keys_that_changed_in_the_keyring_meanwhile_are_locked_anew() -> None:
    """The centre let the agent in with this password: what another desk has put there since is
    not what the files here were opened with."""
    ring = MemoryRing()
    keys = credentials.new_keys()
    safe = KeySafe("here", ring)
    safe.wrap("rita", "secret", keys)
    assert safe.unwrap("rita", "secret") == keys
    KeySafe("here", ring).wrap("rita", "newer", keys)
    safe.wrap("rita", "secret", keys)
    assert KeySafe("here", ring).unwrap("rita", "secret") == keys


def test_the_keyring_alone_opens_nothing() -> None:
    ring = MemoryRing()
    KeySafe("demo", ring).wrap("ana", "right", KEYS)
    kept = " ".join(ring.secrets.values())
    for secret in (KEYS.mirror, KEYS.local):
        assert secret.hex() not in kept
    assert "right" not in kept


def test_an_entry_moved_to_another_agent_does_not_open() -> None:
    ring = MemoryRing()
    safe = KeySafe("demo", ring)
    safe.wrap("ana", "same", KEYS)
    ring.secrets[credentials.SERVICE, "bia@demo"] = ring.secrets[credentials.SERVICE, "ana@demo"]
    with pytest.raises(WrongPassword):
        safe.unwrap("bia", "same")


@pytest.mark.parametrize("kept", ["", "x", "{}", '{"wrapped": 5}', '{"v": 9, "wrapped": ""}'])
def test_what_somebody_else_left_in_the_keyring_is_no_key(kept: str) -> None:
    ring = MemoryRing()
    ring.secrets[credentials.SERVICE, "ana@demo"] = kept
    assert KeySafe("demo", ring).unwrap("ana", "right") is None


def test_a_sign_in_is_remembered_until_it_is_forgotten() -> None:
    safe = KeySafe("demo", MemoryRing())
    safe.remember("ana", "right")
    assert safe.remembered() == Remembered("ana", "right")
    assert "right" not in repr(safe.remembered())
    safe.forget_remembered()
    assert safe.remembered() is None


def test_without_a_keyring_keys_live_as_long_as_the_safe() -> None:
    safe = KeySafe("demo", None)
    safe.wrap("ana", "right", KEYS)
    safe.remember("ana", "right")
    assert not safe.has_keyring
    assert safe.unwrap("ana", "right") == KEYS
    assert safe.remembered() is None
    assert KeySafe("demo", None).unwrap("ana", "right") is None


def test_a_keyring_that_fails_is_none_from_then_on() -> None:
    safe = KeySafe("demo", BrokenRing())
    assert safe.has_keyring
    assert safe.unwrap("ana", "right") is None
    assert not safe.has_keyring
    safe.wrap("ana", "right", KEYS)
    assert safe.unwrap("ana", "right") == KEYS


def test_an_untrusted_keyring_is_none() -> None:
    assert credentials.system_keyring() is None  # the tests' own is the null keyring


def test_only_the_site_opens_what_is_sealed_to_it() -> None:
    site, stranger = X25519PrivateKey.generate(), X25519PrivateKey.generate()
    sealed = credentials.seal(site.public_key().public_bytes_raw(), KEYS.local)
    assert credentials.unseal(site.private_bytes_raw(), sealed) == KEYS.local
    with pytest.raises(ValueError):
        credentials.unseal(stranger.private_bytes_raw(), sealed)
    with pytest.raises(ValueError):
        credentials.unseal(site.private_bytes_raw(), sealed[:-1] + bytes([sealed[-1] ^ 1]))


def test_keys_are_not_shown() -> None:
    assert KEYS.local.hex() not in repr(KEYS)
    assert str(KEYS.local) not in repr(KEYS)


# ---------------------------------------------------------------- a real Secret Service

# Runs inside a bus of its own, where a keyring daemon was unlocked with a password.
INSIDE = """
import subprocess, sys
daemon = subprocess.run(
    ["gnome-keyring-daemon", "--unlock", "--components=secrets"],
    input=b"test", stdout=subprocess.PIPE, timeout=20, check=True,
)
from agent_desktop.system import credentials
from agent_desktop.system.credentials import KeySafe
place, ring = "demo/centre:5432", credentials.system_keyring()
assert ring is not None, "no keyring found"
keys = credentials.new_keys()
safe = KeySafe(place, ring)
safe.wrap("ana", "right", keys)
safe.remember("ana", "right")
assert safe.has_keyring
again = KeySafe(place, credentials.system_keyring())
assert again.unwrap("ana", "right") == keys
assert again.remembered().password == "right"
try:
    again.unwrap("ana", "wrong")
except credentials.WrongPassword:
    pass
else:
    raise AssertionError("a wrong password opened the keys")
again.forget("ana")
again.forget_remembered()
assert again.unwrap("ana", "right") is None and again.remembered() is None
assert again.has_keyring
print("all good")
"""


@pytest.mark.skipif(
    not (shutil.which("dbus-run-session") and shutil.which("gnome-keyring-daemon")),
    reason="needs dbus-run-session and gnome-keyring-daemon",
)
def test_a_real_secret_service_keeps_the_keys(tmp_path: Path) -> None:
    home = {name: str(tmp_path) for name in ("HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR")}
    environment = {**os.environ, **home, "PYTHONPATH": str(Path(__file__).parents[2])}
    environment["PYTHON_KEYRING_BACKEND"] = "keyring.backends.SecretService.Keyring"
    done = subprocess.run(
        ["dbus-run-session", "--", sys.executable, "-c", INSIDE],
        env=environment,
        capture_output=True,
        text=True,
        timeout=55,
    )
    assert done.stdout.strip().endswith("all good"), done.stderr


def test_the_mirrors_key_is_destroyed_without_a_password_and_the_other_stays() -> None:
    ring = MemoryRing()
    safe = KeySafe("demo", ring)
    safe.wrap("ana", "right", KEYS)
    safe.wrap("bia", "right", KEYS)
    safe.keep_phone_secret("ana", KEYS, "sip secret")
    safe.remember("ana", "right")
    before = ring.secrets[credentials.SERVICE, "ana@demo"]
    safe.forget_mirror("ana")
    left = safe.unwrap("ana", "right")
    assert left == credentials.DataKeys(b"", KEYS.local)
    assert safe.phone_secret("ana", KEYS) == ""
    assert safe.remembered() is None
    assert json.loads(before)["mirror"] not in str(ring.secrets)
    assert safe.unwrap("bia", "right") == KEYS
    with pytest.raises(WrongPassword):
        safe.unwrap("ana", "guessed")


def test_the_two_keys_do_not_change_places() -> None:
    ring = MemoryRing()
    safe = KeySafe("demo", ring)
    safe.wrap("ana", "right", KEYS)
    kept = json.loads(ring.secrets[credentials.SERVICE, "ana@demo"])
    kept["mirror"], kept["local"] = kept["local"], kept["mirror"]
    ring.secrets[credentials.SERVICE, "ana@demo"] = json.dumps(kept)
    with pytest.raises(WrongPassword):
        safe.unwrap("ana", "right")


@pytest.mark.parametrize("kept", ["", "x", "[]", "5", '{"v": 2, "salt": "", "mirror": 5}'])
def test_destroying_the_key_of_what_somebody_else_left_harms_nothing(kept: str) -> None:
    ring = MemoryRing()
    ring.secrets[credentials.SERVICE, "ana@demo"] = kept
    safe = KeySafe("demo", ring)
    safe.forget_mirror("ana")
    assert safe.has_keyring
