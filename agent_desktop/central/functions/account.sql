-- What agents may order about accounts. The payloads are in docs/data.md §3; whatever else a
-- payload says, such as an author, is not read.

create or replace function crm.account_create(p jsonb) returns void
language plpgsql set search_path = '' as $$
declare
  me crm.agent := crm.me();
begin
  if coalesce(p ->> 'name', '') = '' then
    perform crm.refuse('missing', 'name');
  end if;
  insert into crm.account
    (id, number, kind, name, stage, language, email, tax_id, note, segment, updated_by, scope)
  select x.id, x.number, x.kind, x.name, coalesce(x.stage, 'suspect'),
         coalesce(x.language, 'pt'), coalesce(x.email, ''), crm.compact(coalesce(x.tax_id, '')),
         coalesce(x.note, ''),
         case x.kind when 'company' then 'commercial' else 'residential' end, me.name,
         crm.own_scope()
  from jsonb_to_record(p) as x(
    id uuid, number text, kind text, name text, stage text, language text, email text,
    tax_id text, note text);
  insert into crm.phone
    (id, account_id, written, e164, extension, kind, preferred, valid_from)
  select x.id, (p ->> 'id')::uuid, coalesce(x.written, ''), x.e164, coalesce(x.extension, ''),
         coalesce(x.kind, 'mobile'), x.place = 1, current_date
  from rows from (jsonb_to_recordset(coalesce(p -> 'phones', '[]'))
    as (id uuid, written text, e164 bigint, extension text, kind text)) with ordinality
    as x(id, written, e164, extension, kind, place);
end
$$;

-- Merge per field; the address is one unit.
create or replace function crm.account_change(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  units constant jsonb := '[["name"], ["kind"], ["segment"], ["stage"], ["language"], ["email"],
    ["street", "house", "complement", "district", "city", "state_code", "postcode"],
    ["note"], ["life_support"], ["active"]]';
  me crm.agent := crm.me();
  old crm.account;
  new crm.account;
  m jsonb;
begin
  select * into old from crm.account a where a.id = (p ->> 'id')::uuid for update;
  if not found then
    perform crm.refuse('unknown_account');
  end if;
  perform crm.only_fields(p -> 'set', units);
  m := crm.merge(units, to_jsonb(old), coalesce(p -> 'base', '{}'), p -> 'set', old.touched,
                 jsonb_build_object('by', old.updated_by, 'at', old.updated_at));
  if m -> 'apply' <> '{}' then
    new := jsonb_populate_record(old, m -> 'apply');
    update crm.account a set
      name = new.name, kind = new.kind, segment = new.segment, stage = new.stage,
      language = new.language, email = new.email, street = new.street, house = new.house,
      complement = new.complement, district = new.district, city = new.city,
      state_code = new.state_code, postcode = new.postcode, note = new.note,
      life_support = new.life_support, active = new.active,
      touched = old.touched || crm.touch(m -> 'apply', me.name),
      updated_at = now(), updated_by = me.name
    where a.id = old.id;
  end if;
  return crm.merged(m -> 'theirs');
end
$$;

insert into crm.verb (name, function) values
  ('account.create', 'crm.account_create'),
  ('account.change', 'crm.account_change');
