from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent_desktop.central import staff
from agent_desktop.errors import CentreUnreachable, SignInFailed
from agent_desktop.models.store import draft, outbox
from agent_desktop.models.store import intent as pending
from agent_desktop.models.store.draft import DraftField
from agent_desktop.models.store.intent import Intent
from agent_desktop.models.store.mirror import keep, kept_value
from agent_desktop.sync import lease
from agent_desktop.sync.connection import DirectConnection as Line
from agent_desktop.sync.server import Server
from agent_desktop.sync.sign_in import SEALED_KEY, SignedIn, folder_of, sign_in, sign_out
from agent_desktop.system.credentials import KeySafe, unseal
from tests.central_fixtures import Centre, password_of
from tests.rings import MemoryRing
from tests.sync.desk_at import server_of

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(180)]


class Door:
    """Signs ana in at one desk; `unplugged` takes the centre away."""

    def __init__(self, centre: Centre, folder: Path) -> None:
        centre.add_agent("ana")
        self.server = server_of(centre.dsn)
        self.folder = folder
        self.ring = MemoryRing()
        self.safe = KeySafe("test", self.ring)
        self.unplugged = False
        self._open: list[SignedIn] = []

    def sign_in(self, password: str = password_of("ana"), **more: object) -> SignedIn:
        server = nobody_at(self.server) if self.unplugged else self.server
        done = sign_in(server, self.folder, "ana", password, self.safe, **more)  # type: ignore[arg-type]
        self._open.append(done)
        return done

    def leave(self) -> None:
        for signed_in in self._open:
            sign_out(signed_in)
        self._open.clear()

    def fails(self, password: str = password_of("ana"), **more: object) -> str:
        with pytest.raises(SignInFailed) as failed:
            self.sign_in(password, **more)
        return failed.value.code


def nobody_at(server: Server) -> Server:
    """A server that is called as the real one but stands where nobody listens."""
    return Unplugged(server, _closed_port())


class Unplugged(Server):
    def __init__(self, real: Server, port: int) -> None:
        super().__init__(real.host, port, real.database)
        object.__setattr__(self, "called", str(real))

    def __str__(self) -> str:
        return str(self.__dict__["called"])


def _closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def door(centre: Centre, tmp_path: Path) -> Iterator[Door]:
    opened = Door(centre, tmp_path)
    yield opened
    opened.leave()


def shift_times(signed_in: SignedIn, by: timedelta) -> None:
    """As if everything had happened so much later (or earlier)."""
    with signed_in.stores.mirror.writing() as c:
        kept = kept_value(c, lease.KEY)
        moved = datetime.fromisoformat(kept["at"]) + by
        keep(c, lease.KEY, {**kept, "at": moved.isoformat()})
        keep(c, lease.CLOCK, moved.isoformat())


def test_signing_in_tells_who_and_where(door: Door) -> None:
    done = door.sign_in()
    assert done.online
    assert done.has_keyring
    assert done.local_sealed is None
    site = done.stores.site
    assert (site.agent.user_name, site.name, len(site.fact_key)) == ("ana", "Luz do Planalto", 32)
    assert site.client == done.stores.local.client


def test_a_wrong_password_is_refused_and_leaves_no_files(door: Door) -> None:
    assert door.fails("wrong") == "wrong_password"
    assert list(door.folder.iterdir()) == []


def test_an_agent_who_left_is_refused(door: Door, centre: Centre) -> None:
    door.sign_in()
    door.leave()
    centre.admin.execute("update crm.agent set active = false")
    assert door.fails() == "agent_disabled"
    centre.admin.execute("update crm.agent set active = true")
    assert door.sign_in().local_sealed is None  # nothing was wiped


def test_who_left_loses_the_mirror_and_unsent_work_is_the_sites(door: Door, centre: Centre) -> None:
    first = door.sign_in(remember=True)
    pending.save(first.stores, Intent("ticket.note", {"text": "unsent"}))
    mirror, local, key = first.stores.mirror.path, first.stores.local, first.stores.local.key
    door.leave()
    staff.offboard(centre.admin, "ana")
    assert door.fails("guessed") == "wrong_password"
    assert mirror.exists(), "whoever does not know the password destroys nothing"
    assert door.fails() == "agent_disabled"
    assert not mirror.exists()
    left = door.safe.unwrap("ana", password_of("ana"))
    assert left is not None
    assert left.mirror == b""
    assert door.safe.remembered() is None
    door.unplugged = True
    assert door.fails() == "agent_disabled", "the lease has ended too"
    private = centre.one("select sealing_secret from crm.site")
    assert unseal(private, local.path.with_name(SEALED_KEY).read_bytes()) == key

    door.unplugged = False  # it was a mistake: the agent comes back, the work goes on
    centre.add_agent("ana")
    again = door.sign_in()
    assert again.local_sealed is None
    with again.stores.local.reading() as c:
        assert outbox.count_unsent_work(c) == 1
    assert again.stores.mirror.key not in (b"", first.stores.mirror.key)


