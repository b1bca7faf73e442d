"""Signing in: the centre's yes when it answers, else the keys and the lease of this desk.

A refused sign-in deletes nothing, except that the centre's definite "this agent has left"
destroys the mirror's key (offboarding.py). A local.db whose key is lost is set aside with its
sealed key, for the site to open; it is never thrown away.
"""

from __future__ import annotations

import contextlib
import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID

from agent_desktop.errors import CentreUnreachable, SignInFailed, StoreDamaged, StoreNewer
from agent_desktop.models.rules.password import rule_from
from agent_desktop.models.site.site import site_from, with_phone_secret
from agent_desktop.models.store import outbox
from agent_desktop.models.store.encrypted_file import remove
from agent_desktop.models.store.local import Local
from agent_desktop.models.store.mirror import Mirror
from agent_desktop.models.store.stores import LOCAL_FILE, MIRROR_FILE, Stores
from agent_desktop.sync import lease, offboarding, quarantine, questions
from agent_desktop.sync.answers import NotOffered
from agent_desktop.sync.centre import Centre, open_centre
from agent_desktop.sync.server import Server
from agent_desktop.system.credentials import DataKeys, KeySafe, WrongPassword, new_keys, seal

SEALED_KEY = quarantine.SEALED_KEY
WITHOUT_KEYRING = offboarding.WITHOUT_KEYRING


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The result of a sign-in.

    `online` says whether the centre agreed or the lease did. `has_keyring` is False when the
    keys end with this process. `local_sealed` is where a local.db was set aside whose key is
    lost here (its unsent work is with the site now), None normally.
    """

    stores: Stores
    online: bool
    has_keyring: bool
    local_sealed: Path | None = None


def folder_of(profile_folder: Path, server: Server, user: str) -> Path:
    """The folder of an agent's files of one centre."""
    return profile_folder / quote(str(server), safe="") / quote(user, safe="")


def sign_in(
    server: Server,
    profile_folder: Path,
    user: str,
    password: str,
    safe: KeySafe,
    *,
    remember: bool = False,
    old_password: str = "",
    without_old: bool = False,
) -> SignedIn:
    """Sign an agent in and open the stores.

    `old_password` unwraps the keys when the password was changed elsewhere; a remembered one
    is tried by itself. `without_old` goes on although none does: local.db is set aside for the
    site. Raises SignInFailed with the codes of errors.py; nothing is changed then,
    but with agent_disabled said by the centre the mirror is gone.
    """
    folder = folder_of(profile_folder, server, user)
    try:
        with open_centre(server, user, password) as centre:
            _check_password(centre)
            known = _keys_of(safe, folder, user, (password, old_password), without_old)
            done = _online(centre, folder, user, password, safe, known)
    except CentreUnreachable as away:
        done = _without_centre(away, folder, user, password, safe)
    except StoreNewer:
        raise SignInFailed("file_of_newer_release") from None
    except SignInFailed as refused:
        if refused.code == "agent_disabled":
            offboarding.forget(folder, user, safe)
        raise
    if remember:
        safe.remember(user, password)
    elif (kept := safe.remembered()) is not None and kept.user == user:
        safe.forget_remembered()
    return replace(done, has_keyring=safe.has_keyring)


# ---------------------------------------------------------------- with the centre


