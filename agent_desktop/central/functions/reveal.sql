-- A masked value is shown only after it stands in the audit for good that this agent asked for it.
-- Written in the same transaction, the trace would go with a rollback and the value would stay.

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
grant execute on function api_v1.reveal to agents;

-- Say that the value is going to be looked at. AD030: a field that is not masked. AD032: more
-- looks within an hour than the site allows.
create or replace function api_v1.ask_reveal(account_id uuid, field text) returns void
language plpgsql security definer set search_path = '' as $$
declare
  me crm.agent := crm.me();
begin
  if field is null or field not in ('tax_id', 'birth_on') then
    raise exception 'this field is not masked' using errcode = 'AD030';
  end if;
  -- One at a time of one agent: else many at once would be counted before any is there.
  perform from crm.password p where p.agent_id = me.id for update;
  if (select count(*) from crm.audit a where a.agent_id = me.id and a.what = 'reveal'
      and a.at > clock_timestamp() - interval '1 hour')
     >= (select s.reveals_an_hour from crm.site s)
  then
    raise exception 'too many looks within an hour' using errcode = 'AD032';
  end if;
  insert into crm.audit (agent_id, what, record_id, detail)
  values (me.id, 'reveal', account_id, jsonb_build_object('field', field, 'found',
    exists (select from crm.account a where a.id = ask_reveal.account_id)));
end
$$;
grant execute on function api_v1.ask_reveal to agents;