def test_a_false_alarm_without_an_answer_destroys_nothing(door: Door, centre: Centre) -> None:
    done = door.sign_in()
    door.leave()
    centre.admin.execute("alter role ana connection limit 0")
    assert door.sign_in().online is False, "a busy centre is none"
    door.leave()
    assert done.stores.mirror.path.exists()


def test_the_next_to_sign_in_brings_the_news_that_a_colleague_left(
    door: Door, centre: Centre
) -> None:
    gone, here = door.sign_in(), "bruno"
    door.leave()
    centre.add_agent(here)
    staff.offboard(centre.admin, "ana")
    bruno = sign_in(door.server, door.folder, here, password_of(here), door.safe)
    sign_out(bruno)
    assert bruno.stores.mirror.path.exists()
    assert not gone.stores.mirror.path.exists()
    assert gone.stores.local.path.exists()
    left = door.safe.unwrap("ana", password_of("ana"))
    assert left is not None
    assert left.mirror == b""
    door.unplugged = True
    assert door.fails() == "agent_disabled"


def test_with_the_centre_away_the_password_still_opens_the_desk(door: Door) -> None:
    online = door.sign_in()
    draft.save(online.stores, "note", {"text": DraftField("typed")})
    client = online.stores.local.client
    door.leave()
    door.unplugged = True
    assert door.fails("wrong") == "wrong_password"
    offline = door.sign_in()
    assert not offline.online
    assert offline.stores.site.agent.name == "Ana"
    assert offline.stores.local.client == client
    assert draft.load(offline.stores, "note")["text"].text == "typed"


def test_the_phones_secret_is_in_no_file_and_there_again_without_the_centre(
    door: Door, centre: Centre
) -> None:
    secret = "fifty-one owls"
    centre.admin.execute("update crm.agent set sip_secret = %s", (secret,))
    online = door.sign_in()
    assert online.stores.site.sip.secret == secret
    with online.stores.mirror.writing() as c:
        assert secret not in str(kept_value(c, lease.KEY))
    assert secret not in str(door.ring.secrets)
    door.leave()
    door.unplugged = True
    assert door.sign_in().stores.site.sip.secret == secret


def test_nobody_signs_in_offline_who_never_was_here(door: Door) -> None:
    folder_of(door.folder, door.server, "a colleague").mkdir(parents=True)
    door.unplugged = True
    assert door.fails() == "never_signed_in_here"


def test_a_server_nobody_ever_reached_from_here_is_unreachable(door: Door) -> None:
    door.unplugged = True
    assert door.fails() == "unreachable"


@pytest.mark.parametrize(
    ("by", "code"),
    [(timedelta(hours=-73), "lease_expired"), (timedelta(hours=1), "clock_set_back")],
)
def test_the_lease_ends_and_a_clock_set_back_is_noticed(
    door: Door, by: timedelta, code: str
) -> None:
    shift_times(door.sign_in(), by)
    door.leave()
    door.unplugged = True
    assert door.fails() == code
    door.unplugged = False
    assert door.sign_in().online


def test_seventy_one_hours_later_the_lease_still_runs(door: Door) -> None:
    done = door.sign_in()
    shift_times(done, timedelta(hours=-71))
    door.leave()
    door.unplugged = True
    stores = door.sign_in().stores
    with stores.mirror.reading() as c:
        kept = kept_value(c, lease.KEY)
    seconds = timedelta(seconds=kept["answer"]["lease_seconds"])
    ends = datetime.fromisoformat(kept["at"]).astimezone(UTC) + seconds
    assert timedelta(0) < ends - datetime.now(UTC) < timedelta(hours=1)


