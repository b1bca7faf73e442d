-- What agents may order about a record of any kind: create, change, move, link, note. What may be
-- set and reached is in crm.kind, crm.kind_field and crm.kind_move. The names that stand in a text
-- to be run come from these tables; a payload's values never do.

-- The kind, and that what is said of a record of it is an object.
create or replace function crm.kind_of(kind text, p jsonb) returns crm.kind
language plpgsql set search_path = '' as $$
declare
  k crm.kind;
begin
  select * into k from crm.kind x where x.name = kind_of.kind;
  if not found then
    perform crm.refuse('unknown_kind');
  elsif jsonb_typeof(p) is distinct from 'object' then
    perform crm.refuse('malformed');
  end if;
  return k;
end
$$;

-- A payload may name only these keys.
create or replace function crm.only_keys(p jsonb, allowed text[]) returns void
language plpgsql set search_path = '' as $$
declare
  stranger text := (select x from jsonb_object_keys(p) x where x <> all (allowed) limit 1);
begin
  if stranger is not null then
    perform crm.refuse('unknown_field', left(stranger, 60));
  end if;
end
$$;

-- A part of the payload that has to be an object; an absent one is an empty one.
create or replace function crm.object_in(p jsonb, key text) returns jsonb
language plpgsql set search_path = '' as $$
begin
  if coalesce(jsonb_typeof(p -> key), 'object') <> 'object' then
    perform crm.refuse('malformed', key);
  end if;
  return coalesce(p -> key, '{}');
end
$$;

-- A text value as this type writes it back; times are of our age and not infinite. Words such as
-- `now` and `today`, which PostgreSQL takes for times, are none.
create or replace function crm.typed_text(type regtype, value text, field text) returns jsonb
language plpgsql set search_path = '' as $$
declare
  at timestamptz;
begin
  case type
    when 'text'::regtype then return to_jsonb(value);
    when 'uuid'::regtype then return to_jsonb(value::uuid);
    when 'timestamptz'::regtype, 'date'::regtype then
      if value !~ '^[0-9]{4,}-' and value !~* '^\s*[-+]?infinity\s*$' then
        perform crm.refuse('malformed', field);
      end if;
      at := value::timestamptz;
      if not isfinite(at) or at < '1900-01-01 00:00:00Z' or at >= '2100-01-01 00:00:00Z' then
        perform crm.refuse('out_of_bounds', field);
      end if;
      return case type when 'date'::regtype then to_jsonb(value::date) else to_jsonb(at) end;
    else
      perform crm.refuse('malformed', field);
  end case;
end
$$;

-- A value as the column of this type would give it back, so that two spellings of one time or one
-- number are the same. Refused at the field when it is none.
create or replace function crm.typed_value(type regtype, value jsonb, field text) returns jsonb
language plpgsql set search_path = '' as $$
declare
  number numeric;
