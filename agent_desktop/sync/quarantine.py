"""Files nobody at this computer opens any more, handed over to the centre as they lie: sealed.

Of an agent who has left, whoever signs in next hands over local.db with its log and its key, which
is sealed to the site; so it is with files set aside because an old password was lost. Cut off, it
goes on behind the last whole part. Here they are deleted only when the centre has all of it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import platform
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from sqlalchemy import func, select

from agent_desktop.errors import AgentDesktopError, Refused, StoreDamaged
from agent_desktop.models.store import local as local_file
from agent_desktop.models.store import outbox
from agent_desktop.models.store.intent import State
from agent_desktop.models.store.local import Local
from agent_desktop.models.store.stores import LOCAL_FILE
from agent_desktop.sync import questions
from agent_desktop.sync.answers import CentreFault
from agent_desktop.sync.centre import Centre
from agent_desktop.sync.offboarding import WITHOUT_KEYRING
from agent_desktop.system.credentials import KeySafe, WrongPassword

LOG = logging.getLogger(__name__)

SEALED_KEY = "local.key.sealed"
SET_ASIDE = "set-aside-"
PART_SIZE = 1 << 20
#: In the order in which they are deleted: a log must not be left beside another file's data, and
#: without its data nothing else is worth a word.
_FILES = (f"{LOCAL_FILE}-wal", SEALED_KEY, LOCAL_FILE)
_NOT_SENT = f"{LOCAL_FILE}-shm"


@dataclass(frozen=True, slots=True)
class Leftover:
    """A folder with a local.db and its sealed key: whose it is, and where below that agent's own
    folder it lies (empty for that one)."""

    owner: str
    folder: Path
    label: str = ""


def leftovers(folder: Path, *, set_aside_only: bool = False) -> list[Leftover]:
    """The files of an agent's folder that could be handed over."""
    owner = unquote(folder.name)
    homes = (folder, folder / WITHOUT_KEYRING)
    places = [] if set_aside_only else list(homes)
    places += [found for home in homes for found in sorted(home.glob(f"{SET_ASIDE}*"))]
    return [
        Leftover(owner, place, "" if place == folder else place.name)
        for place in places
        if (place / LOCAL_FILE).exists() and (place / SEALED_KEY).exists()
    ]


def steps(centre: Centre, folder: Path) -> Iterator[str]:
    """Hand over what agents who have left kept at this computer; `folder` is the present agent's.

    Yields after each part that was sent, and whose it was after each leftover that is gone from
    here, else an empty text. Raises what a centre raises; the rest is done another time.
    """
    found = [
        leftover
        for other in sorted(folder.parent.iterdir())
        if other != folder and other.is_dir()
        for leftover in leftovers(other)
    ]
    owners = sorted({one.owner for one in found})
    gone = centre.ask(questions.DEPARTED, owners) if owners else ()
    for one in found:
        if one.owner in gone:
            yield from _steps_of(centre, one)


def hand_over(centre: Centre, leftover: Leftover) -> bool:
    """Hand over one leftover and delete it here. False when it is not taken: then it lies here as
    before."""
    return any(list(_steps_of(centre, leftover)))


def _steps_of(centre: Centre, leftover: Leftover) -> Iterator[str]:
    files = [leftover.folder / name for name in reversed(_FILES)]
    files = [file for file in files if file.exists()]
    told = json.dumps([{"name": file.name, "bytes": file.stat().st_size} for file in files])
    digest = hashlib.sha256()
    for part in _parts(files):
        digest.update(hashlib.sha256(part).digest())
    names = (leftover.owner, leftover.label, platform.node())
    try:
        begun = centre.ask(questions.QUARANTINE_BEGIN, *names, told, digest.digest())
        if not begun["is_whole"]:
            for n, part in enumerate(_parts(files)):
                if n >= begun["have"]:
                    centre.ask(questions.QUARANTINE_PUT, begun["id"], n, part)
                    yield ""
            if not centre.ask(questions.QUARANTINE_END, begun["id"]):
                return
    except CentreFault as refused:
        LOG.warning("files of %s are not taken: %s", leftover.owner, refused)
        return
    _delete(leftover)
    LOG.info("files of %s were handed over", leftover.owner)
    yield leftover.owner


def _parts(files: list[Path]) -> Iterator[bytes]:
    """All bytes of the files, one behind the other, in parts."""
    rest = b""
    for file in files:
        with file.open("rb") as source:
            while data := source.read(PART_SIZE - len(rest)):
                rest += data
                if len(rest) == PART_SIZE:
                    yield rest
                    rest = b""
    if rest:
        yield rest


def _delete(leftover: Leftover) -> None:
    for name in (_FILES[0], _NOT_SENT, *_FILES[1:]):
        (leftover.folder / name).unlink(missing_ok=True)
    if leftover.label:
        with contextlib.suppress(OSError):  # something of somebody else's lies there, too
            leftover.folder.rmdir()


# ---------------------------------------------------------------- given back


@dataclass(frozen=True, slots=True)
class GivenBack:
    """The fate of work that was set aside: how much the centre took, and how much is left that
    somebody has to look at (typed but not saved, or refused); that was handed over."""

    sent: int
    left: int


def give_back(
    centre: Centre, leftover: Leftover, safe: KeySafe, user: str, old_password: str
) -> GivenBack:
    """The agent knows the old password again: send what is unsent, as the desk it was made at.

    Each intent keeps its number and that file's identity, so what the centre had taken before is
    not done twice. Raises Refused at `old`, and what a centre raises; then it lies there as before.
    """
    try:
        keys = safe.unwrap_set_aside(user, leftover.label, old_password)
    except WrongPassword:
        raise Refused({"old": "set_aside_wrong"}) from None
    if keys is None:
        raise Refused({"old": "set_aside_locked"})
    try:
        local = Local(leftover.folder / LOCAL_FILE, keys.local)
    except StoreDamaged:
        raise Refused({"old": "set_aside_locked"}) from None
    try:
        sent, left = _send_all(centre, local)
    finally:
        local.close()
    if left and not hand_over(centre, leftover):
        raise AgentDesktopError("what is left could not be handed over")
    shutil.rmtree(leftover.folder, ignore_errors=True)
    safe.forget_set_aside(user, leftover.label)
    return GivenBack(sent, left)


def _send_all(centre: Centre, local: Local) -> tuple[int, int]:
    sent = 0
    while True:
        with local.writing() as c:
            parcels = outbox.take_next(c, 50)
        if not parcels:
            break
        for parcel in parcels:
            with local.reading() as c:
                if not outbox.is_unsent(c, parcel.n):
                    continue
            answer = centre.ask(questions.PUSH, local.client, parcel)
            with local.writing() as c:
                outbox.settle(c, parcel.n, answer)
            sent += answer.state is State.ACCEPTED
    draft, item = local_file.draft.c, local_file.work_item.c
    with local.reading() as c:
        typed = c.execute(select(func.count(draft.place.distinct()))).scalar_one()
        returned = c.execute(select(func.count()).where(item.done_at.is_(None))).scalar_one()
    return sent, int(typed) + int(returned)
