"""The feed's parts, scopes that come and go, erased subjects, and the server's lives."""

from __future__ import annotations

import threading
import uuid
from uuid import UUID

import psycopg
import pytest

from tests.central.test_feed import pull, sqlstate
from tests.central_fixtures import Centre, ConnectAs, Connection, Pusher

pytestmark = pytest.mark.postgres


def parts(centre: Centre) -> int:
    return int(
        centre.one("select count(*) from pg_inherits where inhparent = 'crm.feed'::regclass")
    )


def test_a_pull_goes_across_parts_and_dropping_one_is_remembered(
    centre: Centre, connect_as: ConnectAs
) -> None:
    ana = connect_as("ana")
    _, begun = pull(ana, "1:1:")
    first = [uuid.uuid4() for _ in range(3)]
    for outage in first:
        centre.insert("outage", id=outage)
    _, between = pull(ana, begun)
    assert centre.one("select crm.turn_feed()").startswith("feed_2")
    assert centre.one("select crm.turn_feed()") == "", "an empty part is not closed"
    second = uuid.uuid4()
    centre.insert("outage", id=second)
    assert parts(centre) == 2
    assert pull(ana, begun, most=1)[0] == {*first, second}
    centre.admin.execute(
        "update crm.feed set at = now() - interval '40 days' where id <> %s", (second,)
    )
    assert centre.one("select crm.trim_feed('30 days')") >= 3
    assert parts(centre) == 1
    assert sqlstate(lambda: pull(ana, begun)) == "AD011"
    assert pull(ana, between)[0] == {second}


def test_a_new_part_loses_nothing_while_many_write(centre: Centre, connect_as: ConnectAs) -> None:
    ana = connect_as("ana")
    _, cursor = pull(ana, "1:1:")
    written: list[set[UUID]] = [set() for _ in range(4)]

    def write(mine: set[UUID]) -> None:
        with psycopg.connect(centre.dsn) as connection:
            for n in range(40):
                ids = {uuid.uuid4() for _ in range(2)}
                connection.execute("select pg_current_xact_id()")  # its number before its lines
                for id_ in ids:
                    connection.execute("insert into crm.outage (id) values (%s)", (id_,))
                if n % 5:
                    connection.commit()
                    mine |= ids
                else:
                    connection.rollback()

    writers = [threading.Thread(target=write, args=(mine,)) for mine in written]
    for writer in writers:
        writer.start()
    seen: set[UUID] = set()
    while any(writer.is_alive() for writer in writers):
        centre.one("select crm.turn_feed()")
        found, cursor = pull(ana, cursor, most=7)
        seen |= found
    for writer in writers:
        writer.join()
    seen |= pull(ana, cursor)[0]
    assert seen == set().union(*written)
    assert parts(centre) > 2


def test_what_a_running_transaction_will_tell_is_not_trimmed_away(
    centre: Centre, connect_as: ConnectAs
) -> None:
    """Or a desk that has just fetched everything would be told to do it again, and again."""
    ana = connect_as("ana")
    slow = uuid.uuid4()
    with psycopg.connect(centre.dsn) as writer:
        writer.execute("insert into crm.outage (id) values (%s)", (slow,))
        centre.insert("outage", id=uuid.uuid4())
        centre.admin.execute("update crm.feed set at = now() - interval '40 days'")
        centre.one("select crm.trim_feed('30 days')")
        _, cursor = pull(ana, f"{centre.one('select pg_current_snapshot()::text')}")
        writer.commit()
    assert pull(ana, cursor)[0] == {slow}


def test_a_pull_with_a_long_transaction_elsewhere_reads_only_its_own_lines(
    centre: Centre, connect_as: ConnectAs
) -> None:
    """As the planner counts: the long writer must not make each pull read all since it began."""
    with psycopg.connect(centre.dsn) as writer:
        writer.execute("insert into crm.outage (id) values (%s)", (uuid.uuid4(),))
        ana = connect_as("ana")
        centre.admin.execute(
            "do $$ begin for i in 1..40 loop insert into crm.outage (id)"
            " select gen_random_uuid() from generate_series(1, 250); commit; end loop; end $$"
        )
        centre.admin.execute("analyze crm.feed")
        _, cursor = pull(ana, f"{centre.one('select pg_current_snapshot()::text')}")
        new = uuid.uuid4()
        centre.insert("outage", id=new)
        centre.admin.execute("select pg_stat_reset()")
        before = read_lines(centre)
        assert pull(ana, cursor)[0] == {new}
        ana.close()
        assert read_lines(centre) - before < 500


def read_lines(centre: Centre) -> int:
    """Lines of the feed that were read so far, by whatever way."""
    centre.admin.execute("select pg_stat_force_next_flush()")
    query = "select coalesce(sum(seq_tup_read + coalesce(idx_tup_fetch, 0)), 0)::bigint"
    return int(
        centre.one(
            query + " from pg_stat_all_tables where schemaname = 'crm' and relname ~ '^feed'"
        )
    )


