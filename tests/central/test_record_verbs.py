"""The verbs that all kinds share, used and attacked, by two kinds that only these tests have (one
with every facet, its parts, and one without account) and by the shape that activities have."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
import pytest

from agent_desktop.central import database, kinds
from agent_desktop.models.kind import Kind, Life, Line, Number, OnMove, Prose, Record, Tie
from agent_desktop.models.kinds import KINDS
from tests.central.conftest import accepted, new_id, refusal
from tests.central_fixtures import Centre, ConnectAs, Pusher

#: An id that no record has.
NOBODY_S = "00000000-0000-7000-8000-000000000001"

pytestmark = pytest.mark.postgres


@dataclass(frozen=True, slots=True)
class Probe(Record):
    """A record with every facet."""

    number: str = ""
    account_id: UUID | None = None
    contact_id: UUID | None = None
    subject: Line = ""
    body: Prose = ""
    state: str = "open"
    outcome: str = ""
    priority: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    count: int | None = None
    urgent: bool = False
    assignee_id: UUID | None = None
    assignee_name: str = ""
    team_id: UUID | None = None
    linked_kind: str = ""
    linked_id: UUID | None = None
    created_at: datetime | None = None
    created_by: str = ""
    updated_at: datetime | None = None
    updated_by: str = ""


@dataclass(frozen=True, slots=True)
class ProbeNote(Record):
    """A line of its history."""

    probe_id: UUID | None = None
    account_id: UUID | None = None
    text: Prose = ""
    author: str = ""
    written_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Place(Record):
    """A record that belongs to no account."""

    name: str = ""


PROBE = Kind(
    "probe",
    Probe,
    number=Number("probe", "PR-"),
    title="subject",
    units=(
        ("subject",),
        ("body",),
        ("outcome",),
        ("priority",),
        ("starts_at", "ends_at"),
        ("count",),
        ("urgent",),
        ("assignee_id", "assignee_name", "team_id"),
    ),
    created=("contact_id", "linked_kind", "linked_id"),
    required=("subject",),
    parts=("probe_note",),
    life=Life(
        moves={
            "open": {"done": "", "billed": "order.confirm"},
            "done": {"open": ""},
            "billed": {},
        },
        start="open",
        done=frozenset({"done", "billed"}),
    ),
    ties=(Tie("contact_id", OnMove.CLEAR), Tie("linked_id")),
    verbs=("create", "change", "move", "link", "note"),
)
PROBE_NOTE = Kind("probe_note", ProbeNote, created=("text",), parent="probe_id", verbs=("create",))
PLACE = Kind("place", Place, title="name", units=(("name",),), verbs=("create", "change"))

TABLES = """
create table crm.probe (
  id uuid primary key,
  number text not null constraint probe_number_key unique check (number <> ''),
  account_id uuid not null references crm.account,
  contact_id uuid references crm.contact,
  subject text not null default '',
  body text not null default '',
  state text not null default 'open' check (state in ('open', 'done', 'billed')),
  outcome text not null default '',
  priority text not null default 'normal' check (priority in ('low', 'normal')),
  starts_at timestamptz,
  ends_at timestamptz,
  count int,
  urgent boolean not null default false,
  assignee_id uuid references crm.agent,
  assignee_name text not null default '',
  team_id uuid references crm.team,
  linked_kind text not null default '',
  linked_id uuid,
  created_at timestamptz,
  created_by text not null default '',
  updated_at timestamptz default now(),
  updated_by text not null default '',
  revision bigint not null default 1,
  scope text not null default 'company' references crm.scope,
  touched jsonb not null default '{}',
  constraint probe_outcome_missing check (state <> 'done' or outcome <> ''),
  constraint probe_ends_at_out_of_bounds check (ends_at >= starts_at)
);
create table crm.probe_note (
  id uuid primary key,
  probe_id uuid not null references crm.probe,
  account_id uuid references crm.account,
  text text not null default '',
  author text not null default '',
  written_at timestamptz,
  revision bigint not null default 1,
  scope text not null default 'company' references crm.scope
);
create table crm.place (
  id uuid primary key,
  name text not null default '',
  revision bigint not null default 1,
  scope text not null default 'company' references crm.scope
);
insert into crm.mirrored (name, hidden) values ('probe', '{touched}');
insert into crm.mirrored (name) values ('probe_note'), ('place');
select crm.publish(m.name) from crm.mirrored m where m.name in ('probe', 'probe_note', 'place');
"""
MINE = (PROBE, PROBE_NOTE, PLACE)


@pytest.fixture(autouse=True)
def declared(centre: Centre) -> None:
    """The tests' own kinds, made as the program's are."""
    with database.owner_of(centre.admin):
        centre.admin.execute(TABLES.encode())
        assert kinds.declare(centre.admin, (*KINDS, *MINE))


_numbers = iter(range(1, 10**6))


def probe(account: UUID, **other: Any) -> dict[str, Any]:
    """What a desk sends to make a probe."""
    number = f"PR-{next(_numbers)}"
    return {
        "id": new_id(), "number": number, "account_id": str(account), "subject": "Call", **other
    }  # fmt: skip


def made(desk: Pusher, account: UUID, **other: Any) -> str:
    """A probe that is there."""
    payload = probe(account, **other)
    accepted(desk.push("probe.create", payload))
    record_id: str = payload["id"]
    return record_id


def row(centre: Centre, record_id: str, table: str = "probe") -> dict[str, Any]:
    """The row as the centre has it."""
    query = f"select to_jsonb(t) from crm.{table} t where t.id = %s"
    found: dict[str, Any] = centre.one(query, record_id)
    return found


def refused_at(result: dict[str, Any]) -> tuple[str, str]:
    """(code, field) of a refusal; '' for the whole record."""
    return refusal(result), next(iter(result["fields"]), "")


def test_a_new_record_is_its_authors_at_its_time(
    centre: Centre, ana: Pusher, account: UUID
) -> None:
    at = "2026-03-01T10:00:00Z"
    record_id = made(ana, account, at=at, starts_at="2026-03-02T10:00:00-03:00", count=2)
    found = row(centre, record_id)
    assert (found["created_by"], found["updated_by"], found["state"]) == ("Ana", "Ana", "open")
    assert datetime.fromisoformat(found["created_at"]) == datetime.fromisoformat(at)
    assert (found["revision"], found["scope"], found["priority"]) == (1, "company", "normal")


@pytest.mark.parametrize(
    "forged",
    [
        "created_by", "created_at", "updated_by", "updated_at", "scope", "revision", "state",
        "touched", "xmin", "ctid", "tableoid", "no_such", "subject; drop table crm.probe",
        '"subject"', "SUBJECT", "",
    ],
)  # fmt: skip
def test_columns_that_may_not_be_set(
    centre: Centre, ana: Pusher, account: UUID, forged: str
) -> None:
    payload = {**probe(account), forged: "done"}
    assert refusal(ana.push("probe.create", payload)) == "unknown_field"
    record_id = made(ana, account)
    for part in ("set", "base"):
        change = {"id": record_id, "set": {}, "base": {}, part: {forged: "done"}}
        assert refusal(ana.push("probe.change", change)) == "unknown_field"
    move = {"id": record_id, "to": "done", "set": {forged: "done"}}
    assert refusal(ana.push("probe.move", move)) == "unknown_field"
    link = {"id": record_id, "column": forged, "to": None}
    assert refusal(ana.push("probe.link", link)) == "unknown_field"
    assert row(centre, record_id)["revision"] == 1


def test_the_account_of_a_record_is_not_changed(centre: Centre, ana: Pusher, account: UUID) -> None:
    record_id = made(ana, account)
    other = str(centre.add_account(name="Other"))
    for column in ("account_id", "number", "id"):
        change = {"id": record_id, "base": {column: str(account)}, "set": {column: other}}
        assert refused_at(ana.push("probe.change", change)) == ("unknown_field", column)
    link = {"id": record_id, "column": "account_id", "to": other}
    assert refused_at(ana.push("probe.link", link)) == ("unknown_field", "column")


WRONG = [
    ("subject", None, "missing"), ("subject", "", "missing"), ("subject", "  ", "missing"),
    ("subject", 1, "malformed"), ("subject", True, "malformed"), ("subject", ["a"], "malformed"),
    ("subject", {"a": 1}, "malformed"), ("subject", "x" * 301, "too_long"),
    ("body", "x" * 20_001, "too_long"),
    ("count", "1", "malformed"), ("count", 1.5, "malformed"), ("count", [1], "malformed"),
    ("count", 10**10, "out_of_bounds"), ("count", 10**300, "out_of_bounds"),
    ("count", "NaN", "malformed"), ("count", True, "malformed"),
    ("urgent", "true", "malformed"), ("urgent", 1, "malformed"),
    ("priority", "highest", "malformed"), ("priority", "", "malformed"),
    ("starts_at", "infinity", "out_of_bounds"), ("starts_at", "-infinity", "out_of_bounds"),
    ("starts_at", "now", "malformed"), ("starts_at", "today", "malformed"),
    ("starts_at", "", "malformed"), ("starts_at", 0, "malformed"), ("starts_at", [], "malformed"),
    ("starts_at", "1899-12-31T23:59:59Z", "out_of_bounds"),
    ("starts_at", "2100-01-01T00:00:00Z", "out_of_bounds"),
    ("starts_at", "99999999-01-01", "out_of_bounds"), ("starts_at", "2026-13-01", "out_of_bounds"),
    ("assignee_id", "ana", "malformed"), ("assignee_id", NOBODY_S, "unknown_record"),
    ("team_id", NOBODY_S, "unknown_record"), ("contact_id", {}, "malformed"),
    ("contact_id", NOBODY_S, "unknown_record"),
    ("linked_id", NOBODY_S, "unknown_record"),
    ("number", "", "missing"), ("number", "XX-1", "malformed"), ("number", 1, "malformed"),
    ("id", "1", "malformed"), ("id", None, "missing"), ("id", [], "malformed"),
    ("account_id", None, "unknown_account"), ("account_id", 7, "malformed"),
    ("at", "infinity", "out_of_bounds"), ("at", [], "malformed"), ("at", "now", "malformed"),
    ("parts", [], "malformed"), ("parts", "x", "malformed"),
]  # fmt: skip


@pytest.mark.parametrize(("field", "value", "code"), WRONG)
def test_values_that_are_none(
    centre: Centre, ana: Pusher, account: UUID, field: str, value: Any, code: str
) -> None:
    result = ana.push("probe.create", {**probe(account), field: value})
    assert refusal(result) == code, result
    told = {"unknown_account": set(), "unknown_record": {field, "linked_kind"}}.get(code, {field})
    assert set(result["fields"]) <= told, result
    assert result["fields"] or not told, result
    assert centre.one("select count(*) from crm.probe") == 0


@pytest.mark.parametrize("payload", [None, [], "x", 1, True, {"id": None}, {}])
@pytest.mark.parametrize("verb", ["create", "change", "move", "link", "note"])
def test_payloads_of_every_wrong_type(ana: Pusher, verb: str, payload: Any) -> None:
    row = ana.connection.execute(
        "select api_v1.push(%s, %s, %s, %s, %s, '{}')",
        (ana.client, 1, b"x", f"probe.{verb}", psycopg.types.json.Jsonb(payload)),
    ).fetchone()
    assert row is not None
    assert refusal(row[0]) in ("malformed", "missing")


def test_a_payload_of_300_kb(ana: Pusher, account: UUID) -> None:
    assert refusal(ana.push("probe.create", probe(account, body="x" * 300_000))) == "too_large"


@pytest.mark.parametrize("part", ["set", "base"])
@pytest.mark.parametrize("value", [[], "x", 3, True, None])
def test_a_change_of_no_object(ana: Pusher, account: UUID, part: str, value: Any) -> None:
    change = {"id": made(ana, account), "set": {}, "base": {}, part: value}
    assert refused_at(ana.push("probe.change", change)) == ("malformed", part)


@pytest.mark.parametrize(
    "verb",
    ["probe.delete", "probe_note.change", "place.move", "probe.create;", "PROBE.create",
     "agent.change", "kind.create", "account.note", "crm.record_create", "record_create"],
)  # fmt: skip
def test_verbs_that_do_not_exist(ana: Pusher, account: UUID, verb: str) -> None:
    assert refusal(ana.push(verb, probe(account))) == "unknown_kind"


def test_ids_and_numbers_are_there_once(ana: Pusher, account: UUID) -> None:
    first = probe(account)
    accepted(ana.push("probe.create", first))
    again = ana.push("probe.create", {**probe(account), "id": first["id"]})
    assert refusal(again) == "duplicate_record"
    again = ana.push("probe.create", {**probe(account), "number": first["number"]})
    assert refused_at(again) == ("duplicate_number", "number")


def test_another_scopes_account_is_none(centre: Centre, ana: Pusher, account: UUID) -> None:
    hidden = centre.add_account(name="Hidden", scope="vip")
    contact, record = uuid.uuid4(), uuid.uuid4()
    centre.insert("contact", id=contact, account_id=hidden, name="Secret")
    centre.insert("probe", id=record, number="PR-H", account_id=hidden, subject="Secret")
    assert centre.one("select scope from crm.probe where id = %s", record) == "vip"
    assert refusal(ana.push("probe.create", probe(hidden))) == "unknown_account"
    linked = ana.push("probe.create", probe(account, contact_id=str(contact)))
    assert refused_at(linked) == ("unknown_record", "contact_id")
    record_id = made(ana, account)
    link = {"id": record_id, "column": "contact_id", "to": str(contact)}
    assert refused_at(ana.push("probe.link", link)) == ("unknown_record", "contact_id")
    link = {"id": record_id, "column": "linked_id", "to": str(record), "kind": "probe"}
    assert refused_at(ana.push("probe.link", link)) == ("unknown_record", "linked_id")
    theirs = {"id": str(record)}
    for verb, rest in (
        ("change", {"base": {"subject": "Secret"}, "set": {"subject": "Mine"}}),
        ("move", {"to": "done", "set": {"outcome": "x"}}),
        ("link", {"column": "contact_id", "to": None}),
        ("note", {"note_id": new_id(), "text": "x"}),
    ):
        assert refusal(ana.push(f"probe.{verb}", theirs | rest)) == "unknown_record"
    note = {"id": new_id(), "probe_id": str(record), "text": "x"}
    assert refusal(ana.push("probe_note.create", note)) == "unknown_record"
    assert row(centre, str(record))["revision"] == 1


def test_a_record_takes_its_accounts_scope(
    centre: Centre, connect_as: ConnectAs, ana: Pusher
) -> None:
    centre.add_agent("vera", scopes=("company", "vip"))
    vera = Pusher(connect_as("vera"))
    hidden = centre.add_account(name="Hidden", scope="vip")
    record_id = made(vera, hidden)
    assert row(centre, record_id)["scope"] == "vip"
    seen = "select count(*) from sync_v1.probe"
    assert vera.connection.execute(seen).fetchone() == (1,)
    assert ana.connection.execute(seen).fetchone() == (0,)


def test_a_move_takes_its_right(centre: Centre, ana: Pusher, sofia: Pusher, account: UUID) -> None:
    record_id = made(ana, account)
    for to in ("open", "closed", "", "done' or true"):
        assert refusal(ana.push("probe.move", {"id": record_id, "to": to})) == "wrong_state"
    for wrong in (None, 1, [], {}):
        answer = ana.push("probe.move", {"id": record_id, "to": wrong})
        assert refused_at(answer) == ("malformed", "to")
    done = {"id": record_id, "to": "done"}
    assert refused_at(ana.push("probe.move", done)) == ("missing", "outcome")
    accepted(ana.push("probe.move", done | {"set": {"outcome": "Reached"}}))
    billed = {"id": record_id, "to": "billed"}
    assert refusal(sofia.push("probe.move", billed)) == "wrong_state"
    accepted(ana.push("probe.move", {"id": record_id, "to": "open"}))
    assert refusal(ana.push("probe.move", billed)) == "not_allowed"
    accepted(sofia.push("probe.move", billed))
    assert row(centre, record_id)["updated_by"] == "Sofia"


def test_one_time_in_two_zones_and_one_number_in_two_spellings_are_the_same(
    centre: Centre, ana: Pusher, account: UUID
) -> None:
    starts, ends = "2026-03-02T13:00:00+00:00", "2026-03-02T14:00:00+00:00"
    record_id = made(ana, account, starts_at=starts, ends_at=ends, count=1)
    base = {"starts_at": "2026-03-02T10:00:00-03:00", "ends_at": "2026-03-02 14:00Z", "count": 1.0}
    change = {"id": record_id, "base": base, "set": {**base, "count": 2.0}}
    accepted(ana.push("probe.change", change))
    found = row(centre, record_id)
    assert (found["count"], set(found["touched"]), found["revision"]) == (2, {"count"}, 2)
    moved = {"starts_at": starts, "ends_at": "2026-03-02T12:30:00-03:00"}
    change = {"id": record_id, "base": {k: base[k] for k in moved}, "set": moved}
    accepted(ana.push("probe.change", change))


@pytest.mark.parametrize("part", ["set", "base"])
def test_half_a_unit_is_incomplete(ana: Pusher, account: UUID, part: str) -> None:
    whole = {"starts_at": None, "ends_at": None}
    change = {"id": made(ana, account), "set": whole, "base": whole, part: {"starts_at": None}}
    assert refused_at(ana.push("probe.change", change)) == ("incomplete_unit", "ends_at")


def test_a_wish_without_base_is_incomplete(ana: Pusher, account: UUID) -> None:
    change = {"id": made(ana, account), "set": {"subject": "Blind"}}
    assert refused_at(ana.push("probe.change", change)) == ("incomplete_unit", "subject")


def test_two_agents_change_one_record(
    centre: Centre, ana: Pusher, sofia: Pusher, account: UUID
) -> None:
    record_id = made(ana, account)
    base = {"subject": "Call", "body": ""}
    accepted(ana.push("probe.change", {"id": record_id, "base": base,
                                       "set": {"subject": "Call back", "body": ""}}))  # fmt: skip
    wish = {"subject": "Visit", "body": "Tuesday"}
    answer = sofia.push("probe.change", {"id": record_id, "base": base, "set": wish})
    assert (answer["state"], set(answer["theirs"])) == ("conflict", {"subject"})
    theirs = answer["theirs"]["subject"]
    assert (theirs["value"], theirs["by"]) == ("Call back", "Ana")
    found = row(centre, record_id)
    assert (found["subject"], found["body"]) == ("Call back", "Tuesday")


def test_the_name_of_who_has_it_is_looked_up(
    centre: Centre, ana: Pusher, sofia: Pusher, account: UUID
) -> None:
    assignee = str(centre.agents["sofia"])
    record_id = made(ana, account, assignee_id=assignee, assignee_name="The Queen")
    assert row(centre, record_id)["assignee_name"] == "Sofia"
    base = {"assignee_id": assignee, "assignee_name": "Sofia", "team_id": None}
    wish = {"assignee_id": None, "assignee_name": "The Queen", "team_id": None}
    accepted(sofia.push("probe.change", {"id": record_id, "base": base, "set": wish}))
    assert row(centre, record_id)["assignee_name"] == ""


def test_the_tables_own_rules_are_told_at_the_field(ana: Pusher, account: UUID) -> None:
    record_id = made(ana, account)
    base = {"starts_at": None, "ends_at": None}
    wish = {"starts_at": "2026-03-02", "ends_at": "2026-03-01"}
    answer = ana.push("probe.change", {"id": record_id, "base": base, "set": wish})
    assert refused_at(answer) == ("out_of_bounds", "ends_at")
    answer = ana.push("probe.change", {"id": record_id, "base": {"priority": "normal"},
                                       "set": {"priority": "huge"}})  # fmt: skip
    assert refused_at(answer) == ("malformed", "priority")


def test_links(centre: Centre, ana: Pusher, account: UUID) -> None:
    contact = uuid.uuid4()
    centre.insert("contact", id=contact, account_id=account, name="Joana")
    record_id, other = made(ana, account), made(ana, account)
    link = {"id": record_id, "column": "contact_id", "to": str(contact)}
    accepted(ana.push("probe.link", link))
    link = {"id": record_id, "column": "linked_id", "to": other, "kind": "probe"}
    accepted(ana.push("probe.link", link))
    found = row(centre, record_id)
    assert (found["contact_id"], found["linked_kind"]) == (str(contact), "probe")
    for kind in ("intent_result", "pg_class", "probe; select 1", "", 1, [], None):
        answer = ana.push(
            "probe.link", {"id": record_id, "column": "linked_id", "to": other, "kind": kind}
        )
        assert refused_at(answer)[1] == "linked_kind"
    accepted(ana.push("probe.link", {"id": record_id, "column": "linked_id", "to": None}))
    assert row(centre, record_id)["linked_kind"] == ""
    for column in (None, 1, ["contact_id"], {"contact_id": 1}):
        answer = ana.push("probe.link", {"id": record_id, "column": column, "to": None})
        assert refused_at(answer) == ("unknown_field", "column")


def test_parts_come_with_their_whole(centre: Centre, ana: Pusher, account: UUID) -> None:
    note = {"id": new_id(), "text": "First"}
    record_id = made(ana, account, parts={"probe_note": [note]})
    found = row(centre, note["id"], "probe_note")
    assert (found["probe_id"], found["account_id"]) == (record_id, str(account))
    assert (found["author"], found["text"]) == ("Ana", "First")
    later = {"id": new_id(), "probe_id": record_id, "text": "Later"}
    accepted(ana.push("probe_note.create", later))
    assert row(centre, later["id"], "probe_note")["account_id"] == str(account)


@pytest.mark.parametrize(
    "parts",
    [
        {"ticket_note": [{"id": new_id()}]}, {"agent": []}, {"probe": []}, {"pg_class": []},
        {"probe_note": {}}, {"probe_note": "x"}, {"probe_note": [None]}, {"probe_note": [[]]},
        {"probe_note": [{}]}, {"probe_note": [{"id": 1}]},
        {"probe_note": [{"id": new_id(), "author": "Queen"}]},
        {"probe_note": [{"id": new_id(), "account_id": new_id()}]},
        {"probe_note": [{"id": new_id(), "probe_id": new_id()}]},
        {"probe_note": [{"id": new_id(), "parts": {}}]},
        {"probe_note": [{"id": new_id(), "at": "2026-01-01"}]},
        {"probe_note": [{"id": new_id(), "text": []}]},
    ],
)  # fmt: skip
def test_parts_that_are_none(centre: Centre, ana: Pusher, account: UUID, parts: Any) -> None:
    code = refusal(ana.push("probe.create", probe(account, parts=parts)))
    assert code in ("unknown_field", "malformed", "missing")
    assert centre.one("select count(*) from crm.probe") == 0


def test_notes(centre: Centre, ana: Pusher, account: UUID) -> None:
    record_id, note_id = made(ana, account), new_id()
    note = {"id": record_id, "note_id": note_id, "text": "Nobody in", "at": "2026-03-01T10:00Z"}
    accepted(ana.push("probe.note", note))
    found = row(centre, note_id, "probe_note")
    assert (found["author"], found["account_id"]) == ("Ana", str(account))
    assert refusal(ana.push("probe.note", note)) == "duplicate_record"
    for text, code in (("", "missing"), (None, "missing"), ([], "malformed"), (1, "malformed"),
                       ("x" * 20_001, "too_long")):  # fmt: skip
        answer = ana.push("probe.note", note | {"note_id": new_id(), "text": text})
        assert refused_at(answer) == (code, "text")
    forged = note | {"note_id": new_id(), "author": "Queen"}
    assert refused_at(ana.push("probe.note", forged)) == ("unknown_field", "author")


def test_a_record_without_account(centre: Centre, ana: Pusher) -> None:
    record_id = new_id()
    accepted(ana.push("place.create", {"id": record_id, "name": "Yard"}))
    change = {"id": record_id, "base": {"name": "Yard"}, "set": {"name": "Yard 2"}}
    accepted(ana.push("place.change", change))
    assert row(centre, record_id, "place")["name"] == "Yard 2"
    answer = ana.push("place.create", {"id": new_id(), "account_id": new_id()})
    assert refused_at(answer) == ("unknown_field", "account_id")


def test_the_kinds_are_written_once_and_what_is_gone_is_removed(
    centre: Centre, ana: Pusher, account: UUID
) -> None:
    with database.owner_of(centre.admin):
        assert kinds.declare(centre.admin, (*KINDS, *MINE)) == []
        assert kinds.declare(centre.admin, KINDS)
    assert refusal(ana.push("probe.create", probe(account))) == "unknown_kind"
    assert centre.one("select count(*) from crm.kind_field where kind = 'probe'") == 0
    assert centre.one("select count(*) from crm.kind") == len(KINDS)


@pytest.mark.parametrize("table", ["kind", "kind_field", "kind_move", "verb"])
def test_an_agent_neither_reads_nor_writes_the_kinds(ana: Pusher, table: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ana.connection.execute(f"select * from crm.{table}")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ana.connection.execute("select crm.record_create('probe', '{}')")
