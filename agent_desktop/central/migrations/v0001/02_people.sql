-- Teams, agents, scopes, and the one function that says who is asking.

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

-- Who is asking: the role that was set if it names an agent (an edge does that), never a group;
-- else who logged in. It holds inside definer functions. Null for everyone else, and for agents
-- who are no longer active. Nothing else reads session_user.
create function crm.actor() returns uuid
language sql stable security definer set search_path = '' as $$
  select a.id from crm.agent a
  where a.active and a.user_name = coalesce(
    (select b.user_name from crm.agent b where b.user_name = current_setting('role')),
    session_user::text)
$$;

-- The scopes of who is asking. Policies call it as an uncorrelated sub-select: once a statement.
create function crm.scopes() returns text[]
language sql stable security definer set search_path = '' as $$
  select coalesce(array_agg(g.scope order by g.scope), '{}')
  from crm.agent_scope g where g.agent_id = crm.actor()
$$;
-- Row policies run as who reads.
grant execute on function crm.scopes() to agents;

-- The agent who is asking; AD001 when there is none.
create function crm.me() returns crm.agent
language plpgsql stable set search_path = '' as $$
declare
  me crm.agent;
begin
  select * into me from crm.agent a where a.id = crm.actor();
  if not found then
    raise exception 'no active agent' using errcode = 'AD001';
  end if;
  return me;
end
$$;

create function crm.may(name text) returns boolean
language sql stable set search_path = '' as $$
  select exists (
    select from crm.business_right r, crm.agent a
    where a.id = crm.actor() and r.business_role = a.business_role and r.name = may.name)
$$;

-- What was looked at or ordered, and by whom. Only ever added to.
create table crm.audit (
  id bigint generated always as identity primary key,
  at timestamptz not null default clock_timestamp(),
  agent_id uuid,
  login text not null default session_user,
  what text not null,
  record_id uuid,
  detail jsonb not null default '{}'
);
create index audit_by_record on crm.audit (record_id);
