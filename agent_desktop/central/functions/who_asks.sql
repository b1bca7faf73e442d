-- Who is asking, and what they may do.

-- Who is asking: the role that was set if it names an agent (an edge does that), never a group;
-- else who logged in. It holds inside definer functions. Null for everyone else, and for agents
-- who are no longer active. Nothing else reads session_user.
create or replace function crm.actor() returns uuid
language sql stable security definer set search_path = '' as $$
  select a.id from crm.agent a
  where a.active and a.user_name = coalesce(
    (select b.user_name from crm.agent b where b.user_name = current_setting('role')),
    session_user::text)
$$;
-- Row policies run as who reads, so agents must be able to ask who they are.
grant execute on function crm.actor to agents, collectors;

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

create or replace function crm.may(name text) returns boolean
language sql stable set search_path = '' as $$
  select exists (
    select from crm.business_right r, crm.agent a
    where a.id = crm.actor() and r.business_role = a.business_role and r.name = may.name)
$$;

-- The agent who is asking, be the password at its end or not. AD001 when there is none; who has
-- lost the last scope is none any more: there is nothing he may know.
create or replace function crm.me_with_any_password() returns crm.agent
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
