-- What is searched for at the centre: keys kept by triggers.

-- As models/rules/text_fold.py for Latin and Cyrillic names; other letters are not found.
create or replace function crm.fold(name text) returns text
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

-- Whoever makes a scope: its partition belongs to the owner of everything.
create or replace function crm.scope_made() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform crm.search_partition(new.name);
  return null;
end
$$;
create or replace trigger search_partition after insert on crm.scope
  for each row execute function crm.scope_made();

-- Every key there is; the triggers below keep crm.search_key the same as this.
drop view if exists crm.search_source;
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
create or replace function crm.keep_search() returns trigger
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
create or replace trigger search_name after insert or delete or update of name, id, scope
  on crm.account for each row execute function crm.keep_search('name', 'name', 'id');
create or replace trigger search_tax_id after insert or delete or update of tax_id, id, scope
  on crm.account for each row execute function crm.keep_search('tax_id', 'tax_id', 'id');
create or replace trigger search_phone after insert or delete or update of e164, account_id, scope
  on crm.phone for each row execute function crm.keep_search('phone', 'e164', 'account_id');
create or replace trigger search_unit after insert or delete or update of number, account_id, scope
  on crm.unit for each row execute function crm.keep_search('unit', 'number', 'account_id');
create or replace trigger search_meter after insert or delete or update of serial, account_id, scope
  on crm.meter for each row execute function crm.keep_search('meter', 'serial', 'account_id');
create or replace trigger search_protocol after insert or delete or update of protocol, account_id, scope
  on crm.interaction for each row execute function crm.keep_search('protocol', 'protocol', 'account_id');

-- All keys anew: after a bulk load, which passes the triggers by. Indexes last.
create or replace function crm.refresh_search() returns void
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
