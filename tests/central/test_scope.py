"""Scopes hide rows, also those of definer functions; what moves out of sight is forgotten."""

from __future__ import annotations

import uuid
from uuid import UUID

import psycopg
import pytest

from tests.central.conftest import accepted, begun, new_id, opened, refusal
from tests.central_fixtures import Centre, ConnectAs, Connection, Pusher


@pytest.fixture
def vip(centre: Centre) -> UUID:
    """An account only agents with the scope vip may see, with records of its own."""
    account = centre.add_account(name="The Mayor", scope="vip", tax_id="39053344705")
    centre.insert("unit", id=uuid.uuid4(), account_id=account, postcode="13010-000")
    centre.insert("phone", id=uuid.uuid4(), account_id=account, e164=5519999990000)
    return account


@pytest.fixture
def vera(centre: Centre, connect_as: ConnectAs) -> Pusher:
    """An agent who may see the scope vip."""
    centre.add_agent("vera", scopes=("company", "vip"))
    return Pusher(connect_as("vera"))


def count(connection: Connection, table: str) -> int:
    row = connection.execute(f"select count(*) from sync_v1.{table}").fetchone()
    assert row is not None
    return int(row[0])


def test_records_have_their_account_s_scope_and_are_hidden_with_it(
    centre: Centre, ana: Pusher, vera: Pusher, vip: UUID
) -> None:
    for table, rows in (("account", 1), ("unit", 1), ("phone", 1), ("fact", 2)):
        assert centre.one(f"select array_agg(distinct scope) from crm.{table}") == ["vip"]
        assert count(ana.connection, table) == 0
        assert count(vera.connection, table) == rows


def test_a_hidden_account_is_an_unknown_one(ana: Pusher, vip: UUID) -> None:
    account = str(vip)
    assert refusal(
        ana.push("account.change", {"id": account, "base": {}, "set": {"name": "x"}})
    ) == "unknown_account"  # fmt: skip
    interaction = begun(ana)
    for kind, payload in (
        ("interaction.begin", {"protocol": "2026112190000000"}),
        ("phone.add", {"written": "1"}),
        ("ticket.create", {"number": "TK-9", "subject": "x"}),
        ("order.create", {"number": "SO-9", "title": "x"}),
        ("verification.log", {"interaction_id": interaction, "fact": "tax_id", "passed": True}),
    ):
        result = ana.push(kind, {"id": new_id(), "account_id": account, **payload})
        assert refusal(result) == "unknown_account"
    change = {"id": interaction, "set": {"account_id": account}}
    assert refusal(ana.push("interaction.change", change)) == "unknown_account"
    assert refusal(
        ana.push("interaction.move", {"id": interaction, "account_id": account})
    ) == "unknown_account"  # fmt: skip


def test_a_hidden_record_is_an_unknown_one(ana: Pusher, vera: Pusher, vip: UUID) -> None:
    ticket = opened(vera, vip)
    for kind, payload in (
        ("ticket.change", {"id": ticket, "base": {}, "set": {"subject": "x"}}),
        ("ticket.note", {"id": new_id(), "ticket_id": ticket, "text": "x"}),
        ("ticket.resolve", {"id": ticket, "note_id": new_id(), "solution": "x"}),
    ):
        assert refusal(ana.push(kind, payload)) == "unknown_record"
    ana.connection.execute("select api_v1.ask_reveal(%s, 'tax_id')", (vip,))
    assert ana.connection.execute("select api_v1.reveal(%s, 'tax_id')", (vip,)).fetchone() == (
        None,
    )


def test_without_the_company_s_scope_nothing_of_it_is_seen_or_written(
    centre: Centre, connect_as: ConnectAs, account: UUID, vip: UUID
) -> None:
    centre.add_agent("otto", scopes=("vip",))
    otto = Pusher(connect_as("otto"))
    assert count(otto.connection, "account") == 1
    protocol = {"id": new_id(), "protocol": "2026112190000000"}
    unknown = {**protocol, "account_id": str(account)}
    assert refusal(otto.push("interaction.begin", unknown)) == "unknown_account"
    accepted(otto.push("interaction.begin", {**protocol, "account_id": str(vip)}))


