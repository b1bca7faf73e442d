-- Whoever may not see the company's records works all the same: what begins with no customer, or
-- is a new customer, is the company's if this agent may see that, else it is of the agent's own
-- scope. (Refused, every unknown caller would be lost to such a desk, with all written about him.)

create function crm.own_scope() returns text
language sql stable set search_path = '' as $$
  select case when 'company' = any (s.names) then 'company' else s.names[1] end
  from (select crm.scopes() as names) s
$$;

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

-- A record of an account has the account's scope. An account one cannot see is one one does not
-- know: so no record is ever written to it. A contact or a call of nobody is the agent's.
create or replace function crm.take_scope() returns trigger
language plpgsql set search_path = '' as $$
begin
  if new.account_id is not null then
    select a.scope into new.scope from crm.account a where a.id = new.account_id;
    if not found then
      perform crm.refuse('unknown_account');
    end if;
  elsif tg_op = 'INSERT' and crm.actor() is not null then
    new.scope := crm.own_scope();
  end if;
  return new;
end
$$;
