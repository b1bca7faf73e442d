-- Scopes that come and go: told to the agent's desks as the difference only.

-- More records than this are fetched anew rather than told one by one.
create or replace function crm.most_told() returns int language sql immutable return 20000;

-- The keys of all records with a scope, and of those that left it by moving or by being deleted
-- while the feed remembers: a desk may hold them still.
create or replace function crm.keys_of_scope(name text) returns table (table_name text, id uuid)
language plpgsql set search_path = '' as $$
declare
  before text := coalesce(current_setting('crm.scope_set', true), '');
  mirrored text;
begin
  perform set_config('crm.scope_set', name, true);
  for mirrored in
    select c.relname from pg_class c
    where c.relnamespace = 'sync_v1'::regnamespace and c.relkind = 'v' order by 1
  loop
    return query execute format(
      'select %L, r.id from crm.%I r where r.scope = $1 limit $2', mirrored, mirrored)
      using name, crm.most_told() + 1;
  end loop;
  return query select distinct f.table_name, f.id from crm.feed f
    where f.old_scope = name and (f.op = 'delete' or f.old_scope <> f.scope)
      and f.agent_id is null;
  perform set_config('crm.scope_set', before, true);
end
$$;

-- Tell one agent's desks of a scope that came or went; agents without a desk need no telling.
create or replace function crm.tell_scope() returns trigger
language plpgsql set search_path = '' as $$
declare
  who uuid := case tg_op when 'DELETE' then old.agent_id else new.agent_id end;
  what text := case tg_op when 'DELETE' then old.scope else new.scope end;
  told bigint;
begin
  if not exists (select from crm.client c where c.agent_id = who) then
    return null;
  end if;
  -- What the company sees is nearly all there is: not worth counting.
  if what <> 'company' then
    insert into crm.feed (table_name, id, op, scope, old_scope, revision, agent_id)
    select k.table_name, k.id, case tg_op when 'DELETE' then 'forget' else 'update' end,
           what, what, 0, who
    from (select * from crm.keys_of_scope(what) limit crm.most_told() + 1) k;
    get diagnostics told = row_count;
  end if;
  if what = 'company' or told > crm.most_told() then
    insert into crm.feed (table_name, id, op, scope, old_scope, revision, agent_id)
    values ('', who, 'anew', what, what, 0, who);
  end if;
  perform pg_notify('feed', '');
  return null;
end
$$;
create or replace trigger tell_scope after insert or delete on crm.agent_scope
  for each row execute function crm.tell_scope();