@pytest.mark.parametrize(
    ("scopes", "own"), [(("company", "vip"), "company"), (("vip", "employee"), "employee")]
)
def test_an_unknown_caller_and_a_new_customer_are_of_the_agent_s_own_scope(
    centre: Centre, connect_as: ConnectAs, scopes: tuple[str, ...], own: str
) -> None:
    """The company's if the agent may see that, else the first of those granted."""
    centre.add_agent("otto", scopes=scopes)
    otto, made, call = Pusher(connect_as("otto")), new_id(), new_id()
    contact = begun(otto)
    accepted(otto.push("interaction.call", {"id": call, "interaction_id": contact}))
    accepted(otto.push("interaction.call", {"id": new_id()}))  # nobody answered it
    phone = {"id": new_id(), "written": "19 99999-1111", "e164": 5519999991111}
    new = {"id": made, "number": "100000001", "kind": "person", "name": "Ruth", "phones": [phone]}
    accepted(otto.push("account.create", new))
    for table, rows in (("interaction", 1), ("interaction_call", 2), ("account", 1), ("phone", 1)):
        assert centre.one(f"select array_agg(distinct scope) from crm.{table}") == [own]
        assert count(otto.connection, table) == rows
    accepted(otto.push("interaction.change", {"id": contact, "set": {"account_id": made}}))
    opened(otto, UUID(made))
    assert centre.one("select scope from crm.ticket") == own


# -- the feed -------------------------------------------------------------------------------------
def feed(connection: Connection, since: str = "1:1:") -> list[tuple[str, UUID, str]]:
    """(table, id, op) of everything since a snapshot."""
    with connection.transaction():
        connection.execute("set transaction isolation level repeatable read read only")
        return connection.execute(
            "select table_name, id, op from sync_v1.log("
            " %s, api_v1.position() ->> 'snapshot', '', 0, 20000)",
            (since,),
        ).fetchall()


def snapshot(connection: Connection) -> str:
    row = connection.execute("select api_v1.position() ->> 'snapshot'").fetchone()
    assert row is not None
    text: str = row[0]
    return text


def test_the_feed_of_other_scopes_is_not_told(ana: Pusher, vera: Pusher, vip: UUID) -> None:
    assert vip not in [row[1] for row in feed(ana.connection)]
    assert ("account", vip, "insert") in feed(vera.connection)


def test_what_moves_out_of_sight_arrives_as_forget_with_all_its_records(
    centre: Centre, ana: Pusher, vera: Pusher, account: UUID
) -> None:
    ticket = UUID(opened(ana, account))
    since = snapshot(ana.connection)
    centre.admin.execute("update crm.account set scope = 'vip' where id = %s", (account,))
    told = feed(ana.connection, since)
    assert set(told) == {("account", account, "forget"), ("ticket", ticket, "forget")}
    assert ("ticket", ticket, "update") in feed(vera.connection, since)
    since = snapshot(ana.connection)
    centre.admin.execute("update crm.account set name = 'x' where id = %s", (account,))
    assert feed(ana.connection, since) == [], "not even that it changed"
    centre.admin.execute("update crm.account set scope = 'company' where id = %s", (account,))
    assert ("account", account, "update") in feed(ana.connection, since)


def test_a_lost_scope_shows_in_the_next_sign_in_and_hides_at_once(
    centre: Centre, vera: Pusher, vip: UUID
) -> None:
    assert count(vera.connection, "account") == 1
    centre.admin.execute("delete from crm.agent_scope where scope = 'vip'")
    assert count(vera.connection, "account") == 0


def test_an_edge_that_becomes_an_agent_sees_what_the_agent_sees(
    centre: Centre, vera: Pusher, vip: UUID
) -> None:
    centre.add_agent("ana")
    edge = "edge_" + uuid.uuid4().hex[:8]
    centre.admin.execute(f"create role {edge} login noinherit password 'x'")
    centre.admin.execute(f"grant vera, ana, agents to {edge}")
    centre.admin.execute(f"grant connect on database {centre.name} to {edge}")
    seen: dict[str, int | None] = {}
    dsn = centre.cluster.dsn(centre.name, user=edge, password="x")
    with psycopg.connect(dsn, autocommit=True) as connection:
        for name in ("vera", "ana", "agents"):
            with connection.transaction():
                connection.execute(f"set local role {name}")
                seen[name] = count(connection, "account")
    centre.admin.execute(f"drop owned by {edge}")
    centre.admin.execute(f"drop role {edge}")
    assert seen == {"vera": 1, "ana": 0, "agents": 0}
