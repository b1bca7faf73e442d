-- Intents: what desks want, each applied once, its result kept.

create table crm.intent_result (
  client uuid not null references crm.client,
  n bigint not null,
  hash bytea not null,
  kind text not null,
  agent_id uuid not null references crm.agent,
  xid xid8 not null default pg_current_xact_id(),
  at timestamptz not null default clock_timestamp(),
  result jsonb,
  primary key (client, n)
);
