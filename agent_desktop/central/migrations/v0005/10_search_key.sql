-- What is searched for at the centre: the signs of names and numbers, by trigrams. One partition a
-- scope, so that a search never touches an index with rows its agent may not see: neither what it
-- finds nor how long it takes tells of them. Row policies would keep such indexes from being used.

-- A schema nobody may enter; the operator class is all that is wanted of it.
create schema trgm;
create extension pg_trgm with schema trgm;

-- As models/rules/text_fold.py for Latin and Cyrillic names; other letters are not found.
create function crm.fold(name text) returns text
language plpgsql immutable strict parallel safe set search_path = '' as $$
declare
  pair text;
  folded text := name;
begin
  if octet_length(folded) <> length(folded) then
    folded := regexp_replace(normalize(folded, NFKD), '[\u0300-\u036f]', '', 'g');
    folded := translate(folded,
      'АБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯІЄҐẞÆŒØĐŁÐÞ',
      'абвгдежзиклмнопрстуфхцчшщъыьэюяієґßæœøđłðþ');
    folded := translate(folded, 'абвгдезиклмнопрстуфыэієґøđłðъь',
                                'abvgdeziklmnoprstufyeiegodld');
    foreach pair in array array['жzh', 'хkh', 'цts', 'чch', 'шsh', 'щshch', 'юyu', 'яya',
                                'ßss', 'æae', 'œoe', 'þth']
    loop
      folded := replace(folded, left(pair, 1), substr(pair, 2));
    end loop;
  end if;
  return btrim(regexp_replace(lower(folded), '[^a-z0-9]+', ' ', 'g'));
end
$$;

create table crm.search_key (
  scope text not null,
  kind text not null,
  record_id uuid not null,
  account_id uuid not null,
  key text not null check (key <> ''),
  primary key (scope, kind, record_id)
) partition by list (scope);

-- Searches read the index; a queue beside it would be read by each of them.
create function crm.index_search() returns void
language plpgsql set search_path = '' as $$
declare
  kind text;
begin
  foreach kind in array array['name', 'tax_id', 'phone', 'unit', 'meter', 'protocol'] loop
    execute format('create index %I on crm.search_key using gin (key trgm.gin_trgm_ops)
      with (fastupdate = off) where kind = %L', 'search_' || kind, kind);
  end loop;
end
$$;
select crm.index_search();

create function crm.search_partition(scope text) returns void
language plpgsql set search_path = '' as $$
begin
  execute format('create table if not exists crm.%I partition of crm.search_key for values in (%L)',
    'search_key_' || scope, scope);
end
$$;
select crm.search_partition(s.name) from crm.scope s;

-- Whoever makes a scope: its partition belongs to the owner of everything.
create function crm.scope_made() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform crm.search_partition(new.name);
  return null;
end
$$;
create trigger search_partition after insert on crm.scope
  for each row execute function crm.scope_made();

-- Every key there is; the triggers below keep crm.search_key the same as this.
create view crm.search_source with (security_invoker) as
  select a.scope, 'name' as kind, a.id as record_id, a.id as account_id, crm.fold(a.name) as key
    from crm.account a
  union all
  select a.scope, 'tax_id', a.id, a.id, crm.compact(a.tax_id) from crm.account a
  union all
  select p.scope, 'phone', p.id, p.account_id, p.e164::text from crm.phone p
  union all
  select u.scope, 'unit', u.id, u.account_id, crm.compact(u.number) from crm.unit u
  union all
  select m.scope, 'meter', m.id, m.account_id, crm.compact(m.serial) from crm.meter m
  union all
  select i.scope, 'protocol', i.id, i.account_id, i.protocol from crm.interaction i;

-- Its arguments: the kind, the column that is searched, the column that says whose it is.
create function crm.keep_search() returns trigger
language plpgsql set search_path = '' as $$
declare
  owner uuid;
  key text;
begin
  if tg_op <> 'INSERT' then
    delete from crm.search_key k
    where k.scope = old.scope and k.kind = tg_argv[0] and k.record_id = old.id;
  end if;
  if tg_op <> 'DELETE' then
    owner := to_jsonb(new) ->> tg_argv[2];
    key := to_jsonb(new) ->> tg_argv[1];
    key := case tg_argv[0] when 'name' then crm.fold(key) else crm.compact(key) end;
    if owner is not null and key <> '' then
      insert into crm.search_key values (new.scope, tg_argv[0], new.id, owner, key);
    end if;
  end if;
  return null;
end
$$;

do $$
declare
  kept text[];
begin
  foreach kept slice 1 in array array[
    ['account', 'name', 'name', 'id'], ['account', 'tax_id', 'tax_id', 'id'],
    ['phone', 'phone', 'e164', 'account_id'], ['unit', 'unit', 'number', 'account_id'],
    ['meter', 'meter', 'serial', 'account_id'],
    ['interaction', 'protocol', 'protocol', 'account_id']]
  loop
    execute format('create trigger %I after insert or delete or update of %I, %I, scope on crm.%I
      for each row execute function crm.keep_search(%L, %L, %L)',
      'search_' || kept[2], kept[3], kept[4], kept[1], kept[2], kept[3], kept[4]);
  end loop;
end
$$;

-- All keys anew: after a bulk load, which passes the triggers by. Indexes last.
create function crm.refresh_search() returns void
language plpgsql security definer set search_path = '' as $$
declare
  before text := coalesce(current_setting('crm.scope_set', true), '');
  kind text;
begin
  perform crm.search_partition(s.name) from crm.scope s;
  perform set_config('crm.scope_set', (select string_agg(s.name, ',') from crm.scope s), true);
  truncate crm.search_key;
  foreach kind in array array['name', 'tax_id', 'phone', 'unit', 'meter', 'protocol'] loop
    execute format('drop index crm.%I', 'search_' || kind);
  end loop;
  insert into crm.search_key (scope, kind, record_id, account_id, key)
  select s.scope, s.kind, s.record_id, s.account_id, s.key from crm.search_source s
  where s.account_id is not null and s.key <> '';
  perform crm.index_search();
  perform set_config('crm.scope_set', before, true);
end
$$;
-- For those who have a centre already.
select crm.refresh_search();
