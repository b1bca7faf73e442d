"""`agent-desktop admin VERB`: what an administrator does to the central database.

The server is named by --dsn or AGENT_DESKTOP_DSN, a libpq connection string such as
"host=db.example.com dbname=centre user=postgres"; libpq's own variables (PGPASSWORD, a password
file) work too, so that no password has to stand on the command line.
"""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from itertools import islice, zip_longest
from pathlib import Path
from uuid import UUID

import psycopg
from psycopg.conninfo import conninfo_to_dict

from agent_desktop.central import (
    audit,
    bulk,
    database,
    erasure,
    hubs,
    quarantine,
    staff,
    status,
    watchdog,
)
from agent_desktop.errors import AgentDesktopError, Refused

DSN_VARIABLE = "AGENT_DESKTOP_DSN"
ROLES = ("agent", "second_level", "supervisor", "administrator")

# What a refusal means here, in words; {field} is what was refused.
_WORDS = {
    "taken": "this name belongs to a database role that is no agent's",
    "not_possible": "this name cannot be a log-in name",
    "unknown": "{field} is not known here",
    "superuser_needed": "loading a company needs a superuser of the database",
    "not_empty": "this centre has accounts already; load the demo into an empty one",
    "missing": "{field} is missing",
    "short": "a {field} has at least 8 characters",
}


def main(argv: Sequence[str]) -> int:
    """Run one verb. Returns 0, or 1 with the reason on standard error."""
    options = _parser().parse_args(argv)
    try:
        verb: Callable[[argparse.Namespace], None] = options.run
        verb(options)
    except Refused as error:
        return _fail(_in_words(error))
    except AgentDesktopError as error:
        return _fail(str(error))
    except psycopg.errors.LockNotAvailable:
        return _fail("somebody uses a table for long; nothing was changed: try again later")
    except psycopg.OperationalError as error:
        return _fail(f"the server cannot be reached or refuses: {_first_line(error)}")
    except psycopg.errors.DuplicateDatabase:
        return _fail("a database of this name exists already; to renew it use: upgrade")
    except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName):
        return _fail("this database is not a centre; make one with: create-database")
    except psycopg.Error as error:
        return _fail(_first_line(error))
    except KeyboardInterrupt:
        return _fail("stopped; nothing of this step was kept")
    return 0


def _fail(words: str) -> int:
    print(f"agent-desktop admin: {words}", file=sys.stderr)
    return 1


def _first_line(error: psycopg.Error) -> str:
    return str(error).strip().split("\n", 1)[0]


def _in_words(error: Refused) -> str:
    return "; ".join(
        _WORDS.get(code, code).format(field=field or "this")
        for field, code in error.reasons.items()
    )


# -- verbs --------------------------------------------------------------------------------------
def _create_database(options: argparse.Namespace) -> None:
    database.create_database(_dsn(options), options.name, options.site, options.time_zone)
    print(f"database {options.name} is made; add people with: add-agent")


def _upgrade(options: argparse.Namespace) -> None:
    for line in database.upgrade(_dsn(options)):
        print(line)
    print("the database is up to date")


def _add_agent(options: argparse.Namespace) -> None:
    secrets = _secrets("password", *(["SIP secret"] if options.sip else []))
    new = staff.NewAgent(
        user_name=options.user,
        name=options.name,
        password=secrets[0],
        business_role=options.role,
        team=options.team,
        extension=options.extension,
        sip_secret=secrets[1] if options.sip else "",
        scopes=tuple(options.scope or ["company"]),
        is_temporary=options.temporary,
    )
    with database.connect(_dsn(options)) as connection:
        staff.add_agent(connection, new)
    print(f"{options.user} may log in as {options.role}")


def _secrets(*names: str) -> list[str]:
    """Secrets from standard input, one a line; asked for by name where somebody types."""
    if sys.stdin.isatty():
        given = [getpass.getpass(f"{name}: ") for name in names]
    else:
        given = [line.rstrip("\r\n") for line in islice(sys.stdin, len(names))]
    missing = [name for name, value in zip_longest(names, given) if not value]
    if missing:
        raise Refused({missing[0]: "missing"})
    return given


def _reset_password(options: argparse.Namespace) -> None:
    (password,) = _secrets("temporary password")
    if len(password) < 8:
        raise Refused({"temporary password": "short"})
    with database.connect(_dsn(options)) as connection:
        ended = staff.reset_password(connection, options.user, password)
    print(f"{options.user} chooses another one at the next sign-in; open sessions ended: {ended}")


