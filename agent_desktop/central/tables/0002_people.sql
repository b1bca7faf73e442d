-- Teams, agents, what they may see and do, and their passwords.

-- Who may see a record. Everybody sees the company's; other scopes are granted one by one.
create table crm.scope (
  name text primary key check (name ~ '^[a-z][a-z0-9_]*$'),
  title text not null default ''
);
insert into crm.scope values
  ('company', 'Everybody'),
  ('ombudsman', 'Ombudsman'),
  ('vip', 'Persons in public life'),
  ('employee', 'Our own employees');

create table crm.team (
  id uuid primary key,
  code text not null default '',
  name text not null default '',
  level int not null default 1 check (level in (1, 2)),
  revision bigint not null default 1,
  scope text not null default 'company' references crm.scope
);

create table crm.agent (
  id uuid primary key,
  user_name text not null constraint agent_user_name_key unique check (user_name <> ''),
  name text not null default '',
  business_role text not null default 'agent'
    check (business_role in ('agent', 'second_level', 'supervisor', 'administrator')),
  team_id uuid references crm.team,
  extension text not null default '',
  active boolean not null default true,
  revision bigint not null default 1,
  scope text not null default 'company' references crm.scope,
  sip_secret text not null default ''
);

create table crm.agent_scope (
  agent_id uuid references crm.agent,
  scope text references crm.scope,
  primary key (agent_id, scope)
);

-- What a business role may do beyond what every agent may.
create table crm.business_right (
  business_role text,
  name text,
  primary key (business_role, name)
);
insert into crm.business_right values
  ('second_level', 'ticket.resolve_escalated'),
  ('second_level', 'order.confirm'),
  ('supervisor', 'ticket.reassign'),
  ('supervisor', 'order.confirm'),
  ('administrator', 'admin');

create table crm.password (
  agent_id uuid primary key references crm.agent,
  changed_at timestamptz not null default now(),
  -- An administrator gave this one; the agent chooses another at the next sign-in.
  is_temporary boolean not null default false
);

insert into crm.mirrored (name, hidden) values ('agent', '{sip_secret}');
insert into crm.mirrored (name) values ('team');
