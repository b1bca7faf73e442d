-- A masked value is shown only after it stands in the audit for good that this agent asked for it.
-- Written in the same transaction, the trace would go with a rollback and the value would stay.

alter table crm.audit add column xid xid8 not null default pg_current_xact_id();
create index audit_asked on crm.audit (agent_id, record_id, at) where what = 'reveal';

-- Say that the value is going to be looked at. AD030: a field that is not masked.
create function api_v1.ask_reveal(account_id uuid, field text) returns void
language plpgsql security definer set search_path = '' as $$
declare
  me crm.agent := crm.me();
begin
  if field is null or field not in ('tax_id', 'birth_on') then
    raise exception 'this field is not masked' using errcode = 'AD030';
  end if;
  insert into crm.audit (agent_id, what, record_id, detail)
  values (me.id, 'reveal', account_id, jsonb_build_object('field', field, 'found',
    exists (select from crm.account a where a.id = ask_reveal.account_id)));
end
$$;
grant execute on function api_v1.ask_reveal to agents;

-- The value, for who asked a transaction ago; null for an account the agent cannot see. AD031: not
-- asked for in the last minute.
create or replace function api_v1.reveal(account_id uuid, field text) returns text
language plpgsql security definer set search_path = '' as $$
declare
  me crm.agent := crm.me();
begin
  if field is null or field not in ('tax_id', 'birth_on') then
    raise exception 'this field is not masked' using errcode = 'AD030';
  end if;
  if not exists (
    select from crm.audit a
    where a.agent_id = me.id and a.record_id = reveal.account_id and a.what = 'reveal'
      and a.detail ->> 'field' = reveal.field and a.at > clock_timestamp() - interval '1 minute'
      and a.xid is distinct from pg_current_xact_id_if_assigned())
  then
    raise exception 'ask first, in a transaction of its own' using errcode = 'AD031';
  end if;
  return (select case reveal.field when 'tax_id' then a.tax_id
      else to_char(a.birth_on, 'YYYY-MM-DD') end
    from crm.account a where a.id = reveal.account_id);
end
$$;
