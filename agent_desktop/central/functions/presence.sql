-- Who has which record in front of them and who types in which field: a hint among colleagues,
-- 30 s good. It is told to whoever may see the record and asks for it, by no notification: a channel
-- can be listened to by every agent.

create or replace function crm.presence_from() returns timestamptz
language sql volatile set search_path = ''
  return clock_timestamp() - interval '30 seconds';

-- Whether who is asking may see the record: the row policies say it.
create or replace function crm.sees_record(kind text, record_id uuid) returns boolean
language plpgsql stable set search_path = '' as $$
begin
  return case sees_record.kind
    when 'account' then exists (select from crm.account r where r.id = sees_record.record_id)
    when 'ticket' then exists (select from crm.ticket r where r.id = sees_record.record_id)
    when 'service_order'
      then exists (select from crm.service_order r where r.id = sees_record.record_id)
    else false
  end;
end
$$;

-- Who this desk is, for an edge that keeps presence beside the centre (hub/presence.py).
-- AD001: no active agent. AD021: another agent's file.
create or replace function api_v1.presence_pass(client uuid, kind text, record_id uuid) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
declare
  me crm.agent := crm.me();
  its_host text;
begin
  select c.host into its_host from crm.client c
  where c.id = presence_pass.client and c.agent_id = me.id;
  if not found then
    raise exception 'this file is of another agent' using errcode = 'AD021';
  end if;
  return jsonb_build_object('agent_id', me.id, 'name', me.name, 'host', its_host,
    'sees', crm.sees_record(kind, record_id));
end
$$;
grant execute on function api_v1.presence_pass to agents;

-- Tell where this desk is and hear who else is there, and at which other desks the same agent is.
-- A record one may not see is as none. AD001, AD021 as above.
create or replace function api_v1.presence(client uuid, kind text, record_id uuid, field text) returns jsonb
language plpgsql security definer set search_path = '' set timezone = 'UTC' as $$
declare
  pass jsonb := api_v1.presence_pass(client, kind, record_id);
  sees boolean := (pass -> 'sees')::boolean;
  me uuid := (pass ->> 'agent_id')::uuid;
  oldest timestamptz := crm.presence_from();
begin
  insert into crm.presence as p (client, agent_id, kind, record_id, field)
  values (client, me, case when sees then kind else '' end, case when sees then record_id end,
    case when sees then left(coalesce(field, ''), 60) else '' end)
  on conflict on constraint presence_pkey do update set
    agent_id = excluded.agent_id, kind = excluded.kind, record_id = excluded.record_id,
    field = excluded.field, at = excluded.at,
    since = case when p.at < oldest then excluded.since else p.since end;
  if random() < 0.05 then
    -- Who is being told anew by somebody else just now is not waited for.
    delete from crm.presence p where p.client in (
      select o.client from crm.presence o where o.at < oldest for update skip locked);
  end if;
  return jsonb_build_object(
    'here', (select coalesce(jsonb_agg(jsonb_build_object('name', h.name, 'field', h.field)
        order by h.name, h.field), '[]')
      from (select a.name, max(p.field) as field
        from crm.presence p join crm.agent a on a.id = p.agent_id and a.active
        where sees and p.record_id = presence.record_id and p.kind = presence.kind
          and p.agent_id <> me and p.at >= oldest
        group by a.id, a.name) h),
    'elsewhere', (select coalesce(jsonb_agg(jsonb_build_object('host', c.host, 'since', p.since)
        order by p.since), '[]')
      from crm.presence p join crm.client c on c.id = p.client
      where p.agent_id = me and p.client <> presence.client and p.at >= oldest));
end
$$;
grant execute on function api_v1.presence to agents;

-- A desk that is closed in order is gone at once.
create or replace function api_v1.leave_presence(client uuid) returns void
language sql security definer set search_path = '' as $$
  delete from crm.presence p where p.client = leave_presence.client and p.agent_id = crm.actor()
$$;
grant execute on function api_v1.leave_presence to agents;
