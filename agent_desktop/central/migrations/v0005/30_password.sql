-- Passwords: changed from the desk, and their end.

-- The site's rule. Days 0: a password never ends. The desk judges how long a new one is, for it
-- sends a SCRAM verifier and nobody here ever sees the password.
alter table crm.site
  add column password_days int not null default 0 check (password_days between 0 and 3650),
  add column password_length int not null default 12 check (password_length between 8 and 128);

create table crm.password (
  agent_id uuid primary key references crm.agent,
  changed_at timestamptz not null default now(),
  -- An administrator gave this one; the agent chooses another at the next sign-in.
  is_temporary boolean not null default false
);
insert into crm.password (agent_id) select a.id from crm.agent a;

-- When an agent's password ends; null if it does not. A temporary one has ended already.
create function crm.password_ends(who uuid) returns timestamptz
language sql stable set search_path = '' as $$
  select case when p.is_temporary then p.changed_at
    when s.password_days > 0 then p.changed_at + make_interval(days => s.password_days) end
  from crm.password p, crm.site s where p.agent_id = who
$$;

-- The agent who is asking, be the password at its end or not. AD001 when there is none; who has
-- lost the last scope is none any more: there is nothing he may know.
create function crm.me_with_any_password() returns crm.agent
language plpgsql stable set search_path = '' as $$
declare
  me crm.agent;
begin
  select * into me from crm.agent a where a.id = crm.actor()
    and exists (select from crm.agent_scope g where g.agent_id = a.id);
  if not found then
    raise exception 'no active agent' using errcode = 'AD001';
  end if;
  return me;
end
$$;

-- The agent who is asking; AD001 when there is none, AD040 when the password has ended. A shift
-- that has begun may go on for a day: the desk asks for a new one at the next sign-in.
create or replace function crm.me() returns crm.agent
language plpgsql stable set search_path = '' as $$
declare
  me crm.agent := crm.me_with_any_password();
begin
  if exists (
    select from crm.password p, crm.site s where p.agent_id = me.id and (p.is_temporary
      or s.password_days > 0
        and p.changed_at + make_interval(days => s.password_days + 1) < now()))
  then
    raise exception 'the password has ended' using errcode = 'AD040';
  end if;
  return me;
end
$$;

-- What a new password must be like, and how long the present one is good.
create function api_v1.password_rule() returns jsonb
language plpgsql stable security definer set search_path = '' set timezone = 'UTC' as $$
declare
  me crm.agent := crm.me_with_any_password();
begin
  return jsonb_build_object(
    'length', (select s.password_length from crm.site s),
    'ends_at', crm.password_ends(me.id),
    'has_ended', coalesce(crm.password_ends(me.id) <= now(), false));
end
$$;

-- Give an agent's role another verifier. This one function belongs to crm_keeper, which may change
-- roles, and only crm_owner may call it (central/database.py sees to both): so neither agents nor
-- crm_owner have that right.
create function crm.set_password(user_name text, verifier text) returns void
language plpgsql security definer set search_path = '' as $$
begin
  -- Whatever else called it: never the role of anybody with power.
  if not exists (
    select from pg_catalog.pg_roles r where r.rolname = set_password.user_name
      and r.rolcanlogin and not r.rolsuper and not r.rolcreaterole and not r.rolcreatedb
      and not r.rolreplication and not r.rolbypassrls
      and pg_catalog.pg_has_role(r.oid, 'agents', 'member'))
  then
    raise exception 'this role is no agent''s' using errcode = '42501';
  end if;
  execute pg_catalog.format('alter role %I password %L', user_name, verifier);
end
$$;

-- Take another password, as its SCRAM-SHA-256 verifier: the password itself stays at the desk.
-- AD001: no active agent. AD041: that is no verifier.
create function api_v1.change_password(verifier text) returns void
language plpgsql security definer set search_path = '' as $$
declare
  me crm.agent := crm.me_with_any_password();
  parts text[] := regexp_match(verifier,
    '^SCRAM-SHA-256\$([0-9]{4,7}):([A-Za-z0-9+/]{22,86}={0,2})\$[A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}=$');
begin
  -- Anything else would be taken for the password itself.
  if parts is null or length(parts[2]) % 4 <> 0 or parts[1]::int not between 4096 and 1000000 then
    raise exception 'this is no verifier' using errcode = 'AD041';
  end if;
  perform crm.set_password(me.user_name, verifier);
  insert into crm.password as p (agent_id) values (me.id)
  on conflict (agent_id) do update set changed_at = now(), is_temporary = false;
  insert into crm.audit (agent_id, what, record_id) values (me.id, 'password', me.id);
end
$$;
grant execute on function api_v1.password_rule, api_v1.change_password to agents;