def _online(
    centre: Centre, folder: Path, user: str, password: str, safe: KeySafe, known: DataKeys | None
) -> SignedIn:
    """`known` are the keys of what is here; None if there are none or they are lost."""
    home, keys = _home(folder, safe), _whole(known or new_keys())
    local, aside = _open_local(home, keys, lost=known is None)
    with contextlib.ExitStack() as unless_done:
        if known is None:  # nobody will have this key again, and nothing was written
            unless_done.callback(_put_back, home, aside)
            unless_done.callback(remove, local.path)
        unless_done.callback(local.close)
        answer = centre.ask(questions.SIGN_IN, local.client, platform.node())
        now = datetime.now(UTC)
        mirror = _open_mirror(home, keys)
        unless_done.pop_all()
    with mirror.writing() as c:
        lease.keep_answer(c, answer, now)
    # Only now: had the centre said no, the keys that were kept would still open what is here.
    if aside is not None:
        safe.set_aside(user, aside.name)
    safe.wrap(user, password, keys)
    safe.keep_phone_secret(user, keys, (answer.get("sip") or {}).get("secret") or "")
    _seal_local_key(home, answer, keys)
    offboarding.forget_colleagues(centre, folder, safe)
    with mirror.reading() as c:
        clock = lease.kept_clock(c)
    stores = Stores(mirror, local, site_from(answer, local.client), clock)
    return SignedIn(stores, online=True, has_keyring=True, local_sealed=aside)


def _check_password(centre: Centre) -> None:
    """Before anything else: one that has ended, or is a temporary one, is for changing it only."""
    try:
        rule = rule_from(centre.ask(questions.PASSWORD_RULE))
    except NotOffered:
        return  # a centre of the release before knows no end of passwords
    if rule.has_ended:
        raise SignInFailed("password_ended", length=rule.length)


def _whole(keys: DataKeys) -> DataKeys:
    """With a fresh key for a mirror whose own was destroyed: the agent has come back."""
    return keys if keys.mirror else replace(keys, mirror=new_keys().mirror)


def _home(folder: Path, safe: KeySafe) -> Path:
    """The folder that holds the files; look only after the keyring was asked for something."""
    return folder if safe.has_keyring else folder / WITHOUT_KEYRING


def _keys_of(
    safe: KeySafe, folder: Path, user: str, passwords: tuple[str, str], without_old: bool
) -> DataKeys | None:
    """The agent's keys by any password we know, the present and the old one; None if there are
    none. Raises SignInFailed when they are there and locked, unless `without_old`."""
    kept = safe.remembered()
    remembered = kept.password if kept is not None and kept.user == user else ""
    locked = False
    for known in filter(None, (*passwords, remembered)):
        try:
            return safe.unwrap(user, known)
        except WrongPassword:
            locked = True
    if locked and not without_old and (_home(folder, safe) / LOCAL_FILE).exists():
        raise SignInFailed("old_password_wrong" if passwords[1] else "old_password_needed")
    return None


def _open_local(folder: Path, keys: DataKeys, lost: bool) -> tuple[Local, Path | None]:
    """Open local.db; one that these keys do not open is set aside first, and told where."""
    path = folder / LOCAL_FILE
    if not lost or not path.exists():
        try:
            return Local(path, keys.local), None
        except StoreDamaged:
            if not path.exists():
                raise
    aside = _set_aside(folder)
    return Local(path, keys.local), aside


def _set_aside(folder: Path) -> Path:
    """Move local.db with its log and its sealed key into a folder of their own."""
    aside = folder / f"{quarantine.SET_ASIDE}{datetime.now(UTC):%Y%m%dT%H%M%S%f}"
    aside.mkdir(mode=0o700)
    for name in (f"{LOCAL_FILE}-wal", f"{LOCAL_FILE}-shm", SEALED_KEY, LOCAL_FILE):
        if (folder / name).exists():
            os.replace(folder / name, aside / name)
    return aside


def _put_back(folder: Path, aside: Path | None) -> None:
    """Undo `_set_aside` after a sign-in that failed later."""
    if aside is not None:
        for file in aside.iterdir():
            os.replace(file, folder / file.name)
        aside.rmdir()


def _open_mirror(folder: Path, keys: DataKeys) -> Mirror:
    """Open mirror.db; one that cannot be opened is worth nothing and is made anew."""
    path = folder / MIRROR_FILE
    try:
        return Mirror(path, keys.mirror)
    except StoreDamaged:
        remove(path)
        return Mirror(path, keys.mirror)


