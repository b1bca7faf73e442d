-- Answers to verification questions, as keyed digests: a desk can compare, never read.

-- The same record always makes the same fact: its id follows from both.
create or replace function crm.fact_id(kind text, source uuid) returns uuid
language sql immutable
  return md5('fact:' || kind || ':' || source)::uuid;

-- docs/data.md, Facts: the first 16 bytes of sha256(fact_key || kind:answer).
create or replace function crm.digest(fact_key bytea, kind text, answer text) returns bytea
language sql immutable
  return substr(sha256(fact_key || convert_to(kind || ':' || answer, 'UTF8')), 1, 16);

-- Only letters and digits, upper case; only digits.
create or replace function crm.compact(answer text) returns text
language sql immutable
  return regexp_replace(upper(answer), '[^0-9A-Z]', '', 'g');

create or replace function crm.digits(answer text) returns text
language sql immutable
  return regexp_replace(answer, '[^0-9]', '', 'g');

-- Every fact there is, in the clear; the triggers below keep crm.fact the same as this.
drop view if exists crm.fact_source;
create view crm.fact_source with (security_invoker) as
  select 'tax_id' as kind, a.id as source, a.id as account_id, a.tax_id as answer, a.scope
    from crm.account a
  union all
  select 'birth_on', a.id, a.id, to_char(a.birth_on, 'YYYY-MM-DD'), a.scope from crm.account a
  union all
  select 'postcode', u.id, u.account_id, crm.digits(u.postcode), u.scope from crm.unit u
  union all
  select 'meter_serial', m.id, m.account_id, crm.compact(m.serial), m.scope from crm.meter m
  union all
  -- The last bill is the one that falls due last.
  (select distinct on (i.account_id)
          'last_bill', i.account_id, i.account_id, i.amount_cents::text, i.scope
     from crm.invoice i order by i.account_id, i.due_on desc nulls last, i.id desc);

-- Keep, change or drop one fact; an empty answer is none.
create or replace function crm.put_fact(kind text, source uuid, account_id uuid, answer text) returns void
language plpgsql set search_path = '' as $$
declare
  fact_key bytea := (select s.fact_key from crm.site s);
begin
  if coalesce(answer, '') = '' then
    delete from crm.fact f where f.id = crm.fact_id(put_fact.kind, source);
    return;
  end if;
  insert into crm.fact as f (id, account_id, kind, digest)
  values (crm.fact_id(kind, source), account_id, kind, crm.digest(fact_key, kind, answer))
  on conflict (id) do update set account_id = excluded.account_id, digest = excluded.digest
  where (f.account_id, f.digest) is distinct from (excluded.account_id, excluded.digest);
end
$$;

-- Whose register a tax id is from, told by its length.
create or replace function crm.tax_id_kind(tax_id text) returns text
language sql immutable
  return case length(tax_id) when 11 then 'cpf' when 14 then 'cnpj'
                             when 10 then 'inn' when 12 then 'inn' else '' end;

-- The same places are hidden as in models/rules/tax_id.py.
create or replace function crm.tax_id_masked(t text) returns text
language sql immutable
  return case crm.tax_id_kind(t)
    when 'cpf' then '•••.' || substr(t, 4, 3) || '.' || substr(t, 7, 3) || '-••'
    when 'cnpj' then substr(t, 1, 2) || '.•••.•••/' || substr(t, 9, 4) || '-••'
    when 'inn' then repeat('•', length(t) - 4) || right(t, 4)
    else '' end;

create or replace function crm.account_tax_id() returns trigger
language plpgsql set search_path = '' as $$
begin
  new.tax_id_kind := crm.tax_id_kind(new.tax_id);
  new.tax_id_masked := crm.tax_id_masked(new.tax_id);
  new.tax_id_digest := case when new.tax_id <> '' then
    crm.digest((select s.fact_key from crm.site s), 'tax_id', new.tax_id) end;
  return new;
end
$$;
create or replace trigger account_tax_id before insert or update of tax_id on crm.account
  for each row execute function crm.account_tax_id();

create or replace function crm.account_facts() returns trigger
language plpgsql set search_path = '' as $$
begin
  perform crm.put_fact('tax_id', new.id, new.id, new.tax_id);
  perform crm.put_fact('birth_on', new.id, new.id, to_char(new.birth_on, 'YYYY-MM-DD'));
  return null;
end
$$;
create or replace trigger account_facts after insert or update of tax_id, birth_on on crm.account
  for each row execute function crm.account_facts();

create or replace function crm.unit_facts() returns trigger
language plpgsql set search_path = '' as $$
begin
  perform crm.put_fact('postcode', new.id, new.account_id, crm.digits(new.postcode));
  return null;
end
$$;
create or replace trigger unit_facts after insert or update of postcode, account_id on crm.unit
  for each row execute function crm.unit_facts();

create or replace function crm.meter_facts() returns trigger
language plpgsql set search_path = '' as $$
begin
  perform crm.put_fact('meter_serial', new.id, new.account_id, crm.compact(new.serial));
  return null;
end
$$;
create or replace trigger meter_facts after insert or update of serial, account_id on crm.meter
  for each row execute function crm.meter_facts();

create or replace function crm.invoice_facts() returns trigger
language plpgsql set search_path = '' as $$
begin
  perform crm.put_fact('last_bill', new.account_id, new.account_id, (
    select i.amount_cents::text from crm.invoice i where i.account_id = new.account_id
    order by i.due_on desc nulls last, i.id desc limit 1));
  return null;
end
$$;
create or replace trigger invoice_facts after insert or update of amount_cents, due_on, account_id
  on crm.invoice for each row execute function crm.invoice_facts();

-- A deleted source takes its fact along.
create or replace function crm.drop_fact() returns trigger
language plpgsql set search_path = '' as $$
begin
  delete from crm.fact f where f.id = crm.fact_id(tg_argv[0], old.id);
  return null;
end
$$;
create or replace trigger unit_fact_gone after delete on crm.unit
  for each row execute function crm.drop_fact('postcode');
create or replace trigger meter_fact_gone after delete on crm.meter
  for each row execute function crm.drop_fact('meter_serial');

-- All facts and tax id columns anew, set by set: after a bulk load. Facts of contacts stay as
-- they were loaded: their whole values are not kept here.
create or replace function crm.refresh_facts() returns void
language plpgsql set search_path = '' as $$
declare
  fact_key bytea := (select s.fact_key from crm.site s);
begin
  update crm.account a set
    tax_id_kind = crm.tax_id_kind(a.tax_id),
    tax_id_masked = crm.tax_id_masked(a.tax_id),
    tax_id_digest = crm.digest(fact_key, 'tax_id', a.tax_id)
  where a.tax_id <> '' and (a.tax_id_kind, a.tax_id_masked, a.tax_id_digest) is distinct from
    (crm.tax_id_kind(a.tax_id), crm.tax_id_masked(a.tax_id),
     crm.digest(fact_key, 'tax_id', a.tax_id));
  delete from crm.fact where contact_id is null;
  insert into crm.fact (id, account_id, kind, digest, scope)
  select crm.fact_id(s.kind, s.source), s.account_id, s.kind,
         crm.digest(fact_key, s.kind, s.answer), s.scope
  from crm.fact_source s
  where coalesce(s.answer, '') <> '';
end
$$;
