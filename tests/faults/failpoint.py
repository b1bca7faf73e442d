"""Kills a desk at a commit boundary, from the outside of the program's own code.

A boundary is a commit in one of the desk's files or a rename of one; its name is the function of
the program that asked for it (`intent.save`, `ticket.create`, `outbox.take_next` ...). In its
desk process `prepare` puts itself around SQLAlchemy's commit and `os.replace`.
"""

from __future__ import annotations

import functools
import json
import os
import signal
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

from agent_desktop.models.store import write_ahead_log

#: Boundaries passed so far, by name.
PASSED: Counter[str] = Counter()


def prepare(order: Mapping[str, Any], tell: Callable[..., None]) -> None:
    """Do what the desk's order asks for:

    `kill`: {"at": name, "nth": 1.., "side": "before" | "after"};
    `synchronous`: how both files are written, against the program's own wish;
    `checkpoints_often`: a log goes into its file after nearly each commit;
    `tells_before_commit`: the control that must lose: a save is told, then the desk is killed.
    """
    if order.get("synchronous"):
        _write_otherwise(order["synchronous"])
    if order.get("checkpoints_often"):
        write_ahead_log.QUIET_SECONDS, write_ahead_log.WORTH_PAGES = 0.01, 1
    kill = order.get("kill") or {}
    early = bool(order.get("tells_before_commit"))
    commit = SQLiteDialect_pysqlite.do_commit
    replace = os.replace

    def guarded(step: Callable[..., Any], sign: str, *args: Any) -> Any:
        name = sign + _asker()
        PASSED[name] += 1
        here = kill.get("at") == name and kill.get("nth", 1) == PASSED[name]
        if here and kill["side"] == "before":
            die()
        done = step(*args)
        if here:
            die()
        return done

    def do_commit(self: Any, connection: Any) -> None:
        if early and _tells(connection, tell):
            die()
        guarded(functools.partial(commit, self), "", connection)

    SQLiteDialect_pysqlite.do_commit = do_commit  # type: ignore[method-assign]
    os.replace = functools.partial(guarded, replace, "rename in ")  # type: ignore[assignment]


def die() -> None:
    """kill -9 of this process."""
    os.kill(os.getpid(), signal.SIGKILL)
    signal.pause()


def _asker() -> str:
    """The function of the program that this commit was made for."""
    frame = sys._getframe(2)
    while frame is not None:
        name = frame.f_code.co_filename
        if "agent_desktop" in name and not name.endswith("encrypted_file.py"):
            folder, module = os.path.split(name.removesuffix(".py"))
            # Each noun has its verbs in a module of this name; the folder tells them apart.
            if module == "verbs":
                module = os.path.basename(folder)
            return f"{module}.{frame.f_code.co_name}"
        assert frame.f_back is not None
        frame = frame.f_back
    return "?"


def _tells(connection: Any, tell: Callable[..., None]) -> bool:
    """Say of a ticket that stands in this transaction only that it is saved."""
    try:
        found = connection.execute(
            "SELECT kind, payload FROM intent ORDER BY n DESC LIMIT 1"
        ).fetchone()
    except Exception:  # noqa: BLE001 (the mirror has no intents)
        return False
    if found is None or found[0] != "ticket.create":
        return False
    said = json.loads(found[1])
    values = {name: said[name] for name in ("number", "subject", "description")}
    tell(saved={"table": "ticket", "record": said["id"], "values": values})
    return True


def _write_otherwise(synchronous: str) -> None:
    from agent_desktop.models.store.encrypted_file import EncryptedFile

    begin = EncryptedFile.__init__

    def other(self: Any, *args: Any, **more: Any) -> None:
        begin(self, *args, **{**more, "synchronous": synchronous})

    EncryptedFile.__init__ = other  # type: ignore[method-assign]