# -- scopes ---------------------------------------------------------------------------------------
def told(connection: Connection, since: str) -> set[tuple[str, UUID, str]]:
    with connection.transaction():
        connection.execute("set transaction isolation level repeatable read read only")
        query = (
            "select table_name, id, op from sync_v1.log("
            "%s, api_v1.position() ->> 'snapshot', '', 0, 20000)"
        )
        return set(connection.execute(query, (since,)).fetchall())


def desk_of(centre: Centre, connect_as: ConnectAs, user: str) -> tuple[Connection, str]:
    """An agent with a desk, and where it is now."""
    connection = connect_as(user)
    connection.execute("select api_v1.sign_in(%s, 'pc')", (uuid.uuid4(),))
    return connection, pull(connection, "1:1:")[1]


def test_a_scope_that_comes_or_goes_is_told_as_the_difference_to_its_agent_only(
    centre: Centre, connect_as: ConnectAs
) -> None:
    mayor = centre.add_account(name="The Mayor", scope="vip")
    unit = uuid.uuid4()
    centre.insert("unit", id=unit, account_id=mayor)
    for n in range(5):
        centre.add_account(name=f"Everybody {n}")
    ana, ana_at = desk_of(centre, connect_as, "ana")
    bia, bia_at = desk_of(centre, connect_as, "bia")
    _, ana_at = pull(ana, ana_at)
    centre.add_agent("ana", scopes=("company", "vip"))
    both = {("account", mayor), ("unit", unit)}
    agents = {("agent", centre.agents["ana"], "update")}
    assert told(ana, ana_at) == {(*key, "update") for key in both} | agents
    assert told(bia, bia_at) == agents
    ana_at = pull(ana, ana_at)[1]
    centre.add_agent("ana", scopes=("company",))
    assert told(ana, ana_at) == {(*key, "forget") for key in both} | agents


def test_what_had_left_a_lost_scope_meanwhile_is_forgotten_too(
    centre: Centre, connect_as: ConnectAs
) -> None:
    """It was visible at the last pull; its own line is not visible any more."""
    gone = centre.add_account(name="Deleted", scope="vip")
    moved = centre.add_account(name="Moved", scope="vip")
    centre.add_agent("ana", scopes=("company", "vip"))
    ana, at = desk_of(centre, connect_as, "ana")
    centre.admin.execute("delete from crm.account where id = %s", (gone,))
    centre.admin.execute("update crm.account set scope = 'ombudsman' where id = %s", (moved,))
    centre.add_agent("ana", scopes=("company",))
    assert {("account", gone, "forget"), ("account", moved, "forget")} <= told(ana, at)


def test_the_company_s_scope_is_fetched_anew(centre: Centre, connect_as: ConnectAs) -> None:
    centre.add_agent("ana", scopes=("vip",))
    ana, at = desk_of(centre, connect_as, "ana")
    bia, bia_at = desk_of(centre, connect_as, "bia")
    centre.add_agent("ana", scopes=("company", "vip"))
    assert sqlstate(lambda: pull(ana, at)) == "AD011"
    now = centre.one("select pg_current_snapshot()::text")
    assert pull(ana, now)[0] == set()
    pull(bia, bia_at)


def test_nobody_but_owner_and_collector_may_name_scopes(
    centre: Centre, connect_as: ConnectAs
) -> None:
    centre.add_account(name="The Mayor", scope="vip")
    ana = connect_as("ana")
    ana.execute("select set_config('crm.scope_set', 'company,vip', false)")
    assert ana.execute("select count(*) from sync_v1.account").fetchone() == (0,)
    centre.admin.execute("update crm.agent set active = false")
    assert ana.execute("select count(*) from sync_v1.account").fetchone() == (0,)


# -- erased subjects ------------------------------------------------------------------------------
def test_an_erased_subject_is_gone_and_each_desk_says_when_it_knows(
    centre: Centre, connect_as: ConnectAs, ana: Pusher
) -> None:
    marina = centre.add_account(name="Marina", tax_id="52998224725", birth_on="1980-02-03")
    phone = uuid.uuid4()
    centre.insert("phone", id=phone, account_id=marina, e164=5511987654321)
    ana.connection.execute("select api_v1.sign_in(%s, 'pc 7')", (ana.client,))
    _, at = pull(ana.connection, "1:1:")
    assert centre.one("select crm.erase_account(%s)", marina) >= 3
    assert centre.one("select count(*) from crm.phone") == 0
    assert {("account", marina, "delete"), ("phone", phone, "delete")} <= told(ana.connection, at)
    waiting = "select host from crm.erasure_open where account_id = %s and client is not null"
    assert centre.one(waiting, marina) == "pc 7"
    acknowledge = "select api_v1.acknowledge(%s, crm_generation, %s)"
    generation = centre.one("select crm.generation()")
    query = acknowledge.replace("crm_generation", "%s")
    ana.connection.execute(query, (ana.client, generation, at))
    assert centre.one(waiting, marina) == "pc 7", "that cursor is from before"
    _, now = pull(ana.connection, at)
    ana.connection.execute(query, (ana.client, generation, now))
    assert centre.one(waiting, marina) is None
    assert sqlstate(
        lambda: ana.connection.execute(query, (ana.client, generation, "nonsense"))
    ) == "AD011"  # fmt: skip
    assert sqlstate(lambda: centre.one("select crm.erase_account(%s)", marina)) == "AD100"
