"""Sealed files go from a computer to the centre, and come back to light there."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from agent_desktop.central import admin, quarantine, staff
from agent_desktop.errors import AgentDesktopError, CentreUnreachable, Refused
from agent_desktop.models.store import draft, outbox
from agent_desktop.models.store import intent as pending
from agent_desktop.models.store.draft import DraftField
from agent_desktop.models.store.intent import Intent
from agent_desktop.models.store.local import Local
from agent_desktop.models.store.stores import LOCAL_FILE
from agent_desktop.sync import quarantine as hand_over
from agent_desktop.sync import questions
from agent_desktop.sync.centre import Centre as Line
from agent_desktop.sync.centre import open_centre
from agent_desktop.sync.sign_in import SEALED_KEY, SignedIn, folder_of, sign_in, sign_out
from agent_desktop.system.credentials import KeySafe
from tests.central_fixtures import Centre, password_of
from tests.hub.hub_at import Hub, hub_login
from tests.rings import MemoryRing
from tests.sync.desk_at import server_of

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(180)]


class Computer:
    """A computer that several agents use, one after the other."""

    def __init__(self, centre: Centre, folder: Path) -> None:
        for user in ("ana", "bruno"):
            centre.add_agent(user)
        centre.add_agent("helena", business_role="supervisor")
        self.centre, self.folder = centre, folder
        self.server = server_of(centre.dsn)
        self.safe = KeySafe("test", MemoryRing())
        self._open: list[SignedIn] = []

    def home(self, user: str) -> Path:
        return folder_of(self.folder, self.server, user)

    def signs_in(self, user: str, password: str = "", **more: Any) -> SignedIn:
        word = password or password_of(user)
        done = sign_in(self.server, self.folder, user, word, self.safe, **more)
        self._open.append(done)
        return done

    def signs_out(self) -> None:
        while self._open:
            sign_out(self._open.pop())

    def leaves_unsent(self, user: str, account: UUID, *texts: str) -> None:
        """A shift that ends with work the centre never got."""
        stores = self.signs_in(user).stores
        begun = {"id": str(uuid4()), "protocol": f"20261122{uuid4().int % 10**7:07d}0"}
        pending.save(stores, Intent("interaction.begin", {**begun, "account_id": str(account)}))
        for text in texts:
            note = {"id": begun["id"], "set": {"notes": text}}
            pending.save(stores, Intent("interaction.change", note))
        draft.save(stores, "ticket:new:1", {"subject": DraftField("half a sentence")})
        self.signs_out()

    def line(self, user: str) -> Line:
        return open_centre(self.server, user, password_of(user))


@pytest.fixture
def computer(centre: Centre, tmp_path: Path) -> Iterator[Computer]:
    made = Computer(centre, tmp_path)
    yield made
    made.signs_out()


@pytest.fixture
def account(centre: Centre) -> UUID:
    return centre.add_account(name="Marina Alves")


def gone_from(folder: Path) -> bool:
    return not any(folder.glob("local*"))


# -- an agent who has left ---------------------------------------------------------------------
def test_unsent_work_of_who_left_is_handed_over_opened_and_pushed(
    computer: Computer, centre: Centre, account: UUID, capsys: pytest.CaptureFixture[str]
) -> None:
    computer.leaves_unsent("ana", account, "she has no light since Friday")
    home = computer.home("ana")
    lies_there = {name: (home / name).read_bytes() for name in (LOCAL_FILE, SEALED_KEY)}
    staff.offboard(centre.admin, "ana")
    with computer.line("bruno") as line:
        told = list(hand_over.steps(line, computer.home("bruno")))
    assert [name for name in told if name] == ["ana"]
    assert gone_from(home)

    (one,) = quarantine.handed(centre.admin)
    assert (one.owner, one.label) == ("ana", "")
    assert one.done_at is not None
    with quarantine.fetched(centre.admin, one.id) as folder:
        for name, content in lies_there.items():
            assert (folder / name).read_bytes() == content
            assert b"Friday" not in content, "sealed all the way"
        found = quarantine.opened(centre.admin, folder)
    assert [intent.kind for intent in found.intents] == ["interaction.begin", "interaction.change"]
    assert found.drafts == (("ticket:new:1", "subject", "half a sentence"),)

    assert admin.main(["quarantine", "--dsn", centre.dsn]) == 0
    assert str(one.id) in capsys.readouterr().out
    assert admin.main(["quarantine-open", str(one.id), "--dsn", centre.dsn]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["unsent"][1]["payload"]["set"]["notes"] == "she has no light since Friday"
    for again in range(2):  # twice is once
        push = ["quarantine-open", str(one.id), "--push-as", "helena", "--dsn", centre.dsn]
        assert admin.main(push) == 0, again
        assert capsys.readouterr().out.count("accepted") == 2
    rows = centre.admin.execute("select notes, agent_name from crm.interaction").fetchall()
    assert rows == [("she has no light since Friday", "Helena")]
    assert admin.main(["quarantine", "--drop", str(one.id), "--dsn", centre.dsn]) == 0
    assert centre.one("select count(*) from crm.quarantine_part") == 0
    said = [r[0] for r in centre.admin.execute(
        "select what from crm.audit where what like 'quarantine%%' order by id")]  # fmt: skip
    assert said[0] == "quarantine"
    assert said.count("quarantine_open") == 4
    assert said.count("quarantine_push") == 2
    assert said[-1] == "quarantine_drop"


def test_only_a_supervisor_answers_for_it(centre: Centre, computer: Computer) -> None:
    nothing = quarantine.Opened(uuid4(), (), (), ())
    for user in ("bruno", "nobody"):
        with pytest.raises(Refused):
            quarantine.push(centre.admin, nothing, user)


def test_what_the_centre_had_already_is_not_done_twice(
    computer: Computer, centre: Centre, account: UUID
) -> None:
    """The answer was lost, not the intent."""
    computer.leaves_unsent("ana", account, "one")
    stores = computer.signs_in("ana").stores
    with stores.local.writing() as c:
        parcels = outbox.take_next(c, 1)
    with computer.line("ana") as line:
        line.ask(questions.PUSH, stores.local.client, parcels[0])
    computer.signs_out()
    staff.offboard(centre.admin, "ana")
    with computer.line("bruno") as line:
        list(hand_over.steps(line, computer.home("bruno")))
    (one,) = quarantine.handed(centre.admin)
    with quarantine.fetched(centre.admin, one.id) as folder:
        found = quarantine.opened(centre.admin, folder)
    states = [done.state for done in quarantine.push(centre.admin, found, "helena")]
    assert states[0] == "known"
    assert centre.one("select count(*) from crm.interaction") == 1


# -- the whole story of a shared computer -------------------------------------------------------
def test_a_colleague_who_is_still_here_keeps_everything_and_nobody_reads_it(
    computer: Computer, centre: Centre, account: UUID
) -> None:
    computer.leaves_unsent("ana", account, "hers alone")
    home = computer.home("ana")
    before = {file.name: file.read_bytes() for file in home.iterdir()}
    bruno = computer.signs_in("bruno")
    with computer.line("bruno") as line:
        assert list(hand_over.steps(line, computer.home("bruno"))) == []
        with pytest.raises(AgentDesktopError):  # and not when he asks for it, either
            line.ask(questions.QUARANTINE_BEGIN, "ana", "", "pc", _files(10), b"x" * 32)
    computer.signs_out()
    assert {file.name: file.read_bytes() for file in home.iterdir()} == before
    keys = computer.safe.unwrap("bruno", password_of("bruno"))
    assert keys is not None
    for key in (keys.local, keys.mirror, bruno.stores.local.key):
        with pytest.raises(AgentDesktopError):
            Local(home / LOCAL_FILE, key)
    again = computer.signs_in("ana")
    with again.stores.local.reading() as c:
        assert outbox.count_unsent_work(c) == 2
    assert draft.load(again.stores, "ticket:new:1")["subject"].text == "half a sentence"


# -- cut off, and lies --------------------------------------------------------------------------
class Breaking:
    """A line that breaks after so many questions."""

    def __init__(self, line: Line, most: int) -> None:
        self._line, self._left = line, most

    def ask(self, question: Any, *values: Any) -> Any:
        if question is not questions.DEPARTED:
            if self._left == 0:
                raise CentreUnreachable("cut off")
            self._left -= 1
        return self._line.ask(question, *values)


def left_behind(computer: Computer, centre: Centre, account: UUID, megabytes: float) -> Path:
    computer.leaves_unsent("ana", account, "x")
    home = computer.home("ana")
    with (home / LOCAL_FILE).open("ab") as file:  # nobody has the key: any bytes will do
        file.write(b"\0" * int(megabytes * (1 << 20)))
    staff.offboard(centre.admin, "ana")
    return home


def test_cut_off_anywhere_it_goes_on_and_deletes_only_at_the_end(
    computer: Computer, centre: Centre, account: UUID
) -> None:
    home = left_behind(computer, centre, account, 2.5)
    sizes = {file.name: file.stat().st_size for file in home.glob("local*")}
    with computer.line("bruno") as line:
        for questions in range(8):
            broken: Any = Breaking(line, questions)
            try:
                list(hand_over.steps(broken, computer.home("bruno")))
            except CentreUnreachable:
                assert {f.name: f.stat().st_size for f in home.glob("local*")} == sizes
            if gone_from(home):
                break
    assert gone_from(home)
    parts = centre.admin.execute(
        "select n, length(data) from crm.quarantine_part order by n"
    ).fetchall()
    assert [n for n, _ in parts] == [0, 1, 2]
    assert sum(size for _, size in parts) == sum(sizes.values())
    (one,) = quarantine.handed(centre.admin)
    assert one.done_at is not None


def test_taken_but_not_heard_it_is_not_sent_again(
    computer: Computer, centre: Centre, account: UUID
) -> None:
    home = left_behind(computer, centre, account, 0)
    kept = {file.name: file.read_bytes() for file in home.glob("local*")}
    with computer.line("bruno") as line:
        list(hand_over.steps(line, computer.home("bruno")))
        for name, content in kept.items():
            (home / name).write_bytes(content)
        assert list(hand_over.steps(line, computer.home("bruno"))) == ["ana"]
    assert gone_from(home)
    assert len(quarantine.handed(centre.admin)) == 1


def test_a_file_that_changed_meanwhile_stays_until_it_is_whole(
    computer: Computer, centre: Centre, account: UUID
) -> None:
    home = left_behind(computer, centre, account, 1.5)
    with computer.line("bruno") as line:
        steps = hand_over.steps(line, computer.home("bruno"))
        next(steps)
        with (home / LOCAL_FILE).open("r+b") as file:
            file.seek((home / LOCAL_FILE).stat().st_size - 10)
            file.write(b"changed")
        assert list(steps) in ([], [""]), "the digest is not what was said"
        assert not gone_from(home)
        assert "ana" in list(hand_over.steps(line, computer.home("bruno")))
    assert gone_from(home)


def _files(size: int, name: str = LOCAL_FILE) -> str:
    return json.dumps([{"name": name, "bytes": size}])


def test_a_prompt_of_ones_own_gets_little_of_it(computer: Computer, centre: Centre) -> None:
    staff.offboard(centre.admin, "ana")
    begin = "select api_v1.quarantine_begin(%s, %s, 'pc', %s::jsonb, %s)"
    with psycopg.connect(centre.dsn_of("bruno"), autocommit=True) as prompt:

        def refused(query: str, *values: object) -> str:
            with pytest.raises(psycopg.Error) as error:
                prompt.execute(query.encode(), values)
            return error.value.sqlstate or ""

        assert refused(begin, "helena", "", _files(9), b"h" * 32) == "AD050"
        assert refused(begin, "nobody", "", _files(9), b"h" * 32) == "AD050"
        assert refused(begin, "ana", "../..", _files(9), b"h" * 32) == "AD052"
        assert refused(begin, "ana", "", _files(9, "mirror.db"), b"h" * 32) == "AD052"
        assert refused(begin, "ana", "", _files(9, "../x"), b"h" * 32) == "AD052"
        assert refused(begin, "ana", "", "{}", b"h" * 32) == "AD052"
        assert refused(begin, "ana", "", _files(9), b"short") == "AD052"
        assert refused(begin, "ana", "", _files(65 << 20), b"h" * 32) == "AD051"
        for day in range(8):  # 512 MiB a day
            prompt.execute(begin.encode(), ("ana", "", _files(60 << 20), bytes([day]) * 32))
        assert refused(begin, "ana", "", _files(64 << 20), b"h" * 32) == "AD051"
        row = prompt.execute(begin.encode(), ("ana", "", _files(9), b"i" * 32)).fetchone()
        assert row is not None
        mine = row[0]["id"]
        put, end = "select api_v1.quarantine_put(%s, %s, %s)", "select api_v1.quarantine_end(%s)"
        assert refused(put, mine, 1, b"x") == "AD052", "in order"
        assert refused(put, mine, 0, b"x" * 10) == "AD052", "as long as it was said"
        assert refused(put, uuid4(), 0, b"x") == "AD052"
        assert prompt.execute(end.encode(), (mine,)).fetchone() == (False,)
        prompt.execute(put.encode(), (mine, 0, b"123456789"))
        assert prompt.execute(end.encode(), (mine,)).fetchone() == (False,), "not the digest"
        assert centre.one("select count(*) from crm.quarantine_part") == 0
        digest = hashlib.sha256(hashlib.sha256(b"123456789").digest()).digest()
        row = prompt.execute(begin.encode(), ("ana", "", _files(9), digest)).fetchone()
        assert row is not None
        prompt.execute(put.encode(), (row[0]["id"], 0, b"123456789"))
        assert prompt.execute(end.encode(), (row[0]["id"],)).fetchone() == (True,)
        prompt.execute(put.encode(), (row[0]["id"], 0, b"987654321"))  # without effect
    assert centre.one("select data from crm.quarantine_part") == b"123456789"


def test_through_the_hub(computer: Computer, centre: Centre, account: UUID, tmp_path: Path) -> None:
    home = left_behind(computer, centre, account, 1.2)
    with hub_login(centre) as login:
        hub = Hub(login.dsn, tmp_path, "--no-collector")
        try:
            with open_centre(hub.server, "bruno", password_of("bruno")) as line:
                assert "ana" in list(hand_over.steps(line, computer.home("bruno")))
        finally:
            hub.stop()
    assert gone_from(home)


# -- set aside ----------------------------------------------------------------------------------
def set_aside(computer: Computer, centre: Centre, account: UUID) -> hand_over.Leftover:
    """Ana's password was reset, and she did not know the old one when she came back."""
    computer.leaves_unsent("ana", account, "before")
    centre.add_agent("ana", password="another one")
    done = computer.signs_in("ana", "another one", without_old=True)
    assert done.local_sealed is not None
    (found,) = hand_over.leftovers(computer.home("ana"), set_aside_only=True)
    assert found.folder == done.local_sealed
    return found