def _quarantine(options: argparse.Namespace) -> None:
    with database.connect(_dsn(options)) as connection:
        if options.drop:
            quarantine.drop(connection, options.drop)
        for one in quarantine.handed(connection):
            state = "whole" if one.done_at else "not all of it is here yet"
            where = f"{one.host} {one.label}".strip()
            print(f"{one.id}  {one.begun_at:%Y-%m-%d %H:%M} UTC  {one.owner}  {where}  "
                  f"{one.size:,} bytes  {state}")  # fmt: skip


def _quarantine_open(options: argparse.Namespace) -> None:
    with database.connect(_dsn(options)) as connection:
        if options.what.is_dir():
            found = quarantine.opened(connection, options.what)
        else:
            with quarantine.fetched(connection, _id(str(options.what))) as folder:
                found = quarantine.opened(connection, folder)
        if not options.push_as:
            print(quarantine.as_json(found))
            return
        for one in quarantine.push(connection, found, options.push_as):
            print(f"{one.n}  {one.kind}  {one.state} {one.code}".rstrip())


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise AgentDesktopError(f"{text} is neither a folder nor an id of: quarantine") from None


def _add_hub(options: argparse.Namespace) -> None:
    (password,) = _secrets("password")
    with database.connect(_dsn(options)) as connection:
        hubs.add_hub(connection, options.login, password)
    print(f"{options.login} may log in as a hub; start it with: agent-desktop hub")


def _offboard(options: argparse.Namespace) -> None:
    with database.connect(_dsn(options)) as connection:
        ended = staff.offboard(connection, options.user)
    print(f"{options.user} can no longer log in; open sessions ended: {ended}")


def _erase(options: argparse.Namespace) -> None:
    with database.connect(_dsn(options)) as connection:
        records = erasure.erase_account(connection, options.account)
    print(f"erased with {records:,} records; desks that know it not yet are listed by: erasures")


def _erasures(options: argparse.Namespace) -> None:
    with database.connect(_dsn(options)) as connection:
        for account, at, host in erasure.open_erasures(connection):
            print(f"{at:%Y-%m-%d %H:%M} UTC  {account}  {host or 'no desk holds it'}")


def _restored(options: argparse.Namespace) -> None:
    with database.connect(_dsn(options)) as connection, database.owner_of(connection):
        connection.execute("select crm.restored()")
    print("desks fetch everything anew and send again what was accepted in the last 14 days")


def _load_demo(options: argparse.Namespace) -> None:
    from agent_desktop.demo import company

    accounts, today = options.accounts, options.today or datetime.now().astimezone().date()
    # Clocks of open tickets run from now; on a day that was asked for, from its morning.
    now = None if options.today else datetime.now(UTC)
    with database.connect(_dsn(options)) as connection:
        row = connection.execute("select fact_key from crm.site").fetchone()
        key = row[0] if row else b""
        counts = bulk.load(
            connection,
            company.tables(accounts, today, now=now, fact_key=key),
            _Teller(),
            expected=_expected_rows(accounts, today),
        )
    print(f"\nloaded {sum(counts.values()):,} rows, {counts.get('account', 0):,} accounts")


def _expected_rows(accounts: int, today: date) -> int:
    """About how many rows this many accounts will have, told by the first thousand."""
    from agent_desktop.demo import company

    sample = min(accounts, 1_000)
    rows = sum(1 for _, _, rows in company.tables(sample, today) for _ in rows)
    return rows * accounts // sample


def _seal_audit(options: argparse.Namespace) -> None:
    with database.connect(_dsn(options)) as connection:
        done = audit.seal(connection)
    print(f"batch {done.n}, {done.rows} rows sealed, {done.hash}")


def _check_audit(options: argparse.Namespace) -> None:
    with database.connect(_dsn(options)) as connection:
        found = audit.check(connection, _noted(options.known))
    print(f"batch {found.n}, {found.rows} rows, {found.waiting} not yet sealed, {found.hash}")
    if found.faults:
        raise AgentDesktopError("the audit was tampered with:\n" + "\n".join(found.faults))


def _noted(text: str) -> tuple[int, str] | None:
    """Number and hash of a batch, as `seal-audit` and `check-audit` tell them: `7:ab12...`."""
    number, _, digest = text.partition(":")
    if text and not (number.isdecimal() and digest):
        raise AgentDesktopError("--known is the number of a batch, a colon and its hash")
    return (int(number), digest) if text else None


def _watch(options: argparse.Namespace) -> None:
    limits = watchdog.Limits(statement=options.statement_seconds)
    watchdog.Watch(_dsn(options), _tell_now, limits).run()


def _tell_now(words: str) -> None:
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} {words}", flush=True)


def _status(options: argparse.Namespace) -> None:
    with database.connect(_dsn(options)) as connection:
        print(status.as_table(status.lines(connection)))


