-- What a mirrored table has beside its columns. A table is made one by the file that makes it:
-- `insert into crm.mirrored (name) values ('activity')`; after the functions each upgrade calls
-- crm.publish for every row there.

-- Its revision counts its changes, the feed hears of it, its scope follows its account, the row
-- policy hides it, records of few scopes are found by it, and desks and collectors may read it.
create or replace function crm.publish(name text) returns void
language plpgsql set search_path = '' as $$
begin
  execute format('create or replace trigger row_revision before insert or update on crm.%I
    for each row execute function crm.count_revision()', name);
  execute format('create or replace trigger row_feed after insert or update or delete on crm.%I
    for each row execute function crm.feed_line()', name);
  if exists (select from pg_attribute a where a.attname = 'account_id'
             and a.attrelid = format('crm.%I', name)::regclass) then
    execute format('create or replace trigger row_scope before insert or update of account_id
      on crm.%I for each row execute function crm.take_scope()', name);
  end if;
  execute format('alter table crm.%I enable row level security', name);
  execute format('alter table crm.%I force row level security', name);
  execute format('drop policy if exists seen on crm.%I', name);
  execute format('create policy seen on crm.%I to public using (%s)', name, crm.seen_rule(name));
  -- Few records have another scope than the company's.
  execute format('create index if not exists %I on crm.%I (scope) where scope <> ''company''',
    name || '_by_scope', name);
  perform crm.publish_view(name);
end
$$;

-- What a desk reads: a view with the table's columns but for the scope and what is hidden. It runs
-- as the agent, under the row policies; the list of columns a desk may read is the list of columns
-- of the view. The policies need the scope as well, but they run with the table's rights.
create or replace function crm.publish_view(name text) returns void
language plpgsql set search_path = '' as $$
declare
  columns text := (
    select string_agg(quote_ident(a.attname), ', ' order by a.attnum)
    from pg_attribute a, crm.mirrored m
    where m.name = publish_view.name and a.attrelid = format('crm.%I', m.name)::regclass
      and a.attnum > 0 and not a.attisdropped and a.attname <> 'scope'
      and a.attname <> all (m.hidden));
begin
  execute format('drop view if exists sync_v1.%I', name);
  execute format('create view sync_v1.%I with (security_invoker) as select %s from crm.%I',
    name, columns, name);
  execute format('revoke all on crm.%I from agents, collectors', name);
  execute format('grant select on sync_v1.%I to agents, collectors', name);
  execute format('grant select (%s) on crm.%I to agents, collectors', columns, name);
end
$$;