begin
  if coalesce(value, 'null') = 'null' then
    return value;
  end if;
  case jsonb_typeof(value)
    when 'string' then return crm.typed_text(type, value #>> '{}', field);
    when 'boolean' then
      if type = 'boolean'::regtype then
        return value;
      end if;
    when 'number' then
      if type in ('int'::regtype, 'bigint'::regtype, 'smallint'::regtype) then
        number := (value #>> '{}')::numeric;
        if number <> trunc(number) then
          perform crm.refuse('malformed', field);
        end if;
        return case type when 'bigint'::regtype then to_jsonb(number::bigint)
          when 'int'::regtype then to_jsonb(number::int) else to_jsonb(number::smallint) end;
      elsif type = 'numeric'::regtype then
        return value;
      end if;
    else null;
  end case;
  perform crm.refuse('malformed', field);
exception
  when datetime_field_overflow or numeric_value_out_of_range then
    perform crm.refuse('out_of_bounds', field);
  when data_exception then
    perform crm.refuse('malformed', field);
end
$$;

-- The values of a payload, each as its column has it. `allowed` are the columns it may name.
create or replace function crm.typed_values(kind text, wish jsonb, allowed text[]) returns jsonb
language plpgsql set search_path = '' as $$
declare
  typed jsonb := '{}';
  f record;
begin
  perform crm.only_keys(wish, allowed);
  for f in
    select w.key, w.value, a.atttypid::regtype as type, a.attnotnull, k.most
    from jsonb_each(wish) w
    join pg_catalog.pg_attribute a on a.attname = w.key and a.attnum > 0 and not a.attisdropped
      and a.attrelid = format('crm.%I', typed_values.kind)::regclass
    left join crm.kind_field k on k.kind = typed_values.kind and k.field = w.key
  loop
    if f.value = 'null' and f.attnotnull then
      perform crm.refuse('malformed', f.key);
    elsif length(wish ->> f.key) > f.most then
      perform crm.refuse('too_long', f.key);
    end if;
    typed := typed || jsonb_build_object(f.key, crm.typed_value(f.type, f.value, f.key));
  end loop;
  return typed;
end
$$;

-- A payload's id. Refused when it is missing or none.
create or replace function crm.id_in(p jsonb, key text) returns uuid
language plpgsql set search_path = '' as $$
begin
  if coalesce(p -> key, 'null') = 'null' then
    perform crm.refuse('missing', key);
  end if;
  return (crm.typed_value('uuid', p -> key, key) #>> '{}')::uuid;
end
$$;

-- When it happened at the desk, never in the future.
create or replace function crm.time_in(p jsonb) returns timestamptz
language plpgsql set search_path = '' as $$
begin
  return crm.happened((crm.typed_value('timestamptz', p -> 'at', 'at') #>> '{}')::timestamptz);
end
$$;

-- Whether who is asking sees that record. `kind` is a table of the centre's catalogue.
create or replace function crm.sees_row(kind name, record_id uuid) returns boolean
language plpgsql stable set search_path = '' as $$
declare
  seen boolean;
begin
  execute format('select exists (select from crm.%I where id = $1)', kind)
    into seen using record_id;
  return seen;
end
$$;

-- What a record refers to must be seen by who refers to it: a foreign key alone knows no scopes.
-- A reference without one (linked_id) has the kind's name beside it (linked_kind).
create or replace function crm.check_references(kind text, record jsonb, wish jsonb) returns void
language plpgsql set search_path = '' as $$
declare
  f record;
  target text;
begin
  for f in
    select a.attname::text as field,
      (select b.attname::text from pg_catalog.pg_attribute b where b.attrelid = a.attrelid
       and b.attname = regexp_replace(a.attname, '_id$', '_kind')) as beside,
      (select r.relname from pg_catalog.pg_constraint c
       join pg_catalog.pg_class r on r.oid = c.confrelid
       where c.contype = 'f' and c.conrelid = a.attrelid and c.conkey = array[a.attnum]) as target
    from pg_catalog.pg_attribute a
    where a.attrelid = format('crm.%I', check_references.kind)::regclass and not a.attisdropped
      and a.attnum > 0 and a.atttypid = 'uuid'::regtype and a.attname <> 'id'
  loop
    if not (wish ? f.field or coalesce(wish ? f.beside, false)) or record ->> f.field is null then
      continue;
    end if;
    target := f.target;
    if target is null and f.beside is not null then
      select k.name into target from crm.kind k where k.name = record ->> f.beside;
      if not found then
        perform crm.refuse('unknown_record', f.beside);
      end if;
    end if;
    if target is not null and not crm.sees_row(target, (record ->> f.field)::uuid) then
      perform crm.refuse(case f.field when 'account_id' then 'unknown_account'
        else 'unknown_record' end, case f.field when 'account_id' then '' else f.field end);
    end if;
  end loop;
end
$$;

-- The name of who has it to do is looked up, whatever the payload calls him.
create or replace function crm.with_assignee(record jsonb, wish jsonb) returns jsonb
language plpgsql set search_path = '' as $$
begin
  if not (wish ? 'assignee_id' or wish ? 'assignee_name') then
    return wish;
  end if;
  return wish || jsonb_build_object('assignee_name', coalesce(
    (select a.name from crm.agent a
     where a.id = ((record || wish) ->> 'assignee_id')::uuid), ''));
end
$$;

-- What the centre itself writes into these columns, as far as the table has them.
create or replace function crm.own_values(kind text, made boolean, at timestamptz) returns jsonb
language plpgsql set search_path = '' as $$
declare
  me crm.agent := crm.me();
begin
  return (
    select coalesce(jsonb_object_agg(v.key, v.value), '{}')
    from jsonb_each(
      jsonb_build_object('updated_at', now(), 'updated_by', me.name)
      || case when made then jsonb_build_object('created_at', at, 'created_by', me.name,
           'author', me.name, 'written_at', at) else '{}' end) v
    join pg_catalog.pg_attribute a on a.attname = v.key and not a.attisdropped
      and a.attrelid = format('crm.%I', own_values.kind)::regclass);
end
$$;

-- Say a table's own rule as a refusal at its field: <table>_<field>_<code>, else by its column.
create or replace function crm.refuse_rule(kind text, rule text) returns void
language plpgsql set search_path = '' as $$
declare
  c record;
begin
  select x.contype, a.attname::text as field,
    case when x.contype = 'c' then substr(x.conname, length(kind || '_' || a.attname || '_') + 1) end
      as code
  into c
  from pg_catalog.pg_constraint x
  join pg_catalog.pg_attribute a on a.attrelid = x.conrelid and a.attnum = any (x.conkey)
  where x.conrelid = format('crm.%I', kind)::regclass and x.conname = rule
  order by starts_with(x.conname, kind || '_' || a.attname || '_') desc, length(a.attname) desc
  limit 1;
  if c.contype = 'u' and c.field = (select k.number_column from crm.kind k where k.name = kind) then
    perform crm.refuse('duplicate_number', c.field);
  elsif c.contype = 'u' or c.contype = 'p' then
    perform crm.refuse('duplicate_record');
  elsif c.code in ('missing', 'out_of_bounds', 'wrong_state') then
    perform crm.refuse(c.code, c.field);
  end if;
  perform crm.refuse('malformed', coalesce(c.field, ''));
end
$$;

-- What may not be empty is not.
create or replace function crm.check_required(kind text, record jsonb) returns void
language plpgsql set search_path = '' as $$
declare
  empty text := (
    select f.field from crm.kind_field f
    where f.kind = check_required.kind and f.required
      and btrim(coalesce(record ->> f.field, '')) = ''
    order by f.field limit 1);
begin
  if empty is not null then
    perform crm.refuse('missing', empty);
  end if;
end
$$;

-- Insert these columns of a row; the values have their columns' types.
create or replace function crm.insert_row(kind text, record jsonb) returns void
language plpgsql set search_path = '' as $$
declare
  columns text := (select string_agg(format('%I', f), ', ') from jsonb_object_keys(record) f);
  rule text;
begin
  execute format('insert into crm.%I (%s) select %s from jsonb_populate_record(null::crm.%I, $1)',
    kind, columns, columns, kind) using record;
exception
  when unique_violation or check_violation then
    get stacked diagnostics rule = constraint_name;
    perform crm.refuse_rule(kind, rule);
end
$$;

-- Write these columns of a row, and who did it.
create or replace function crm.update_row(kind text, record_id uuid, changed jsonb) returns void
language plpgsql set search_path = '' as $$
declare
  record jsonb := changed || crm.own_values(kind, false, null);
  columns text := (
    select string_agg(format('%I = r.%I', f, f), ', ') from jsonb_object_keys(record) f);
  rule text;
begin
  if columns is null then
    return;
  end if;
  execute format('update crm.%I t set %s from jsonb_populate_record(null::crm.%I, $1) r
    where t.id = $2', kind, columns, kind) using record, record_id;
exception
  when unique_violation or check_violation then
    get stacked diagnostics rule = constraint_name;
    perform crm.refuse_rule(kind, rule);
end
$$;

-- The record as it stands, for this transaction alone. One that is not seen is one not known.
create or replace function crm.locked_row(kind text, record_id uuid) returns jsonb
language plpgsql set search_path = '' as $$
declare
  record jsonb;
begin
  execute format('select to_jsonb(t) from crm.%I t where t.id = $1 for update', kind)
    into record using record_id;
  if record is null then
    perform crm.refuse('unknown_record');
  end if;
  return record;
end
$$;

-- What a part has from the record it belongs to, which must be seen.
create or replace function crm.given_by_whole(k crm.kind, whole_id uuid) returns jsonb
language plpgsql set search_path = '' as $$
declare
  whole jsonb;
begin
  select crm.locked_row(x.name, whole_id) into whole from crm.kind x where k.name = any (x.parts);
  return case when k.owned then jsonb_build_object('account_id', whole -> 'account_id')
    else '{}' end;
end
$$;

-- Make one row of a kind. `given` are columns that its whole already decides.
create or replace function crm.make_row(k crm.kind, p jsonb, given jsonb, at timestamptz)
returns void
language plpgsql set search_path = '' as $$
declare
  allowed text[] := array(select f.field from crm.kind_field f where f.kind = k.name and f.created);
  sent jsonb := p - 'parts' - 'at';
  record jsonb;
  number text;
begin
  perform crm.id_in(p, 'id');
  perform crm.only_keys(sent, allowed || '{id}');
  -- Nothing said is the column's default.
  record := crm.typed_values(k.name, jsonb_strip_nulls(sent), allowed || '{id}');
  number := record ->> nullif(k.number_column, '');
  if k.number_column <> '' and coalesce(number, '') = '' then
    perform crm.refuse('missing', k.number_column);
  elsif not starts_with(coalesce(number, ''), k.number_prefix) then
    perform crm.refuse('malformed', k.number_column);
  end if;
  record := record || given;
  if k.parent <> '' and given = '{}' then
    record := record || crm.given_by_whole(k, crm.id_in(record, k.parent));
  end if;
  if k.owned and k.parent = '' and record ->> 'account_id' is null then
    perform crm.refuse('unknown_account');
  end if;
  if k.state_column <> '' then
    record := record || jsonb_build_object(k.state_column, k.start_state);
  end if;
  perform crm.check_required(k.name, record);
  perform crm.check_references(k.name, record, record);
  perform crm.insert_row(k.name,
    crm.with_assignee(record, record) || crm.own_values(k.name, true, at));
end
$$;

-- The rows that come with a new record: {part table: [row, ...]}.
create or replace function crm.make_parts(k crm.kind, parts jsonb, given jsonb, at timestamptz)
returns void
language plpgsql set search_path = '' as $$
declare
  part record;
  one jsonb;
  its crm.kind;
begin
  perform crm.only_keys(parts, k.parts);
  for part in select * from jsonb_each(parts) loop
    if jsonb_typeof(part.value) <> 'array' then
      perform crm.refuse('malformed', 'parts');
    end if;
    for one in select * from jsonb_array_elements(part.value) loop
      its := crm.kind_of(part.key, one);
      if one ? 'parts' or one ? 'at' or one ? its.parent then
        perform crm.refuse('unknown_field', 'parts');
      end if;
      perform crm.make_row(its, one, jsonb_build_object(its.parent, given -> 'id')
        || case when its.owned then given - 'id' else '{}' end, at);
    end loop;
  end loop;
end
$$;

-- {"id", column: value, ..., "at"?, "parts"?}
create or replace function crm.record_create(kind text, p jsonb) returns void
language plpgsql set search_path = '' as $$
declare
  k crm.kind := crm.kind_of(kind, p);
  at timestamptz := crm.time_in(p);
begin
  perform crm.make_row(k, p, '{}', at);
  perform crm.make_parts(k, crm.object_in(p, 'parts'), jsonb_build_object('id', p -> 'id')
    || case when k.owned then jsonb_build_object('account_id', p -> 'account_id') else '{}' end, at);
end
$$;

-- The columns of a kind that may be changed, as crm.merge wants them: an array a unit.
create or replace function crm.units_of(kind text) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(u.fields order by u.unit), '[]') from (
    select f.unit, jsonb_agg(f.field order by f.field) as fields from crm.kind_field f
    where f.kind = units_of.kind and f.unit is not null group by f.unit) u
$$;

-- A unit is named whole or not at all.
create or replace function crm.check_whole(units jsonb, wish jsonb, said jsonb) returns void
language plpgsql set search_path = '' as $$
declare
  absent text := (
    select f from jsonb_array_elements(units) u, jsonb_array_elements_text(u) f
    where not said ? f and exists (
      select from jsonb_array_elements_text(u) g where wish ? g or said ? g) limit 1);
begin
  if absent is not null then
    perform crm.refuse('incomplete_unit', absent);
  end if;
end
$$;

-- What is to be set, its types and references looked at.
create or replace function crm.wish_in(kind text, p jsonb, units jsonb, old jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  wish jsonb := crm.object_in(p, 'set');
begin
  wish := crm.typed_values(kind, wish, array(
    select f from jsonb_array_elements(units) u, jsonb_array_elements_text(u) f));
  perform crm.check_whole(units, '{}', wish);
  perform crm.check_references(kind, old || wish, wish);
  return crm.with_assignee(old, wish);
end
$$;

-- {field: {by, at}} of what is changed now, if the table keeps it.
create or replace function crm.touched_by(old jsonb, changed jsonb) returns jsonb
language sql stable set search_path = '' as $$
  select case when old ? 'touched' then jsonb_build_object('touched',
    (old -> 'touched') || crm.touch(changed, (crm.me()).name)) else '{}' end
$$;

-- {"id", "base": {column: value}, "set": {column: value}}: merged per unit, values compared as their
-- columns have them.
create or replace function crm.record_change(kind text, p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  k crm.kind := crm.kind_of(kind, p);
  units jsonb := crm.units_of(k.name);
  record_id uuid := crm.id_in(p, 'id');
  old jsonb;
  wish jsonb;
  base jsonb;
  m jsonb;
begin
  perform crm.only_keys(p, '{id, base, set, at}');
  old := crm.locked_row(k.name, record_id);
  wish := crm.wish_in(k.name, p, units, old);
  base := crm.typed_values(k.name, crm.object_in(p, 'base'), array(
    select f from jsonb_array_elements(units) u, jsonb_array_elements_text(u) f));
  perform crm.check_whole(units, wish, base);
  m := crm.merge(units, old, base, wish, coalesce(old -> 'touched', '{}'),
    jsonb_build_object('by', coalesce(old ->> 'updated_by', ''), 'at', old -> 'updated_at'));
  if m -> 'apply' <> '{}' then
    perform crm.check_required(k.name, old || (m -> 'apply'));
    perform crm.update_row(k.name, record_id,
      (m -> 'apply') || crm.touched_by(old, m -> 'apply'));
  end if;
  return crm.merged(m -> 'theirs');
end
$$;

-- {"id", "to": state, "set"?, "at"?}
create or replace function crm.record_move(kind text, p jsonb) returns void
language plpgsql set search_path = '' as $$
declare
  k crm.kind := crm.kind_of(kind, p);
  record_id uuid := crm.id_in(p, 'id');
  old jsonb;
  wish jsonb;
  move crm.kind_move;
begin
  perform crm.only_keys(p, '{id, to, set, at}');
  perform crm.time_in(p);
  if coalesce(jsonb_typeof(p -> 'to'), '') <> 'string' then
    perform crm.refuse('malformed', 'to');
  end if;
  old := crm.locked_row(k.name, record_id);
  select * into move from crm.kind_move x where x.kind = k.name
    and x.from_state = old ->> nullif(k.state_column, '') and x.to_state = p ->> 'to';
  if not found then
    perform crm.refuse('wrong_state');
  elsif move.needs_right <> '' and not crm.may(move.needs_right) then
    perform crm.refuse('not_allowed');
  end if;
  wish := crm.wish_in(k.name, p, crm.units_of(k.name), old)
    || jsonb_build_object(k.state_column, move.to_state);
  perform crm.check_required(k.name, old || wish);
  perform crm.update_row(k.name, record_id, wish || crm.touched_by(old, wish));
end
$$;

-- {"id", "column", "to": uuid or null, "kind"?}; the kind only for a column that may refer to
-- records of several.
create or replace function crm.record_link(kind text, p jsonb) returns void
language plpgsql set search_path = '' as $$
declare
  k crm.kind := crm.kind_of(kind, p);
  record_id uuid := crm.id_in(p, 'id');
  field text;
  beside text;
  old jsonb;
  wish jsonb;
begin
  perform crm.only_keys(p, '{id, column, to, kind, at}');
  select f.field into field from crm.kind_field f
  where f.kind = k.name and f.tied and to_jsonb(f.field) = p -> 'column';
  if not found or not p ? 'to' then
    perform crm.refuse('unknown_field', 'column');
  end if;
  old := crm.locked_row(k.name, record_id);
  wish := jsonb_build_object(field, p -> 'to');
  beside := regexp_replace(field, '_id$', '_kind');
  if old ? beside and beside <> field then
    wish := wish || jsonb_build_object(beside,
      case p -> 'to' when 'null' then '""' else coalesce(p -> 'kind', old -> beside) end);
  end if;
  wish := crm.typed_values(k.name, wish, array[field, beside]);
  perform crm.check_references(k.name, old || wish, wish);
  perform crm.update_row(k.name, record_id, wish || crm.touched_by(old, wish));
end
$$;

-- {"id", "note_id", "text", "at"?}: a line of the record's history, in the part <kind>_note.
create or replace function crm.record_note(kind text, p jsonb) returns void
language plpgsql set search_path = '' as $$
declare
  k crm.kind := crm.kind_of(kind, p);
  record_id uuid := crm.id_in(p, 'id');
  note_id uuid := crm.id_in(p, 'note_id');
  at timestamptz := crm.time_in(p);
  note crm.kind;
  old jsonb;
  line jsonb;
begin
  perform crm.only_keys(p, '{id, note_id, text, at}');
  select * into note from crm.kind x where x.name = k.name || '_note' and x.name = any (k.parts);
  if not found then
    perform crm.refuse('unknown_kind');
  elsif btrim(coalesce(p ->> 'text', '')) = '' then
    perform crm.refuse('missing', 'text');
  end if;
  old := crm.locked_row(k.name, record_id);
  line := crm.typed_values(note.name, jsonb_build_object('text', p -> 'text'), '{text}')
    || jsonb_build_object('id', note_id, note.parent, record_id)
    || case when note.owned then jsonb_build_object('account_id', old -> 'account_id') else '{}' end;
  perform crm.insert_row(note.name, line || crm.own_values(note.name, true, at));
end
$$;
