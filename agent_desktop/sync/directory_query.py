"""Asks the centre for the directory's entry of every account, ready to be stored.

One row an account, with its numbers and places as JSON: the server does what
models/store/directory_entry.py does row by row, and a desk that fills its directory reads and
stores a million rows instead of six. A test holds both against each other.
"""

from __future__ import annotations

from agent_desktop.models.account.record import PhoneKind
from agent_desktop.models.store import directory_entry as entry
from agent_desktop.models.store.directory import METER, UNIT

#: 47 bits of the end of an id (entry.tag_of).
_TAG = "('x' || right({}.id::text, 12))::bit(48)::bigint >> 1"
# A mask that is looked for as a pattern: any sign where one may be seen, but no `=` in front.
_SEEN = (
    "case when a.tax_id_masked = '' then null "
    "when a.tax_id_kind = 'cpf' and a.tax_id_masked like '•••.___.___-••' "
    "and a.tax_id_masked not like '•••.=%' "
    "then substr(a.tax_id_masked, 5, 3) || substr(a.tax_id_masked, 9, 3) "
    "when a.tax_id_kind = 'cnpj' and a.tax_id_masked like '__.•••.•••/____-••' "
    "and a.tax_id_masked not like '=%' "
    "then substr(a.tax_id_masked, 1, 2) || substr(a.tax_id_masked, 12, 4) "
    "else '=' || a.tax_id_masked end"
)
_KINDS = " ".join(
    f"when '{kind.value}' then {entry.kind_number(kind.value)}" for kind in PhoneKind if kind.value
)
_FLAGS = (
    f"case p.kind {_KINDS} else {entry.kind_number('')} end "
    f"+ case when p.preferred then {entry.PREFERRED} else 0 end "
    f"+ case when p.do_not_call then {entry.DO_NOT_CALL} else 0 end "
    f"+ case when p.contact_id is not null then {entry.OF_CONTACT} else 0 end"
)
_WISH = (
    "'id', case when p.do_not_call then replace(p.id::text, '-', '') end, "
    "'reason', case when p.do_not_call then p.do_not_call_reason end, "
    "'on', case when p.do_not_call then p.do_not_call_on end"
)
_REST = (
    "case when p.do_not_call or p.extension <> '' then to_json(jsonb_strip_nulls("
    f"jsonb_build_object('extension', nullif(p.extension, ''), {_WISH}, "
    "'until', p.valid_until))::text)::text "
    "else coalesce((p.valid_until - date '0001-01-01' + 1)::text, 'null') end"
)
# JSON arrays without the brackets at both ends, put together as text: the functions that make JSON
# take the server twice as long.
_PHONES = (
    f"select string_agg(({_TAG.format('p')}) || ',' || p.e164 || ',' || ({_FLAGS}) || ',' "
    f"|| {_REST}, '],[') from sync_v1.phone p where p.account_id = a.id and p.e164 is not null"
)


def _codes(table: str, column: str, kind: int) -> str:
    """Units or meters of an account: their codes, and the digits these end with."""
    digits = (
        f"right(ltrim(substr({column}, length(rtrim({column}, '0123456789')) + 1), '0'), "
        f"{entry.MOST_DIGITS})"
    )
    return (
        f"select x.id, {kind} as kind, {column} as code, {digits} as digits "
        f"from sync_v1.{table} x where x.account_id = a.id"
    )


_BEFORE = (
    "case when length(y.digits) = length(y.code) then 'null' "
    "else to_json(left(y.code, length(y.code) - length(y.digits)))::text end"
)
# `offset 0`: the digits are made once, not wherever they are asked for.
_PLACES = (
    f"select string_agg(({_TAG.format('y')}) || ',' || y.kind || ',' || y.digits || ',' "
    f"|| {_BEFORE}, '],[') from ({_codes('unit', 'x.number', UNIT)} union all "
    f"{_codes('meter', 'x.serial', METER)} offset 0) y where y.digits <> ''"
)


def entries(*, in_order: bool) -> str:
    """A statement for all entries: id, number, name, tax id's digest and seen signs, numbers,
    places, and the columns of its profile.

    `in_order`: by name, so that people who are found together lie together. That sorts on the
    server, which a collector may ask for and an agent may not (limits of time and disk).
    """
    source = "sync_v1.account"
    if in_order:
        source = f'(select * from {source} order by lower(name) collate "C", id offset 0)'
    return (
        f"select uuid_send(a.id), a.number, a.name, a.tax_id_digest, {_SEEN}, "
        f"({_PHONES}), ({_PLACES}), {', '.join(f'a.{name}' for name in entry.PROFILE)} "
        f"from {source} a"
    )
