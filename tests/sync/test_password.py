"""An agent takes another password: at the centre, for the keys here, through the hub, killed at
each step, and when the present one has ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from agent_desktop.central import staff
from agent_desktop.errors import CentreUnreachable, Refused, SignInFailed
from agent_desktop.models.rules.password import PasswordRule, faults, rule_from
from agent_desktop.models.store import intent as pending
from agent_desktop.models.store import outbox
from agent_desktop.models.store.intent import Intent
from agent_desktop.sync import questions
from agent_desktop.sync.centre import open_centre
from agent_desktop.sync.connection import DirectConnection
from agent_desktop.sync.password import change_password
from agent_desktop.sync.server import Server
from agent_desktop.sync.sign_in import SignedIn, sign_in, sign_out
from agent_desktop.sync.status import SyncState
from agent_desktop.system.credentials import KeySafe, WrongPassword
from tests.central_fixtures import Centre, password_of
from tests.hub.hub_at import Hub, hub_login
from tests.rings import FileRing, MemoryRing
from tests.sync.desk_at import Desk, server_of

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(180)]

OLD, NEW = password_of("ana"), "nine small owls"


class Place:
    """Ana's computer."""

    def __init__(self, centre: Centre, folder: Path) -> None:
        centre.add_agent("ana")
        self.centre, self.folder = centre, folder
        self.server = server_of(centre.dsn)
        self.ring_file = folder / "ring"
        self._open: list[SignedIn] = []

    @property
    def safe(self) -> KeySafe:
        """As after a new start: nothing is remembered but what the keyring keeps."""
        return KeySafe("test", FileRing(self.ring_file))

    def sign_in(self, password: str, **more: object) -> SignedIn:
        done = sign_in(self.server, self.folder, "ana", password, self.safe, **more)  # type: ignore[arg-type]
        self._open.append(done)
        return done

    def leave(self) -> None:
        for signed_in in self._open:
            sign_out(signed_in)
        self._open.clear()

    def logs_in(self, password: str) -> bool:
        try:
            open_centre(self.server, "ana", password).close()
        except SignInFailed:
            return False
        return True


@pytest.fixture
def place(centre: Centre, tmp_path: Path) -> Iterator[Place]:
    made = Place(centre, tmp_path)
    yield made
    made.leave()


def test_the_new_password_opens_centre_and_files_and_the_old_one_neither(place: Place) -> None:
    before = place.sign_in(OLD, remember=True)
    pending.save(before.stores, Intent("ticket.note", {"text": "unsent"}))
    change_password(place.server, "ana", OLD, NEW, place.safe)
    place.leave()
    assert not place.logs_in(OLD)
    kept = place.safe.remembered()
    assert kept is not None
    assert kept.password == NEW
    with pytest.raises(WrongPassword):
        place.safe.unwrap("ana", OLD)
    again = place.sign_in(NEW)
    assert again.local_sealed is None
    with again.stores.local.reading() as c:
        assert outbox.count_unsent_work(c) == 1


def test_neither_password_is_in_a_log_of_the_server(place: Place, centre: Centre) -> None:
    centre.admin.execute("alter system set log_statement = 'all'")
    centre.admin.execute("select pg_reload_conf()")
    try:
        change_password(place.server, "ana", OLD, NEW, place.safe)
        assert place.logs_in(NEW)
    finally:
        centre.admin.execute("alter system reset log_statement")
        centre.admin.execute("select pg_reload_conf()")
    written = centre.cluster.log.read_text("utf-8", "replace")
    assert "change_password" in written, "the log shows statements"
    assert NEW not in written
    assert OLD not in written


