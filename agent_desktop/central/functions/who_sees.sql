-- Whose records an agent sees.

-- The scopes of who is asking. Who is nobody's agent and may read tables at all (the owner, a
-- hub's collector) sees the scopes named in crm.scope_set for the transaction.
create or replace function crm.scopes() returns text[]
language sql stable security definer set search_path = '' as $$
  select case
    when crm.actor() is not null then
      (select coalesce(array_agg(g.scope order by g.scope), '{}')
       from crm.agent_scope g where g.agent_id = crm.actor())
    when exists (select from crm.agent a
                 where a.user_name in (session_user::text, current_setting('role'))) then '{}'
    else coalesce(string_to_array(nullif(current_setting('crm.scope_set', true), ''), ','), '{}')
  end
$$;
-- Row policies run as who reads.
grant execute on function crm.scopes to agents, collectors;

-- Whether nobody's agent is asking: neither logged in nor spoken for by a hub.
create or replace function crm.is_nobody() returns boolean
language sql stable set search_path = '' as $$
  select not exists (select from crm.agent a
    where a.user_name in (session_user::text, current_setting('role')))
$$;

-- Whoever may not see the company's records works all the same: what begins with no customer, or
-- is a new customer, is the company's if this agent may see that, else it is of the agent's own
-- scope. (Refused, every unknown caller would be lost to such a desk, with all written about him.)
create or replace function crm.own_scope() returns text
language sql stable set search_path = '' as $$
  select case when 'company' = any (s.names) then 'company' else s.names[1] end
  from (select crm.scopes() as names) s
$$;

-- Everybody knows who works here, so everybody is told of it: agents and teams may be seen without
-- the company's scope, and so may the feed's lines about them.
create or replace function crm.is_for_all(table_name text) returns boolean
language sql immutable
  return table_name in ('agent', 'team');

-- Who sees a row of a mirrored table: the text of its policy `seen`, which crm.publish makes. It is
-- forced, so that it binds the owner too: the definer functions see what the agent may see. To
-- PUBLIC, since inside them the current user is the owner and not an agent. Everybody knows who
-- works here; actor() itself reads agents, so their policy asks for nothing. A call that belongs to
-- no customer is its agent's own affair; others only carry its weight.
create or replace function crm.seen_rule(table_name text) returns text
language sql immutable
  return case
    when crm.is_for_all(table_name) then 'true'
    when table_name = 'interaction_call' then
      'scope = any ((select crm.scopes())::text[])
       and (interaction_id is not null or account_id is not null
            or agent_id = (select crm.actor()))'
    else 'scope = any ((select crm.scopes())::text[])' end;

-- The centre forgets calls of nobody by itself, whoever's they were.
drop policy if exists trimmed on crm.interaction_call;
create policy trimmed on crm.interaction_call to crm_owner using ((select crm.is_nobody()));

-- The log of verifications is written for, and read of, accounts one can see.
drop policy if exists seen on crm.verification;
create policy seen on crm.verification to public
  using (exists (select from crm.account a where a.id = account_id));

-- A line is told to who can see the record now or could before it moved.
drop policy if exists seen on crm.feed;
create policy seen on crm.feed for select to public
  using (case when agent_id is null
    then scope = any ((select crm.scopes())::text[])
      or old_scope = any ((select crm.scopes())::text[])
      or crm.is_for_all(table_name)
    else agent_id = (select crm.actor()) end);
drop policy if exists added on crm.feed;
create policy added on crm.feed for insert to public with check (true);
