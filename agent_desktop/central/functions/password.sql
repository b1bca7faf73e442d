-- Passwords: changed from the desk, and their end.

-- When an agent's password ends; null if it does not. A temporary one has ended already.
create or replace function crm.password_ends(who uuid) returns timestamptz
language sql stable set search_path = '' as $$
  select case when p.is_temporary then p.changed_at
    when s.password_days > 0 then p.changed_at + make_interval(days => s.password_days) end
  from crm.password p, crm.site s where p.agent_id = who
$$;

-- What a new password must be like, and how long the present one is good.
create or replace function api_v1.password_rule() returns jsonb
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
grant execute on function api_v1.password_rule to agents;

-- Give an agent's role another verifier. This one function belongs to crm_keeper, which may change
-- roles, and only crm_owner may call it (central/database.py sees to both): so neither agents nor
-- crm_owner have that right.
create or replace function crm.set_password(user_name text, verifier text) returns void
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
create or replace function api_v1.change_password(verifier text) returns void
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
grant execute on function api_v1.change_password to agents;
