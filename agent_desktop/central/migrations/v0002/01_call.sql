-- Every call of an agent is a record, also one nobody answered: it has no interaction then.

alter table crm.interaction_call
  alter column interaction_id drop not null,
  add column agent_id uuid references crm.agent,
  -- As the caller's telephone says; foreign text, never believed and never markup.
  add column display_name text not null default '',
  add column queue text not null default '',
  add column dialled text not null default '',
  -- The SIP status the call ended with; 0 when it ended like any call does.
  add column end_status int not null default 0,
  add column transferred_to text not null default '',
  -- How it was heard here (E-model, ITU-T G.107); 0 while nothing was measured.
  add column codec text not null default '',
  add column jitter_ms double precision not null default 0,
  add column lost_percent double precision not null default 0,
  add column delay_ms double precision not null default 0,
  add column mos double precision not null default 0 check (mos between 0 and 5),
  -- When the agent saw that it was missed.
  add column seen_at timestamptz;

-- Whose the calls written so far were. Forced policies bind who migrates, and sees nothing;
-- the feed need not hear of it, since desks with the older schema fetch everything anew.
alter table crm.interaction_call no force row level security;
alter table crm.interaction no force row level security;
alter table crm.interaction_call disable trigger user;
update crm.interaction_call c set agent_id = i.agent_id, queue = i.queue, dialled = i.dialled
from crm.interaction i where i.id = c.interaction_id;
alter table crm.interaction_call enable trigger user;
alter table crm.interaction force row level security;
alter table crm.interaction_call force row level security;

create index interaction_call_by_agent on crm.interaction_call (agent_id, started_at);

-- A call that belongs to no customer is its agent's own affair; others only carry its weight.
-- Row policies run as who reads, so agents must be able to ask who they are.
grant execute on function crm.actor() to agents;
drop policy seen on crm.interaction_call;
create policy seen on crm.interaction_call to public
  using (scope = any ((select crm.scopes())::text[])
     and (interaction_id is not null or account_id is not null
          or agent_id = (select crm.actor())));

drop view sync_v1.interaction_call;
create view sync_v1.interaction_call with (security_invoker) as select
  id, interaction_id, account_id, agent_id, pbx_call_id, direction, number, display_name, queue,
  dialled, started_at, answered_at, ended_at, end_reason, end_status, transferred_to, codec,
  jitter_ms, lost_percent, delay_ms, mos, seen_at, revision
from crm.interaction_call;
grant select on sync_v1.interaction_call to agents;
grant select (agent_id, display_name, queue, dialled, end_status, transferred_to, codec,
  jitter_ms, lost_percent, delay_ms, mos, seen_at) on crm.interaction_call to agents;

-- A call of this agent, sent again when it was answered, when it ended, and when it came to
-- belong to an interaction. Without an interaction it may name the account it was meant for.
create or replace function crm.interaction_call(p jsonb) returns void
language plpgsql set search_path = '' as $$
declare
  me uuid := (crm.me()).id;
  mine crm.interaction;
begin
  if p ->> 'interaction_id' is not null then
    mine := crm.my_interaction((p ->> 'interaction_id')::uuid);
  end if;
  insert into crm.interaction_call as c
    (id, interaction_id, account_id, agent_id, pbx_call_id, direction, number, display_name,
     queue, dialled, started_at, answered_at, ended_at, end_reason, end_status, transferred_to,
     codec, jitter_ms, lost_percent, delay_ms, mos)
  select x.id, mine.id, case when mine.id is null then x.account_id else mine.account_id end, me,
         coalesce(x.pbx_call_id, ''), coalesce(x.direction, 'inbound'), coalesce(x.number, ''),
         coalesce(x.display_name, ''), coalesce(x.queue, ''), coalesce(x.dialled, ''),
         crm.happened(x.started_at), x.answered_at, x.ended_at, coalesce(x.end_reason, ''),
         coalesce(x.end_status, 0), coalesce(x.transferred_to, ''), coalesce(x.codec, ''),
         coalesce(x.jitter_ms, 0), coalesce(x.lost_percent, 0), coalesce(x.delay_ms, 0),
         coalesce(x.mos, 0)
  from jsonb_to_record(p) as x(
    id uuid, account_id uuid, pbx_call_id text, direction text, number text, display_name text,
    queue text, dialled text, started_at timestamptz, answered_at timestamptz,
    ended_at timestamptz, end_reason text, end_status int, transferred_to text, codec text,
    jitter_ms float8, lost_percent float8, delay_ms float8, mos float8)
  on conflict (id) do update set
    interaction_id = coalesce(c.interaction_id, excluded.interaction_id),
    account_id = case when excluded.interaction_id is null then coalesce(c.account_id,
      excluded.account_id) else excluded.account_id end,
    answered_at = coalesce(excluded.answered_at, c.answered_at),
    ended_at = coalesce(excluded.ended_at, c.ended_at),
    end_reason = coalesce(nullif(excluded.end_reason, ''), c.end_reason),
    end_status = coalesce(nullif(excluded.end_status, 0), c.end_status),
    transferred_to = coalesce(nullif(excluded.transferred_to, ''), c.transferred_to),
    codec = coalesce(nullif(excluded.codec, ''), c.codec),
    jitter_ms = coalesce(nullif(excluded.jitter_ms, 0), c.jitter_ms),
    lost_percent = coalesce(nullif(excluded.lost_percent, 0), c.lost_percent),
    delay_ms = coalesce(nullif(excluded.delay_ms, 0), c.delay_ms),
    mos = coalesce(nullif(excluded.mos, 0), c.mos)
  where c.agent_id = me
    and coalesce(c.interaction_id = excluded.interaction_id, true);
  if not found then
    -- A call of another agent, or of another interaction, has this id.
    perform crm.refuse('duplicate_record');
  end if;
end
$$;

-- The agent saw that these were missed; what is not theirs, or was seen before, stays.
create function crm.call_seen(p jsonb) returns void
language plpgsql set search_path = '' as $$
begin
  update crm.interaction_call c set seen_at = crm.happened((p ->> 'at')::timestamptz)
  where c.id in (select value::uuid from jsonb_array_elements_text(p -> 'ids'))
    and c.agent_id = crm.actor() and c.seen_at is null;
end
$$;

-- Forget calls that belong to no customer and are older than this; desks forget them too.
-- Calls of an interaction stay as long as it does.
create function crm.trim_calls(older_than interval) returns bigint
language plpgsql set search_path = '' as $$
declare
  dropped bigint;
begin
  delete from crm.interaction_call c
  where c.interaction_id is null and c.account_id is null and c.started_at < now() - older_than;
  get diagnostics dropped = row_count;
  return dropped;
end
$$;
