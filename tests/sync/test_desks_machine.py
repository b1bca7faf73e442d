"""Any order of saves, cuts, crashes, restores: the desks and the centre agree in the end.

Hypothesis chooses the steps; the desks are real stores and the syncer's own steps over real
lines (directly and through two edges), the centre is a real database, and beside it goes a model
(machine_model.py) that says what must have come of each save. The short run is the same each
time; AGENT_DESKTOP_MACHINE_EXAMPLES=2000 makes a long one with other steps.

The desks run `Syncer.round` itself: without its pull, for instance, the first story below fails
("lacks rows of account").
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from agent_desktop.central.postgres import Cluster
from agent_desktop.errors import Refused
from agent_desktop.models.account import verbs as accounts
from agent_desktop.models.account.record import Account
from agent_desktop.models.account.values import AccountDraft, NewAccount
from agent_desktop.models.interaction import verbs as interactions
from agent_desktop.models.interaction.values import NewInteraction
from agent_desktop.models.store import intent as pending
from agent_desktop.models.store import mirror
from agent_desktop.models.store.outbox import IntentResult, Parcel
from agent_desktop.models.ticket import verbs as tickets
from agent_desktop.models.ticket.record import Ticket, TicketNote
from agent_desktop.models.ticket.values import NewTicket, TicketDraft
from agent_desktop.models.work import returned, work_item
from tests.sync.machine_centre import DESKS, Ground, MachineCentre
from tests.sync.machine_desk import Cut, MachineDesk

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(24 * 3600)]

EXAMPLES = "AGENT_DESKTOP_MACHINE_EXAMPLES"
TAX_IDS = ("52998224725", "11144477735")
#: Rounds after which desks that can reach the centre have to be quiet.
QUIET_ROUNDS = 12

places = st.sampled_from(sorted(DESKS))
picks = st.integers(0, 7)
words = st.sampled_from(["", "one", "two", "three"])
ways = st.sampled_from([0, 0, 1, 2])
cuts = st.builds(Cut, at=st.integers(0, 9), heard=st.booleans())
scope_sets = st.sampled_from([("company",), ("company", "vip"), ("vip",)])


class Desks(RuleBasedStateMachine):
    """The steps; `ground` is set by `machine_on`."""

    ground: Ground

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory(prefix="ad-machine-")
        self.centre = MachineCentre(self.ground)
        self.desks: dict[str, MachineDesk] = {}
        self._texts = iter(range(10**9))
        self._ever: dict[str, set[int]] = {place: set() for place in DESKS}
        self._touched: MachineDesk | None = None

    def desk(self, place: str) -> MachineDesk:
        """The desk of that name, started when it is needed first."""
        if place not in self.desks:
            files = self.ground.files_of(place, Path(self._folder.name))
            user = DESKS[place]

            def heard(client: UUID, parcel: Parcel, answer: IntentResult) -> None:
                self._heard(user, client, parcel, answer)

            self.desks[place] = MachineDesk(files, user, self.ground.servers, heard)
        self._touched = self.desks[place]
        return self.desks[place]

    def _heard(self, user: str, client: UUID, parcel: Parcel, answer: IntentResult) -> None:
        expected = self.centre.model.push(user, client, parcel)
        assert (answer.state.value, answer.code) == expected, (parcel.kind, parcel.payload)

    def teardown(self) -> None:
        try:
            self.quiet()
        finally:
            for desk in self.desks.values():
                desk.close()
            self.centre.close()
            self._folder.cleanup()

    # -- what agents do ----------------------------------------------------------------------
    @rule(place=places, pick=picks, name=st.sampled_from(["email", "note"]), word=words)
    def change_account(self, place: str, pick: int, name: str, word: str) -> None:
        desk = self.desk(place)
        value = f"{word}@example.com" if name == "email" and word else word
        if account := _pick(desk.shown(Account), pick):
            with self._saving(desk):
                found = accounts.change(desk.stores, AccountDraft(account, {name: value}))
                assert getattr(found, name) == value

    @rule(place=places, pick=picks, name=st.sampled_from(["street", "city"]), word=words)
    def change_address(self, place: str, pick: int, name: str, word: str) -> None:
        desk = self.desk(place)
        if account := _pick(desk.shown(Account), pick):
            with self._saving(desk):
                accounts.change(desk.stores, AccountDraft(account, {name: word}))

    @rule(place=places, tax_id=st.sampled_from(["", *TAX_IDS]))
    def create_account(self, place: str, tax_id: str) -> None:
        desk = self.desk(place)
        with self._saving(desk):
            made = accounts.create(desk.stores, NewAccount(name="New", tax_id=tax_id))
            assert made.id in {one.id for one in desk.shown(Account)}

    @rule(place=places, pick=picks)
    def begin_interaction(self, place: str, pick: int) -> None:
        desk = self.desk(place)
        if account := _pick(desk.shown(Account), pick):
            with self._saving(desk):
                interactions.begin(desk.stores, NewInteraction(account_id=account.id))

    @rule(place=places, pick=picks)
    def create_ticket(self, place: str, pick: int) -> None:
        desk = self.desk(place)
        if account := _pick(desk.shown(Account), pick):
            with self._saving(desk):
                made = tickets.create(desk.stores, NewTicket(account.id, f"s{next(self._texts)}"))
                assert made.id in {one.id for one in desk.shown(Ticket)}

    @rule(place=places, pick=picks)
    def add_note(self, place: str, pick: int) -> None:
        desk = self.desk(place)
        if ticket := _pick(desk.shown(Ticket), pick):
            with self._saving(desk):
                note = tickets.add_note(desk.stores, ticket.id, f"n{next(self._texts)}")
                assert note.id in {one.id for one in desk.shown(TicketNote)}

    @rule(place=places, pick=picks)
    def escalate(self, place: str, pick: int) -> None:
        desk = self.desk(place)
        if ticket := _pick(desk.shown(Ticket), pick):
            with self._saving(desk):
                text = f"h{next(self._texts)}"
                assert tickets.escalate(desk.stores, ticket.id, UUID(int=1), text).level == 2

    @rule(place=places, pick=picks)
    def resolve(self, place: str, pick: int) -> None:
        desk = self.desk(place)
        if ticket := _pick(desk.shown(Ticket), pick):
            with self._saving(desk):
                text = f"r{next(self._texts)}"
                assert tickets.resolve(desk.stores, ticket.id, text).status.value == "resolved"

    @rule(
        place=places,
        pick=picks,
        wish=st.sampled_from([
            {"priority": "high"}, {"priority": "low"}, {"status": "closed"},
            {"status": "waiting"}, {"assignee_id": "me", "status": "in_work"},
        ]),
    )  # fmt: skip
    def change_ticket(self, place: str, pick: int, wish: dict[str, str]) -> None:
        desk = self.desk(place)
        me = str(desk.stores.site.agent.id)
        values = {name: me if value == "me" else value for name, value in wish.items()}
        if ticket := _pick(desk.shown(Ticket), pick):
            with self._saving(desk):
                tickets.change(desk.stores, TicketDraft(ticket, values))

    @rule(place=places)
    def undo(self, place: str) -> None:
        desk = self.desk(place)
        for row in reversed(desk.intents()):
            if pending.undo(desk.stores, row.n):
                self._ever[place].discard(row.n)
            return

    @rule(place=places, keeps=st.booleans())
    def settle(self, place: str, keeps: bool) -> None:
        """Returned work: keep mine, take theirs, or put it away."""
        desk = self.desk(place)
        for work in work_item.work_items(desk.stores)[:1]:
            with self._saving(desk):
                found = returned.look(desk.stores, work.n)
                values = {name: told["value"] or "" for name, told in work.theirs.items()}
                if keeps and work.is_conflict:
                    values |= {f: v or "" for f, v in work.mine["set"].items() if f in values}
                if work.is_conflict and (found.account or found.ticket):
                    returned.settle(desk.stores, found, values)
                else:
                    work_item.done(desk.stores, work.n)

    @contextlib.contextmanager
    def _saving(self, desk: MachineDesk) -> Iterator[None]:
        """A rule may say no; what was saved is remembered."""
        with contextlib.suppress(Refused):
            yield

    # -- what syncers do ---------------------------------------------------------------------
    @rule(place=places, way=ways)
    def sync(self, place: str, way: int) -> None:
        desk = self.desk(place)
        desk.whole_round(way)
        self.centre.check()
        desk.check_mirror()

    @rule(place=places, way=ways, cut=cuts)
    def sync_that_is_cut(self, place: str, way: int, cut: Cut) -> None:
        self.desk(place).round(way, cut)
        self.centre.check()

    @rule(place=places, way=ways, cut=cuts)
    def crash_in_a_sync(self, place: str, way: int, cut: Cut) -> None:
        self.desk(place).round(way, cut)
        self.desk(place).crash()
        self.centre.check()

    @rule(place=places)
    def go_offline(self, place: str) -> None:
        self.desk(place).hang_up()

    @rule(place=places)
    def resync(self, place: str) -> None:
        self.desk(place).resync()

    # -- what administrators do --------------------------------------------------------------
    @rule(user=st.sampled_from(["ana", "bia", "vera"]), scopes=scope_sets)
    def give_scopes(self, user: str, scopes: tuple[str, ...]) -> None:
        self.centre.give_scopes(user, frozenset(scopes))

    @rule(pick=picks, scope=st.sampled_from(["company", "vip"]))
    def move_account(self, pick: int, scope: str) -> None:
        if account := _pick(sorted(self.centre.model.accounts), pick):
            self.centre.move_to_scope(account, scope)

    @rule(pick=picks)
    def erase(self, pick: int) -> None:
        if account := _pick(sorted(self.centre.model.accounts), pick):
            self.centre.erase(account)

    @rule()
    def forget_the_feed(self) -> None:
        self.centre.forget_feed()

    @rule()
    def make_files(self) -> None:
        self.centre.make_files()

    @rule()
    def back_up(self) -> None:
        self._all_hang_up()
        self.centre.back_up()

    @precondition(lambda self: self.centre.has_copy)
    @rule()
    def restore(self) -> None:
        self._all_hang_up()
        self.centre.restore()

    def _all_hang_up(self) -> None:
        for desk in self.desks.values():
            desk.hang_up()

    # -- what always holds -------------------------------------------------------------------
    @invariant()
    def own_saves_are_seen(self) -> None:
        if self._touched is not None:
            self._touched.check_own_saves()
            self._touched.check_work_items()
            self._remember(self._touched)
            self._touched = None

    def _remember(self, desk: MachineDesk) -> None:
        place = next(name for name, one in self.desks.items() if one is desk)
        here = {row.n for row in desk.intents()}
        assert self._ever[place] <= here, "a save vanished from its desk"
        self._ever[place] |= here

    @rule()
    def quiet(self) -> None:
        """Everybody is online until nothing is left to do; then all is said and everywhere."""
        for _ in range(QUIET_ROUNDS):
            for desk in self.desks.values():
                desk.whole_round()
            if not any(desk.unsent() for desk in self.desks.values()):
                break
        for desk in self.desks.values():
            desk.whole_round()
        self.centre.check()
        for desk in self.desks.values():
            desk.check_mirror()
            desk.check_work_items()
            self._check_nothing_lost(desk)
        self._check_numbers()
        self.centre.check_forgotten({desk.stores.local.client for desk in self.desks.values()})

    def _check_nothing_lost(self, desk: MachineDesk) -> None:
        """What the desk was told was accepted is accepted by the centre that is there now."""
        results = self.centre.model.results
        for row in desk.intents():
            assert row.state != "unsent"
            if row.state != "refused":
                known = results.get((desk.stores.local.client, row.n))
                assert known is not None, f"{row.kind} is lost"
                assert known[0] == row.state
        assert not any(
            record.pending for kind in (Account, Ticket, TicketNote) for record in desk.shown(kind)
        )

    def _check_numbers(self) -> None:
        given: Counter[str] = Counter()
        for desk in self.desks.values():
            for row in desk.intents():
                payload = json.loads(row.payload)
                name = {"interaction.begin": "protocol"}.get(row.kind, "number")
                if row.kind in ("interaction.begin", "ticket.create", "account.create"):
                    given[row.kind + payload[name]] += 1
        assert all(count == 1 for count in given.values()), "a number was given twice"


def _pick(found: Any, n: int) -> Any:
    """One of these, whatever the number; None of none."""
    return found[n % len(found)] if found else None


@pytest.fixture(scope="module")
def ground(cluster: Cluster, template: str, tmp_path_factory: Any) -> Iterator[Ground]:
    made = Ground(cluster, template, tmp_path_factory.mktemp("machine"))
    made.servers()
    yield made
    made.close()


@pytest.fixture
def machine(ground: Ground) -> Iterator[Desks]:
    """The machine for a story told by hand."""
    Desks.ground = ground
    told = Desks()
    yield told
    told.teardown()


# -- found by the machine, or while it was made --------------------------------------------------
def test_a_desk_without_the_company_s_scope_hears_of_colleagues(machine: Desks) -> None:
    machine.give_scopes("vera", ("vip",))
    machine.sync("vera", 0)
    machine.give_scopes("bia", ("company", "vip"))
    machine.sync("vera", 0)


def test_after_a_restore_what_was_accepted_comes_before_what_builds_on_it(machine: Desks) -> None:
    """A ticket that the copy does not have, and a note of it written while the centre was away:
    the note must not be refused for want of the ticket that is going to be sent again."""
    machine.back_up()
    machine.create_ticket("ana", 0)
    machine.sync("ana", 0)
    desk = machine.desk("ana")
    (made,) = (one for one in desk.shown(Ticket) if one.assignee_id == desk.stores.site.agent.id)
    machine.restore()
    tickets.add_note(desk.stores, made.id, "builds on it")
    machine.sync("ana", 0)
    assert [row.state for row in desk.intents()] == ["accepted", "accepted"]


@pytest.mark.parametrize("has_cursor", [True, False])
def test_a_mirror_made_anew_after_a_restore_hides_no_loss(machine: Desks, has_cursor: bool) -> None:
    """Accepted, then a mirror to be made anew (it was damaged, say), then a centre that knows
    nothing of it: the fresh mirror would be of the new life, and nobody would ask again."""
    machine.back_up()
    machine.create_ticket("ana", 0)
    machine.sync("ana", 0)
    desk = machine.desk("ana")
    machine.resync("ana")
    if not has_cursor:
        with desk.stores.mirror.writing() as c:
            mirror.keep(c, "cursor", None)
    machine.restore()
    machine.quiet()
    assert [row.state for row in desk.intents()] == ["accepted"]


def test_the_same_copy_put_back_twice_is_two_lives(machine: Desks) -> None:
    machine.back_up()
    lives = set()
    for _ in range(2):
        machine.restore()
        lives.update(machine.centre.rows("select crm.generation()"))
    assert len(lives) == 2


def test_that_an_erased_subject_was_forgotten_is_told_again_when_the_line_broke(
    machine: Desks,
) -> None:
    machine.sync("bia", 0)
    machine.erase(0)
    desk = machine.desk("bia")
    asked = 0
    while desk.round(0, Cut(asked, heard=False)) is False:  # until the last question is cut
        asked += 1
    machine.quiet()


def test_any_order_of_steps_ends_with_everybody_agreeing(ground: Ground) -> None:
    Desks.ground = ground
    wanted = int(os.environ.get(EXAMPLES, "0"))
    run_state_machine_as_test(
        Desks,
        settings=settings(
            max_examples=wanted or 8,
            stateful_step_count=40 if wanted else 20,
            derandomize=not wanted,
            database=None,
            print_blob=True,
            report_multiple_bugs=False,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate, Phase.shrink) if wanted else (Phase.generate,),
        ),
    )
