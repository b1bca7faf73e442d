-- What holds for every mirrored row: its scope follows its account, its revision counts its
-- changes, the feed hears of it, and a row policy hides it from who lacks its scope.

-- A record of an account has the account's scope. An account one cannot see is one one does not
-- know: so no record is ever written to it.
create function crm.take_scope() returns trigger
language plpgsql set search_path = '' as $$
begin
  if new.account_id is not null then
    select a.scope into new.scope from crm.account a where a.id = new.account_id;
    if not found then
      perform crm.refuse('unknown_account');
    end if;
  end if;
  return new;
end
$$;

create function crm.count_revision() returns trigger
language plpgsql set search_path = '' as $$
begin
  new.revision := case tg_op when 'UPDATE' then old.revision + 1 else 1 end;
  return new;
end
$$;

-- An account that changes its scope takes all its records along.
create function crm.spread_scope() returns trigger
language plpgsql set search_path = '' as $$
declare
  child regclass;
begin
  for child in
    select a.attrelid from pg_attribute a join pg_trigger t on t.tgrelid = a.attrelid
    where a.attname = 'account_id' and t.tgname = 'row_scope'
  loop
    execute format('update %s set scope = $1 where account_id = $2', child)
      using new.scope, new.id;
  end loop;
  return null;
end
$$;
create trigger spread_scope after update of scope on crm.account
  for each row when (old.scope <> new.scope) execute function crm.spread_scope();

do $$
declare
  name text;
begin
  foreach name in array array[
    'team', 'agent', 'account', 'contact', 'phone', 'fact', 'unit', 'meter', 'contract',
    'invoice', 'outage', 'interaction', 'interaction_call', 'ticket', 'ticket_note',
    'service_order', 'order_item', 'order_event', 'product', 'code_entry']
  loop
    execute format('create trigger row_revision before insert or update on crm.%I
      for each row execute function crm.count_revision()', name);
    execute format('create trigger row_feed after insert or update or delete on crm.%I
      for each row execute function crm.feed_line()', name);
    if exists (select from pg_attribute where attname = 'account_id'
               and attrelid = format('crm.%I', name)::regclass) then
      execute format('create trigger row_scope before insert or update of account_id on crm.%I
        for each row execute function crm.take_scope()', name);
    end if;
    -- Forced, so that it binds the owner too: the definer functions see what the agent may see.
    -- To PUBLIC, since inside them the current user is the owner and not an agent.
    execute format('alter table crm.%I enable row level security', name);
    execute format('alter table crm.%I force row level security', name);
    if name not in ('agent', 'team') then
      execute format('create policy seen on crm.%I to public
        using (scope = any ((select crm.scopes())::text[]))', name);
    end if;
  end loop;
end
$$;

-- Everybody knows who works here. actor() itself reads agents, so their policy asks for nothing.
create policy seen on crm.agent to public using (true);
create policy seen on crm.team to public using (true);

-- The log of verifications is written for, and read of, accounts one can see.
alter table crm.verification enable row level security;
alter table crm.verification force row level security;
create policy seen on crm.verification to public
  using (exists (select from crm.account a where a.id = account_id));

-- A line is told to who can see the record now or could before it moved.
alter table crm.feed enable row level security;
alter table crm.feed force row level security;
create policy seen on crm.feed for select to public
  using (scope = any ((select crm.scopes())::text[])
      or old_scope = any ((select crm.scopes())::text[]));
create policy added on crm.feed for insert to public with check (true);