@pytest.mark.parametrize(
    ("current", "new", "reasons"),
    [
        ("guessed", NEW, {"current": "password_wrong"}),
        (OLD, "short", {"new": "password_short"}),
        (OLD, "x" * 300, {"new": "password_long"}),
        (OLD, OLD, {"new": "password_same"}),
        (OLD, "this is for ANA only", {"new": "password_has_name"}),
        (OLD, "abababababababab", {"new": "password_simple"}),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_changes_nothing(
    place: Place, current: str, new: str, reasons: dict[str, str]
) -> None:
    with pytest.raises(Refused) as refused:
        change_password(place.server, "ana", current, new, place.safe)
    assert refused.value.reasons == reasons
    assert place.logs_in(OLD)


def test_the_site_says_how_long_it_must_be(place: Place, centre: Centre) -> None:
    centre.admin.execute("update crm.site set password_length = 20")
    with pytest.raises(Refused) as refused:
        change_password(place.server, "ana", OLD, NEW, place.safe)
    assert refused.value.details["length"] == 20


@pytest.mark.parametrize("password", ["nove corujas são", "девять сов", "ﬁve owls ½ º", "o w l s"])
def test_any_letters_will_do(place: Place, centre: Centre, password: str) -> None:
    """What libpq makes of a password before it hashes it must be the same on both sides."""
    centre.admin.execute("update crm.site set password_length = 8")
    password = password.ljust(12, "z")
    change_password(place.server, "ana", OLD, password, place.safe)
    assert place.logs_in(password)
    assert not place.logs_in(OLD)


def test_without_the_centre_nothing_changes_and_it_is_said(place: Place) -> None:
    place.sign_in(OLD)
    place.leave()
    nobody = Server("127.0.0.1", 9, place.server.database)
    with pytest.raises(CentreUnreachable) as away:
        change_password(nobody, "ana", OLD, NEW, place.safe)
    assert away.value.code == "unreachable"
    assert place.safe.unwrap("ana", OLD) is not None


# -- cut off ------------------------------------------------------------------------------------
KILLED = """
import os, signal, sys
from pathlib import Path
from agent_desktop.system.credentials import KeySafe
from agent_desktop.sync.password import change_password
from agent_desktop.sync.server import Server
from agent_desktop.sync import questions
from agent_desktop.models.rules.password import rule_from
from tests.rings import FileRing

step = int(sys.argv[5])

class Killing(FileRing):
    def _count(self):
        global step
        if step == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        step -= 1

    def set_password(self, *words):
        self._count()
        super().set_password(*words)
        self._count()

    def delete_password(self, *words):
        self._count()
        super().delete_password(*words)
        self._count()

host, port, database = sys.argv[1:4]
safe = KeySafe("test", Killing(Path(sys.argv[4])))
change_password(Server(host, int(port), database), "ana", *sys.argv[6:8], safe)
print("done")
"""


def killed_at(place: Place, step: int) -> bool:
    """Change the password in a process that dies at one of its steps; whether it came to it."""
    server = place.server
    words = [server.host, str(server.port), server.database, str(place.ring_file), str(step)]
    done = subprocess.run(
        [sys.executable, "-c", KILLED, *words, OLD, NEW],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    return done.returncode != 0


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL on Windows")
def test_killed_at_each_step_one_password_opens_both(place: Place, centre: Centre) -> None:
    outcomes = []
    for step in range(20):
        centre.add_agent("ana")  # the old password again, and keys wrapped with it
        first = place.sign_in(OLD, remember=True, old_password=NEW)
        pending.save(first.stores, Intent("ticket.note", {"text": "unsent"}))
        with first.stores.local.reading() as c:
            unsent = outbox.count_unsent_work(c)
        place.leave()
        was_killed = killed_at(place, step)
        taken = place.logs_in(NEW)
        outcomes.append((was_killed, taken))
        again = place.sign_in(NEW if taken else OLD)  # nobody is asked for the other one
        assert again.local_sealed is None
        with again.stores.local.reading() as c:
            assert outbox.count_unsent_work(c) == unsent
        place.leave()
        if not was_killed:
            break
    killed = [taken for was_killed, taken in outcomes if was_killed]
    assert False in killed, "before the centre"
    assert True in killed, "after the centre"
    assert outcomes[-1] == (False, True)


def test_an_answer_that_is_lost_is_found_out(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """The centre took it, or did not; the line broke before it could say so."""
    place.sign_in(OLD)
    place.leave()

    ask = DirectConnection.ask

    def cut(does: bool) -> None:
        def asked(line: Any, question: Any, *values: Any, **named: Any) -> Any:
            if question is not questions.CHANGE_PASSWORD:
                return ask(line, question, *values, **named)
            if does:
                ask(line, question, *values, **named)
            raise CentreUnreachable("cut off")

        monkeypatch.setattr(DirectConnection, "ask", asked)

    cut(False)
    with pytest.raises(CentreUnreachable) as lost:
        change_password(place.server, "ana", OLD, NEW, place.safe)
    assert lost.value.code == "unreachable"
    assert place.logs_in(OLD)
    place.sign_in(OLD)
    place.leave()

    cut(True)
    change_password(place.server, "ana", OLD, NEW, place.safe)
    assert place.logs_in(NEW)
    place.sign_in(NEW)


# -- lines that are open ------------------------------------------------------------------------
def test_the_syncer_goes_on_and_logs_in_anew_with_the_new_one(
    centre: Centre, tmp_path: Path
) -> None:
    centre.add_agent("ana")
    desk = Desk(centre, tmp_path, "ana")
    desk.syncer.start()
    try:
        desk.until(lambda: desk.syncer.status.state is SyncState.IN_SYNC)
        safe = KeySafe("test", MemoryRing())
        change_password(server_of(centre.dsn), "ana", OLD, NEW, safe)
        backends = "select array_agg(pid) from pg_stat_activity where usename = 'ana'"
        before = centre.one(backends)
        told = len(desk.statuses)
        desk.syncer.use_password(NEW)
        desk.until(lambda: not set(centre.one(backends) or before) & set(before))
        desk.until(lambda: desk.syncer.status.state is SyncState.IN_SYNC)
        assert not [s for s in desk.statuses[told:] if s.state is SyncState.OFFLINE]
        centre.admin.execute(  # and after a break it is the new one, too
            "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'ana'"
        )
        desk.until(lambda: desk.syncer.status.state is SyncState.OFFLINE)
        desk.until(lambda: desk.syncer.status.state is SyncState.IN_SYNC)
    finally:
        desk.close()


# -- its end ------------------------------------------------------------------------------------
def ago(days: float) -> datetime:
    return datetime.now(UTC) - timedelta(days=days)


def changed(centre: Centre, days: float) -> None:
    centre.admin.execute("update crm.password set changed_at = %s", (ago(days),))


def test_it_ends_when_the_site_says_and_a_new_one_begins(place: Place, centre: Centre) -> None:
    changed(centre, 91)
    with open_centre(place.server, "ana", OLD) as line:
        assert rule_from(line.ask(questions.PASSWORD_RULE)).ends_at is None, "the site has no rule"
    centre.admin.execute("update crm.site set password_days = 90")
    with pytest.raises(SignInFailed) as ended:
        place.sign_in(OLD)
    assert (ended.value.code, ended.value.details["length"]) == ("password_ended", 12)
    assert not (place.folder / "ring").exists(), "before anything else"
    change_password(place.server, "ana", OLD, NEW, place.safe)
    place.sign_in(NEW, old_password=OLD)
    with open_centre(place.server, "ana", NEW) as line:
        rule = rule_from(line.ask(questions.PASSWORD_RULE))
    assert not rule.has_ended
    assert rule.ends_at is not None
    assert timedelta(days=89) < rule.ends_at - datetime.now(UTC) <= timedelta(days=90)


def test_a_shift_goes_on_for_a_day_and_no_longer(place: Place, centre: Centre) -> None:
    centre.admin.execute("update crm.site set password_days = 90")
    shift = place.sign_in(OLD)
    client = shift.stores.local.client
    with open_centre(place.server, "ana", OLD) as line:
        changed(centre, 90.5)
        line.ask(questions.SIGN_IN, client, "pc")  # as the syncer does each hour
        changed(centre, 91.5)
        for ask in (
            lambda: line.ask(questions.POSITION),
            lambda: line.ask(questions.LEASE_NUMBERS, client, "ticket"),
        ):
            with pytest.raises(SignInFailed) as ended:
                ask()
            assert ended.value.code == "password_ended"


def test_a_temporary_one_is_for_choosing_another_only(place: Place, centre: Centre) -> None:
    shift = place.sign_in(OLD)
    ended = staff.reset_password(centre.admin, "ana", "handed over on paper")
    assert ended >= 0
    place.leave()
    assert not place.logs_in(OLD)
    for again in range(2):
        with pytest.raises(SignInFailed) as failed:
            place.sign_in("handed over on paper", old_password=OLD)
        assert failed.value.code == "password_ended", again
    with open_centre(place.server, "ana", "handed over on paper") as line:
        with pytest.raises(SignInFailed):
            line.ask(questions.SIGN_IN, shift.stores.local.client, "pc")
        with pytest.raises(SignInFailed):
            line.ask(questions.POSITION)
    change_password(place.server, "ana", "handed over on paper", NEW, place.safe)
    assert place.sign_in(NEW, old_password=OLD).local_sealed is None
    said = [
        row[0]
        for row in centre.admin.execute(
            "select what from crm.audit where what like '%%password' order by id"
        )
    ]
    assert said == ["reset_password", "password"]


def test_days_left_are_told_in_the_last_two_weeks() -> None:
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    assert PasswordRule().days_left(now) is None
    assert PasswordRule(ends_at=now + timedelta(days=15)).days_left(now) is None
    assert PasswordRule(ends_at=now + timedelta(days=13, hours=5)).days_left(now) == 13
    assert PasswordRule(ends_at=now + timedelta(hours=5)).days_left(now) == 0
    assert PasswordRule(ends_at=now - timedelta(days=1)).days_left(now) == 0
    assert faults(PasswordRule(8), "ana", "x", "wonderful") == {}


# -- through the hub ----------------------------------------------------------------------------
def test_through_the_hub_it_is_the_same(centre: Centre, tmp_path: Path) -> None:
    centre.add_agent("ana")
    safe = KeySafe("test", MemoryRing())
    with hub_login(centre) as login:
        hub = Hub(login.dsn, tmp_path, "--no-collector")
        try:
            _changes_and_is_reset(centre, hub.server, tmp_path, safe)
        finally:
            hub.stop()


def _changes_and_is_reset(centre: Centre, server: Server, folder: Path, safe: KeySafe) -> None:
    with pytest.raises(Refused) as refused:
        change_password(server, "ana", "guessed", NEW, safe)
    assert refused.value.reasons == {"current": "password_wrong"}
    sign_out(sign_in(server, folder, "ana", OLD, safe))
    change_password(server, "ana", OLD, NEW, safe)
    with pytest.raises(SignInFailed):
        open_centre(server, "ana", OLD)
    done = sign_in(server, folder, "ana", NEW, safe)
    assert done.local_sealed is None
    sign_out(done)
    staff.reset_password(centre.admin, "ana", "handed over on paper")
    with pytest.raises(SignInFailed) as ended:
        sign_in(server, folder, "ana", "handed over on paper", safe, old_password=NEW)
    assert ended.value.code == "password_ended"


# -- a prompt of one's own ----------------------------------------------------------------------
@pytest.mark.parametrize(
    "verifier",
    [
        "a password in clear",
        "md5" + "0" * 32,
        "",
        "SCRAM-SHA-256$1:AAAAAAAAAAAAAAAAAAAAAA==$x:y",
        "SCRAM-SHA-256$4096:AAAAAAAAAAAAAAAAAAAAAA==$" + "A" * 43 + "=:" + "A" * 43 + "=\n",
        "SCRAM-SHA-256$4096:AAAAAAAAAAAAAAAAAAAAAA==$" + "A" * 43 + "=:" + "A" * 43 + "='; drop",
        "SCRAM-SHA-256$9999999:AAAAAAAAAAAAAAAAAAAAAA==$" + "A" * 43 + "=:" + "A" * 43 + "=",
    ],
)
def test_only_a_verifier_is_taken(place: Place, centre: Centre, verifier: str) -> None:
    with psycopg.connect(centre.dsn_of("ana"), autocommit=True) as prompt:
        with pytest.raises(psycopg.Error) as refused:
            prompt.execute("select api_v1.change_password(%s)", (verifier,))
        assert refused.value.sqlstate == "AD041"
    assert place.logs_in(OLD)


def test_changing_it_past_the_function_does_not_put_off_its_end(
    place: Place, centre: Centre
) -> None:
    """PostgreSQL lets everybody change their own; the centre's clock does not hear of it."""
    centre.admin.execute("update crm.site set password_days = 90")
    changed(centre, 95)
    with psycopg.connect(centre.dsn_of("ana"), autocommit=True) as prompt:
        prompt.execute("alter role ana password 'another one'")
        with pytest.raises(psycopg.Error) as ended:
            prompt.execute("select api_v1.position()")
        assert ended.value.sqlstate == "AD040"
    with pytest.raises(SignInFailed) as failed:
        place.sign_in("another one")
    assert failed.value.code == "password_ended"


def test_the_one_powerful_function_is_nobodys_to_call_and_touches_agents_only(
    place: Place, centre: Centre
) -> None:
    centre.add_agent("bruno")
    owner, callers = centre.admin.execute(
        "select proowner::regrole::text, (select array_agg(grantee::regrole::text order by 1)"
        "  from aclexplode(proacl)) from pg_proc where proname = 'set_password'"
    ).fetchone() or ("", ())
    assert owner == "crm_keeper"
    assert callers == ["crm_keeper", "crm_owner"]
    keeper = centre.admin.execute(
        "select rolcanlogin, rolsuper, rolbypassrls from pg_roles where rolname = 'crm_keeper'"
    ).fetchone()
    assert keeper == (False, False, False)
    members = centre.one(
        "select count(*) from pg_auth_members where roleid = 'crm_keeper'::regrole"
    )
    assert members == 0
    with database_owner(centre) as owner_line:
        for role in ("crm_owner", "crm_keeper", "postgres", "agents", "nobody at all"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                owner_line.execute("select crm.set_password(%s, 'x')", (role,))


def database_owner(centre: Centre) -> psycopg.Connection[tuple[object, ...]]:
    """A line that speaks as the owner of the centre."""
    line = psycopg.connect(centre.dsn, autocommit=True)
    line.execute("set role crm_owner")
    return line
