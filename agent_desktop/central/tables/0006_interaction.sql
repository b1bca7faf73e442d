-- Interactions: what passes between a customer and us, over whatever channel.

create table crm.interaction (
  id uuid primary key,
  protocol text not null constraint interaction_protocol_key unique
    check (protocol ~ '^[0-9]{16}$'),
  account_id uuid references crm.account,
  contact_id uuid references crm.contact,
  agent_id uuid references crm.agent,
  agent_name text not null default '',
  channel text not null default 'call'
    check (channel in ('call', 'email', 'chat', 'fax', 'note')),
  direction text not null default 'inbound' check (direction in ('inbound', 'outbound')),
  number text not null default '',
  queue text not null default '',
  dialled text not null default '',
  started_at timestamptz,
  ended_at timestamptz,
  status text not null default 'open' check (status in ('open', 'finished')),
  reason text not null default '',
  summary text not null default '',
  notes text not null default '',
  acting_for text not null default '',
  verified_count int default 0,
  verified_needed int default 0,
  revision bigint not null default 1,
  scope text not null default 'company' references crm.scope
);
create index interaction_by_account on crm.interaction (account_id);

-- Every call of an agent is a record, also one nobody answered: it has no interaction then.
create table crm.interaction_call (
  id uuid primary key,
  interaction_id uuid references crm.interaction,
  account_id uuid references crm.account,
  agent_id uuid references crm.agent,
  pbx_call_id text not null default '',
  direction text not null default 'inbound' check (direction in ('inbound', 'outbound')),
  number text not null default '',
  -- As the caller's telephone says; foreign text, never believed and never markup.
  display_name text not null default '',
  queue text not null default '',
  dialled text not null default '',
  started_at timestamptz,
  answered_at timestamptz,
  ended_at timestamptz,
  end_reason text not null default '',
  -- The SIP status the call ended with; 0 when it ended like any call does.
  end_status int not null default 0,
  transferred_to text not null default '',
  -- How it was heard here (E-model, ITU-T G.107); 0 while nothing was measured.
  codec text not null default '',
  jitter_ms double precision not null default 0,
  lost_percent double precision not null default 0,
  delay_ms double precision not null default 0,
  mos double precision not null default 0 check (mos between 0 and 5),
  -- When the agent saw that it was missed.
  seen_at timestamptz,
  revision bigint not null default 1,
  scope text not null default 'company' references crm.scope
);
create index interaction_call_by_interaction on crm.interaction_call (interaction_id);
create index interaction_call_by_account on crm.interaction_call (account_id);
create index interaction_call_by_agent on crm.interaction_call (agent_id, started_at);

-- Each typed answer of a caller, right or wrong; never the answer itself. Not sent to desks.
create table crm.verification (
  id uuid primary key,
  interaction_id uuid not null references crm.interaction,
  account_id uuid not null references crm.account,
  contact_id uuid references crm.contact,
  agent_id uuid not null references crm.agent,
  fact text not null
    check (fact in ('birth_on', 'tax_id', 'postcode', 'last_bill', 'meter_serial')),
  passed boolean not null,
  happened_at timestamptz not null,
  logged_at timestamptz not null default now()
);
create index verification_by_account on crm.verification (account_id);
alter table crm.verification enable row level security;
alter table crm.verification force row level security;

insert into crm.mirrored (name) values ('interaction'), ('interaction_call');
