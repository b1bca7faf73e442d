-- Who asked not to be called. Asking all the same is possible, and written down.

-- The customer's wish about one number, or its end. The day is the site's.
create or replace function crm.phone_consent(p jsonb) returns void
language plpgsql set search_path = '' as $$
declare
  wish boolean := (p ->> 'do_not_call')::boolean;
begin
  if wish is null then
    perform crm.refuse('missing', 'do_not_call');
  end if;
  update crm.phone f set
    do_not_call = wish,
    do_not_call_reason = case when wish then coalesce(p ->> 'reason', '') else '' end,
    do_not_call_on = case when wish then
      (crm.happened((p ->> 'at')::timestamptz) at time zone (select s.time_zone from crm.site s))::date
      end
  where f.id = (p ->> 'id')::uuid;
  if not found then
    perform crm.refuse('unknown_record');
  end if;
  insert into crm.audit (agent_id, what, record_id, detail)
  values (crm.actor(), 'phone.consent', (p ->> 'id')::uuid, p);
end
$$;

-- An agent was told that the customer asked not to be called; `dialled` is what they chose.
create or replace function crm.call_asked(p jsonb) returns void
language plpgsql set search_path = '' as $$
declare
  account uuid := (p ->> 'account_id')::uuid;
begin
  if (p ->> 'dialled')::boolean is null then
    perform crm.refuse('missing', 'dialled');
  elsif account is not null and not exists (select from crm.account a where a.id = account) then
    perform crm.refuse('unknown_account');
  end if;
  insert into crm.audit (agent_id, what, record_id, detail)
  values (crm.actor(), 'call.asked', account, p);
end
$$;

insert into crm.verb (name, function) values
  ('call.asked', 'crm.call_asked'),
  ('phone.consent', 'crm.phone_consent');