def _seal_local_key(folder: Path, answer: Mapping[str, Any], keys: DataKeys) -> None:
    """Keep the key of local.db beside it, sealed to the site."""
    sealing_key = bytes.fromhex(answer.get("sealing_key") or "")
    if not sealing_key:
        return
    fresh = folder / f"{SEALED_KEY}.new"
    fresh.write_bytes(seal(sealing_key, keys.local))
    os.replace(fresh, folder / SEALED_KEY)


# ---------------------------------------------------------------- without it


#: What offline sign-in says is the matter, also when the server there is not believed.
_SAID_AS_IT_IS = ("wrong_password", "agent_disabled", "clock_set_back", "file_of_newer_release")


def _without_centre(
    away: CentreUnreachable, folder: Path, user: str, password: str, safe: KeySafe
) -> SignedIn:
    """An agent who cannot go on offline is told of a server that is not proven to be the centre."""
    try:
        return _offline(folder, user, password, safe)
    except SignInFailed as failed:
        if failed.code in _SAID_AS_IT_IS:
            raise
        raise SignInFailed(away.code if away.code != "unreachable" else failed.code) from None


def _offline(folder: Path, user: str, password: str, safe: KeySafe) -> SignedIn:
    """Raises SignInFailed: wrong_password, keyring_missing, never_signed_in_here,
    agent_disabled (so the centre said at the last contact), lease_expired, clock_set_back,
    unreachable (nobody ever reached this server from here, or the mirror with the lease is
    damaged)."""
    try:
        keys = safe.unwrap(user, password)
    except WrongPassword:
        raise SignInFailed("wrong_password") from None
    home = _home(folder, safe)
    if keys is None:
        raise SignInFailed(_why_without_keys(folder, safe))
    if not keys.mirror:
        raise SignInFailed("agent_disabled")
    if not (home / LOCAL_FILE).exists() or not (home / MIRROR_FILE).exists():
        raise SignInFailed("never_signed_in_here")
    stores = _open_with_lease(home, keys)
    stores.site = with_phone_secret(stores.site, safe.phone_secret(user, keys))
    return SignedIn(stores, online=False, has_keyring=True)


def _why_without_keys(folder: Path, safe: KeySafe) -> str:
    """Why there are no keys: the likeliest reason is a server's name that was typed wrong."""
    if not safe.has_keyring and folder.exists():
        return "keyring_missing"
    return "never_signed_in_here" if folder.parent.exists() else "unreachable"


def _open_with_lease(folder: Path, keys: DataKeys) -> Stores:
    """Both files, if the lease in the mirror still runs."""
    try:
        local = Local(folder / LOCAL_FILE, keys.local)
    except StoreNewer:
        raise SignInFailed("file_of_newer_release") from None
    with contextlib.ExitStack() as unless_open:
        unless_open.callback(local.close)
        try:
            mirror = Mirror(folder / MIRROR_FILE, keys.mirror)
            unless_open.callback(mirror.close)
            stores = _with_site(mirror, local, local.client)
        except StoreDamaged:
            raise SignInFailed("unreachable") from None
        unless_open.pop_all()
    return stores


def _with_site(mirror: Mirror, local: Local, client: UUID) -> Stores:
    now = datetime.now(UTC)
    with mirror.writing() as c:
        site = lease.kept_site(c, client, now)
        clock = lease.kept_clock(c)
        lease.see_clock(c, now, clock.ahead)
    return Stores(mirror, local, site, clock)


# ---------------------------------------------------------------- leaving


def sign_out(signed_in: SignedIn) -> None:
    """Close the stores. Files whose keys end with this process are deleted if nothing is lost
    by that: no unsent intent, no draft, no returned work."""
    stores = signed_in.stores
    try:
        with stores.local.reading() as c:
            worthless = not signed_in.has_keyring and outbox.is_empty_of_work(c)
    finally:
        stores.close()
    if not signed_in.has_keyring:
        remove(stores.mirror.path)
    if worthless:
        remove(stores.local.path)
        stores.local.path.with_name(SEALED_KEY).unlink(missing_ok=True)
