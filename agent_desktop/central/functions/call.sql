-- Calls of agents, with and without an interaction.

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
create or replace function crm.call_seen(p jsonb) returns void
language plpgsql set search_path = '' as $$
begin
  update crm.interaction_call c set seen_at = crm.happened((p ->> 'at')::timestamptz)
  where c.id in (select value::uuid from jsonb_array_elements_text(p -> 'ids'))
    and c.agent_id = crm.actor() and c.seen_at is null;
end
$$;

-- Forget calls that belong to no customer and are older than this; desks forget them too.
-- Calls of an interaction stay as long as it does.
create or replace function crm.trim_calls(older_than interval) returns bigint
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

insert into crm.verb (name, function) values
  ('interaction.call', 'crm.interaction_call'),
  ('call.seen', 'crm.call_seen');