def test_a_password_changed_at_the_centre_is_taken_over_when_the_old_one_is_known(
    door: Door, centre: Centre
) -> None:
    draft.save(door.sign_in(remember=True).stores, "note", {"text": DraftField("typed")})
    door.leave()
    centre.admin.execute("alter role ana password 'new one'")
    done = door.sign_in("new one")
    assert done.local_sealed is None
    assert draft.load(done.stores, "note")["text"].text == "typed"
    door.leave()
    assert door.sign_in("new one").local_sealed is None


def test_with_the_old_password_lost_the_local_file_is_set_aside_for_the_site(
    door: Door, centre: Centre
) -> None:
    first = door.sign_in()
    draft.save(first.stores, "note", {"text": DraftField("typed")})
    key = first.stores.local.key
    door.leave()
    centre.admin.execute("alter role ana password 'new one'")
    assert door.fails("new one") == "old_password_needed"
    assert door.fails("new one", old_password="guessed") == "old_password_wrong"
    assert list(folder_of(door.folder, door.server, "ana").glob("set-aside*")) == []
    done = door.sign_in("new one", without_old=True)
    aside = done.local_sealed
    assert aside is not None
    assert draft.load(done.stores, "note") == {}
    private = centre.one("select sealing_secret from crm.site")
    assert unseal(private, (aside / SEALED_KEY).read_bytes()) == key
    door.leave()
    assert door.sign_in("new one").local_sealed is None


def test_a_failed_sign_in_after_a_password_change_sets_nothing_aside(
    door: Door, centre: Centre
) -> None:
    draft.save(door.sign_in().stores, "note", {"text": DraftField("typed")})
    door.leave()
    centre.admin.execute("alter role ana password 'new one'")
    centre.admin.execute("update crm.agent set active = false")
    assert door.fails("new one", without_old=True) == "agent_disabled"
    centre.admin.execute("update crm.agent set active = true")
    done = door.sign_in("new one", old_password=password_of("ana"))
    assert draft.load(done.stores, "note")["text"].text == "typed"


def test_without_a_keyring_nothing_outlives_the_process_but_unsent_work(door: Door) -> None:
    door.safe = KeySafe("test", None)
    done = door.sign_in()
    assert not done.has_keyring
    folder = done.stores.local.path.parent
    door.leave()
    assert list(folder.iterdir()) == []
    done = door.sign_in()
    pending.save(done.stores, Intent("ticket.note", {"text": "n"}))
    door.leave()
    assert (folder / "local.db").exists()
    door.safe = KeySafe("test", None)  # another process
    assert door.sign_in().local_sealed is not None


def test_a_keyring_that_is_away_for_a_day_costs_nothing(door: Door) -> None:
    draft.save(door.sign_in().stores, "note", {"text": DraftField("typed")})
    door.leave()
    with_ring, door.safe = door.safe, KeySafe("test", None)
    assert door.sign_in().local_sealed is None
    door.leave()
    door.unplugged = True
    door.safe = KeySafe("test", None)
    assert door.fails() == "keyring_missing"
    door.unplugged = False
    door.safe = with_ring
    assert draft.load(door.sign_in().stores, "note")["text"].text == "typed"


def test_a_damaged_mirror_is_made_anew_and_the_local_file_stays(door: Door) -> None:
    done = door.sign_in()
    draft.save(done.stores, "note", {"text": DraftField("typed")})
    path = done.stores.mirror.path
    door.leave()
    path.write_bytes(b"garbage" * 1000)
    door.unplugged = True
    assert door.fails() == "unreachable"
    door.unplugged = False
    assert draft.load(door.sign_in().stores, "note")["text"].text == "typed"


def test_folders_of_servers_and_agents_do_not_meet(tmp_path: Path) -> None:
    server = Server("h", 1, "d")
    names = {folder_of(tmp_path, server, user) for user in ("a", "a/b", "../a", "á")}
    assert len(names) == 4
    assert all(path.resolve().is_relative_to(tmp_path) for path in names)


@pytest.mark.parametrize(
    ("text", "host", "port", "database"),
    [
        ("centre.example", "centre.example", 5432, "agent_desktop"),
        ("127.0.0.1:5433/demo", "127.0.0.1", 5433, "demo"),
        ("[::1]:5433", "::1", 5433, "agent_desktop"),
    ],
)
def test_a_server_is_read_from_text(text: str, host: str, port: int, database: str) -> None:
    assert Server.parse(text) == Server(host, port, database)


def test_nobody_listening_is_unreachable_and_never_a_wrong_password() -> None:
    with pytest.raises(CentreUnreachable):
        Line(Server("127.0.0.1", _closed_port()), "ana", "x")
