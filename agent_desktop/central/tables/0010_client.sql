-- The desks' files, and the numbers leased to them.

-- A desk's local file. It belongs to the agent who first signed in with it.
create table crm.client (
  id uuid primary key,
  agent_id uuid not null references crm.agent,
  host text not null default '',
  first_seen timestamptz not null default now(),
  last_seen timestamptz not null default now(),
  -- How far its mirror is (api_v1.acknowledge): which desk has forgotten an erased subject.
  generation bigint,
  snapshot text,
  acknowledged_at timestamptz
);

-- Where the next block of each kind of number begins.
create table crm.number_kind (
  kind text primary key,
  next bigint not null
);
insert into crm.number_kind values
  ('protocol', 1), ('ticket', 1), ('order', 1), ('account', 100000000);

create table crm.number_block (
  kind text not null references crm.number_kind,
  first bigint not null,
  last bigint not null,
  client uuid not null references crm.client,
  leased_at timestamptz not null default now(),
  primary key (kind, first)
);