class _Teller:
    """Writes progress: over one line where somebody watches, else one line a step."""

    def __init__(self) -> None:
        self._step = ""

    def __call__(self, progress: bulk.LoadProgress) -> None:
        left = progress.seconds_left
        words = f"{progress.step:<18} {progress.rows:>12,} rows  "
        words += "" if left is None else f"about {_clock(left)} left"
        if sys.stdout.isatty():
            print(f"\r{words:<70}", end="", flush=True)
        elif progress.step != self._step:
            print(words.rstrip(), flush=True)
        self._step = progress.step


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


# -- command line -------------------------------------------------------------------------------
def _dsn(options: argparse.Namespace) -> str:
    dsn: str = options.dsn or os.environ.get(DSN_VARIABLE, "")
    if not dsn:
        raise AgentDesktopError(f"say which database: --dsn '...' or {DSN_VARIABLE}")
    try:
        conninfo_to_dict(dsn)
    except psycopg.ProgrammingError as error:
        raise AgentDesktopError(f"this is no connection string: {_first_line(error)}") from None
    return dsn


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="agent-desktop admin",
        description="The central database: made, renewed, staffed and looked at.",
        epilog=f"The server: --dsn or {DSN_VARIABLE}, such as 'host=db user=postgres'.",
    )
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    create = _verb(verbs, "create-database", _create_database, "make a new, migrated database")
    create.add_argument("name")
    create.add_argument("--site", default="", help="the company's name, as desks show it")
    create.add_argument("--time-zone", default="America/Sao_Paulo")
    _verb(verbs, "upgrade", _upgrade, "bring the database up to this version")
    _add_agent_arguments(
        _verb(verbs, "add-agent", _add_agent, "add or change an agent; password on standard input")
    )
    reset = _verb(
        verbs, "reset-password", _reset_password, "a temporary password, on standard input"
    )
    reset.add_argument("user")
    hub = _verb(verbs, "add-hub", _add_hub, "let a hub log in; its password on standard input")
    hub.add_argument("login", help="a log-in name of its own")
    off = _verb(verbs, "offboard", _offboard, "end an agent's access and open sessions now")
    off.add_argument("user")
    erase = _verb(verbs, "erase", _erase, "delete an account with all its records, everywhere")
    erase.add_argument("account", help="its number")
    _verb(verbs, "erasures", _erasures, "what was erased, and the desks that may still hold it")
    _add_quarantine_arguments(verbs)
    _verb(verbs, "restored", _restored, "after a backup of the server's files was put back")
    demo = _verb(verbs, "load-demo", _load_demo, "fill an empty centre with an invented company")
    demo.add_argument("--accounts", type=int, default=2_000)
    demo.add_argument("--today", type=date.fromisoformat, help="the day the data ends, YYYY-MM-DD")
    _verb(verbs, "seal-audit", _seal_audit, "seal what is new in the audit into a batch")
    check = _verb(verbs, "check-audit", _check_audit, "find out whether the audit was changed")
    check.add_argument("--known", default="", help="NUMBER:HASH of a batch that was noted before")
    watch = _verb(verbs, "watch", _watch, "end what agents leave running, and seal the audit")
    watch.add_argument("--statement-seconds", type=float, default=120.0, help="longest statement")
    _verb(verbs, "status", _status, "show how the centre is")
    return parser


def _add_quarantine_arguments(
    verbs: argparse._SubParsersAction[argparse.ArgumentParser],
) -> None:
    listed = _verb(verbs, "quarantine", _quarantine, "list sealed files that desks handed over")
    listed.add_argument("--drop", type=UUID, metavar="ID", help="delete one that was dealt with")
    opened = _verb(
        verbs, "quarantine-open", _quarantine_open, "show as JSON what is unsent in such files"
    )
    opened.add_argument("what", type=Path, help="an id, or a folder set aside at a desk")
    opened.add_argument("--push-as", default="", metavar="USER", help="push it as this supervisor")


def _verb(
    verbs: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    run: Callable[[argparse.Namespace], None],
    words: str,
) -> argparse.ArgumentParser:
    parser = verbs.add_parser(name, help=words, description=words)
    parser.add_argument("--dsn", default="", help=f"connection string (else {DSN_VARIABLE})")
    parser.set_defaults(run=run)
    return parser


def _add_agent_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("user", help="log-in name")
    parser.add_argument("--name", required=True, help="the person's name, as customers hear it")
    parser.add_argument("--role", choices=ROLES, default="agent")
    parser.add_argument("--team", default="", help="code of a team")
    parser.add_argument(
        "--scope", action="append", help="may be given several times; without: company"
    )
    parser.add_argument(
        "--temporary", action="store_true", help="another password is chosen at the first sign-in"
    )
    parser.add_argument("--extension", default="", help="number at the telephone system")
    parser.add_argument(
        "--sip", action="store_true", help="read the SIP secret from a second line of input"
    )
