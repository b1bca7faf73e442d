-- The feed: one line per changed row, in the transaction that changed it. A desk asks for the
-- lines its last snapshot did not contain (see sync_v1.log); a time or a sequence would lose rows.

create table crm.feed (
  xid xid8 not null default pg_current_xact_id(),
  seq bigint generated always as identity,
  at timestamptz not null default now(),
  table_name text not null,
  id uuid not null,
  op text not null check (op in ('insert', 'update', 'delete')),
  scope text not null,
  -- Differs from scope in the line that moves a record to another scope.
  old_scope text not null,
  revision bigint not null,
  primary key (xid, seq)
);

create function crm.feed_line() returns trigger
language plpgsql set search_path = '' as $$
declare
  was crm.feed;
begin
  was.op := lower(tg_op);
  if tg_op = 'DELETE' then
    was.id := old.id; was.scope := old.scope; was.old_scope := old.scope;
    was.revision := old.revision;
  else
    was.id := new.id; was.scope := new.scope; was.revision := new.revision;
    was.old_scope := case tg_op when 'UPDATE' then old.scope else new.scope end;
  end if;
  insert into crm.feed (table_name, id, op, scope, old_scope, revision)
  values (tg_table_name, was.id, was.op, was.scope, was.old_scope, was.revision);
  perform pg_notify('feed', '');  -- once a transaction, empty, and believed for nothing
  return null;
end
$$;

-- Drop lines older than this, remembering how far: older cursors are told to start anew.
create function crm.trim_feed(older_than interval) returns bigint
language plpgsql set search_path = '' as $$
declare
  floor xid8 := (select max(f.xid) from crm.feed f where f.at < now() - older_than);
  dropped bigint;
begin
  update crm.site set feed_floor = greatest(feed_floor, coalesce(floor, '0'));
  delete from crm.feed f where f.xid <= floor;
  get diagnostics dropped = row_count;
  return dropped;
end
$$;
