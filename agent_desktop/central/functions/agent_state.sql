-- What each agent was doing since when, for the supervisor and for the staffing figures.

create or replace function crm.agent_state(p jsonb) returns void
language plpgsql set search_path = '' as $$
begin
  insert into crm.agent_state (id, agent_id, state, reason, happened_at)
  select x.id, crm.actor(), coalesce(x.state, ''), coalesce(x.reason, ''), crm.happened(x.at)
  from jsonb_to_record(p) as x(id uuid, state text, reason text, at timestamptz);
end
$$;

insert into crm.verb (name, function) values
  ('agent.state', 'crm.agent_state');
