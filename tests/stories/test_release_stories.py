"""A desk of today at a centre whose next release says things in words it does not know."""

from __future__ import annotations

from agent_desktop.demo.callers import MARINA
from agent_desktop.models.kind import Word
from tests.stories.story import Centre, Desk

#: Columns that hold code words, by table.
WORDS = {
    "account": ("kind", "segment", "stage", "erp_state"),
    "phone": ("kind",),
    "contact": ("relation",),
    "unit": ("area", "voltage", "supply"),
    "ticket": ("kind", "priority", "status"),
    "ticket_note": ("kind",),
    "service_order": ("state",),
    "order_item": ("kind", "charge"),
    "order_event": ("state",),
    "interaction": ("channel", "direction"),
    "product": ("kind",),
}


def test_every_word_has_a_place_for_what_it_does_not_know() -> None:
    kinds = Word.__subclasses__()
    assert kinds
    for kind in kinds:
        assert kind("levitating") is kind("")


def test_pages_show_records_whose_words_nobody_knows_here(centre: Centre, desk: Desk) -> None:
    centre.does(DROP_CHECKS)
    for table, columns in WORDS.items():
        changes = ", ".join(f"{column} = 'levitating'" for column in columns)
        centre.does(f"update crm.{table} set {changes}")
    centre.does(
        "insert into crm.code_entry (id, list, code, name_en)"
        " values (gen_random_uuid(), 'levitating', 'high', 'High')"
    )
    number = centre.asked("select number from crm.ticket where resolved_at is null limit 1")
    order = centre.asked("select number from crm.service_order limit 1")
    desk.is_in_sync()
    desk.opens_account(MARINA.name)
    desk.sees(MARINA.name)
    for code in (number, order):
        desk.finds(code)
        desk.sees(code)
    for words in ("Home", "Worklist", "Calls"):
        desk.finds_command(words)
        desk.waits_for_quiet()


DROP_CHECKS = """
    do $$
    declare
      one record;
    begin
      for one in
        select c.conname as name, c.conrelid::regclass as place from pg_constraint c
        where c.contype = 'c' and c.connamespace = 'crm'::regnamespace
          and pg_get_constraintdef(c.oid) ~ 'ANY .ARRAY..*::text'
          and c.conrelid::regclass::text !~ '^crm.feed'
      loop
        execute 'alter table ' || one.place || ' drop constraint ' || quote_ident(one.name);
      end loop;
    end
    $$
"""