def test_who_knows_the_old_password_again_gets_it_back(
    computer: Computer, centre: Centre, account: UUID
) -> None:
    found = set_aside(computer, centre, account)
    with open_centre(computer.server, "ana", "another one") as line:
        with pytest.raises(Refused) as refused:
            hand_over.give_back(line, found, computer.safe, "ana", "guessed")
        assert refused.value.reasons == {"old": "set_aside_wrong"}
        assert found.folder.exists()
        done = hand_over.give_back(line, found, computer.safe, "ana", password_of("ana"))
    assert (done.sent, done.left) == (2, 1), "the draft is for the administrator"
    assert centre.one("select notes from crm.interaction") == "before"
    assert centre.one("select agent_name from crm.interaction") == "Ana"
    assert not found.folder.exists()
    assert hand_over.leftovers(computer.home("ana"), set_aside_only=True) == []
    (one,) = quarantine.handed(centre.admin)
    with quarantine.fetched(centre.admin, one.id) as folder:
        left = quarantine.opened(centre.admin, folder)
    assert left.intents == ()
    assert left.drafts[0][2] == "half a sentence"


def test_who_does_not_hands_it_over_and_the_folder_opens_too(
    computer: Computer, centre: Centre, account: UUID, capsys: pytest.CaptureFixture[str]
) -> None:
    found = set_aside(computer, centre, account)
    assert admin.main(["quarantine-open", str(found.folder), "--dsn", centre.dsn]) == 0
    assert "before" in capsys.readouterr().out, "brought to the administrator as a folder"
    with open_centre(computer.server, "ana", "another one") as line:
        assert hand_over.hand_over(line, found)
    assert not found.folder.exists()
    (one,) = quarantine.handed(centre.admin)
    assert one.label.startswith("set-aside-")
    assert one.owner == "ana"


def test_what_is_sealed_to_another_site_is_told_so(
    computer: Computer, centre: Centre, account: UUID, capsys: pytest.CaptureFixture[str]
) -> None:
    computer.leaves_unsent("ana", account)
    centre.admin.execute("update crm.site set sealing_secret = sha256('another site')")
    folder = str(computer.home("ana"))
    assert admin.main(["quarantine-open", folder, "--dsn", centre.dsn]) == 1
    assert "cannot be opened" in capsys.readouterr().err
    assert admin.main(["quarantine-open", "no such thing", "--dsn", centre.dsn]) == 1
