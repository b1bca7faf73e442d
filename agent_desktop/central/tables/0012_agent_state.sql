-- What each agent was doing since when, for the supervisor and for the staffing figures. Only
-- ever added to; a state lasts until the agent's next one.

create table crm.agent_state (
  id uuid primary key,
  agent_id uuid not null references crm.agent,
  state text not null check (state in
    ('logged_out', 'ready', 'not_ready', 'offered', 'talking', 'hold', 'wrap_up', 'unknown')),
  -- A code of the list not_ready.
  reason text not null default '',
  -- By the desk's clock, but never in the future; and when it was heard of here.
  happened_at timestamptz not null,
  logged_at timestamptz not null default clock_timestamp()
);
create index agent_state_by_agent on crm.agent_state (agent_id, happened_at);
