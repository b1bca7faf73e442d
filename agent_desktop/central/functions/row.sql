-- What holds for every mirrored row: its scope follows its account, its revision counts its
-- changes, the feed hears of it, and a row policy hides it from who lacks its scope.

-- A record of an account has the account's scope. An account one cannot see is one one does not
-- know: so no record is ever written to it. A contact or a call of nobody is the agent's.
create or replace function crm.take_scope() returns trigger
language plpgsql set search_path = '' as $$
begin
  if new.account_id is not null then
    select a.scope into new.scope from crm.account a where a.id = new.account_id;
    if not found then
      perform crm.refuse('unknown_account');
    end if;
  elsif tg_op = 'INSERT' and crm.actor() is not null then
    new.scope := crm.own_scope();
  end if;
  return new;
end
$$;

create or replace function crm.count_revision() returns trigger
language plpgsql set search_path = '' as $$
begin
  new.revision := case tg_op when 'UPDATE' then old.revision + 1 else 1 end;
  return new;
end
$$;

-- An account that changes its scope takes all its records along.
create or replace function crm.spread_scope() returns trigger
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
create or replace trigger spread_scope after update of scope on crm.account
  for each row when (old.scope <> new.scope) execute function crm.spread_scope();
