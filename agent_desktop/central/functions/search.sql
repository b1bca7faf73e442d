-- Searching at the centre. What may be searched for, how often, and who looked for which part of a
-- tax id is settled in a transaction before the search; as with reveal, else the trace would go
-- with a rollback and the answer would stay.

create or replace function crm.searches_a_minute() returns int language sql immutable return 30;

create or replace function crm.most_found() returns int language sql immutable return 8;

-- What a text may be a part of: {kind: [parts]}. Each part has letters a-z or A-Z, digits and
-- spaces only, so that it means itself in a pattern.
create or replace function crm.search_parts(typed text) returns jsonb
language plpgsql immutable set search_path = '' as $$
declare
  clean text := btrim(left(coalesce(typed, ''), 100));
  plain text := crm.compact(clean);
  digits text := crm.digits(clean);
  words text[];
  found jsonb := '{}';
begin
  if length(digits) < 4 then
    words := array(select w from unnest(string_to_array(crm.fold(clean), ' ')) w where w <> '');
    if exists (select from unnest(words) w where length(w) >= 3 and w ~ '[a-z]') then
      found := jsonb_build_object('name', to_jsonb(words[1:6]));
    end if;
    return found;
  end if;
  if length(plain) > 20 then
    return found;
  end if;
  if length(plain) <= 14 then
    found := found || jsonb_build_object('tax_id', jsonb_build_array(plain));
  end if;
  found := found || jsonb_build_object('unit', jsonb_build_array(plain),
    'meter', jsonb_build_array(plain));
  if plain = digits and length(ltrim(digits, '0')) between 4 and 15 then
    found := found || jsonb_build_object('phone', jsonb_build_array(ltrim(digits, '0')));
  end if;
  if plain = digits and length(digits) between 6 and 16 then
    found := found || jsonb_build_object('protocol', jsonb_build_array(digits));
  end if;
  return found;
end
$$;

-- Say what is going to be searched for. Returns '' or why not: search_too_short, search_too_often.
create or replace function api_v1.ask_search(typed text) returns text
language plpgsql security definer set search_path = '' as $$
declare
  me crm.agent := crm.me();
  parts jsonb := crm.search_parts(typed);
begin
  if parts = '{}' then
    return 'search_too_short';
  end if;
  insert into crm.search_turn as t (agent_id, at) values (me.id, clock_timestamp())
    on conflict (agent_id) do update set at = excluded.at;
  delete from crm.search_asked a
    where a.agent_id = me.id and a.at < clock_timestamp() - interval '5 minutes';
  if (select count(*) from crm.search_asked a where a.agent_id = me.id
      and a.at > clock_timestamp() - interval '1 minute') >= crm.searches_a_minute() then
    return 'search_too_often';
  end if;
  insert into crm.search_asked (agent_id, digest)
    values (me.id, sha256(convert_to(typed, 'UTF8')));
  if parts ? 'tax_id' then
    insert into crm.audit (agent_id, what, detail) values (me.id, 'search',
      jsonb_build_object('field', 'tax_id', 'fragment', parts -> 'tax_id' ->> 0));
  end if;
  return '';
end
$$;
grant execute on function api_v1.ask_search to agents;

-- Keys of one kind with all parts somewhere in them, within the scopes of who is asking. The order
-- is written out for each search: which partitions and which index, the planner then knows.
create or replace function crm.keys_with(kind text, parts jsonb, most int) returns setof crm.search_key
language plpgsql stable set search_path = '' set enable_seqscan = off as $$
begin
  return query execute format(
    'select k.* from crm.search_key k where k.kind = %L and k.scope = any (%L::text[])', kind,
    crm.scopes()) || (select string_agg(format(' and k.key like %L', '%' || p || '%'), '')
                      from jsonb_array_elements_text(parts) p) || format(' limit %s', most);
end
$$;

-- Names that begin with the first part come first, then the shortest.
create or replace function crm.found_keys(parts jsonb) returns setof crm.search_key
language plpgsql stable set search_path = '' as $$
declare
  kind text;
begin
  foreach kind in array array['tax_id', 'phone', 'unit', 'meter', 'protocol'] loop
    if parts ? kind then
      return query select k.* from crm.keys_with(kind, parts -> kind, crm.most_found() + 1) k;
    end if;
  end loop;
  if parts ? 'name' then
    return query select k.* from crm.keys_with('name', parts -> 'name', 200) k
      order by strpos(k.key, parts -> 'name' ->> 0) <> 1, length(k.key), k.key
      limit crm.most_found() + 1;
  end if;
end
$$;

-- What the centre finds: {hits: [{kind, id, account_id, name, city, number, code}], more}; `code` is
-- what was found, of a tax id the signs that may be seen. AD031: not asked for in the last minute.
create or replace function api_v1.search(typed text) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
declare
  me crm.agent := crm.me();
begin
  if not exists (
    select from crm.search_asked a
    where a.agent_id = me.id and a.digest = sha256(convert_to(typed, 'UTF8'))
      and a.at > clock_timestamp() - interval '1 minute'
      and a.xid is distinct from pg_current_xact_id_if_assigned())
  then
    raise exception 'ask first, in a transaction of its own' using errcode = 'AD031';
  end if;
  return (
    with keys as materialized (
      select k.*, row_number() over () as place, row_number() over (partition by k.kind) as nth
      from crm.found_keys(crm.search_parts(typed)) k)
    select jsonb_build_object(
      'more', coalesce(bool_or(k.nth > crm.most_found()), false),
      'hits', coalesce(jsonb_agg(jsonb_build_object(
        'kind', k.kind, 'id', k.record_id, 'account_id', a.id, 'name', a.name, 'city', a.city,
        'number', a.number, 'code', case k.kind
          when 'name' then a.number
          when 'tax_id' then a.tax_id_masked
          when 'phone' then '+' || k.key
          when 'unit' then (select u.number from crm.unit u where u.id = k.record_id)
          when 'meter' then (select m.serial from crm.meter m where m.id = k.record_id)
          else k.key end)
        order by k.place) filter (where k.nth <= crm.most_found()), '[]'))
    -- Once more under the row policies: a key that was wrong would still show nothing.
    from keys k join crm.account a on a.id = k.account_id);
end
$$;
grant execute on function api_v1.search to agents;
