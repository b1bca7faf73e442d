-- The feed: written by each mirrored row's trigger, read by desks, forgotten in parts.

create or replace function crm.feed_line() returns trigger
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

-- Forget lines older than this, whole parts at a time and of the open part the lines, remembering
-- how far: older cursors start anew. What a transaction still running may add is never passed by,
-- or a desk that has just fetched all would be told to do it again. Returns the lines dropped.
create or replace function crm.trim_feed(older_than interval) returns bigint
language plpgsql set search_path = '' as $$
declare
  part record;
  running xid8 := pg_snapshot_xmin(pg_current_snapshot());
  newest timestamptz;
  lines bigint;
  dropped bigint := 0;
  floor xid8;
begin
  for part in select * from crm.feed_part p order by p.upto_xid loop
    execute format('select max(at), count(*) from crm.%I', part.name) into newest, lines;
    if newest >= now() - older_than or part.upto_xid > running then
      return dropped;
    end if;
    execute format('drop table crm.%I', part.name);
    delete from crm.feed_part p where p.name = part.name;
    update crm.site s set feed_floor = greatest(s.feed_floor,
      ((part.upto_xid::text::numeric - 1)::text)::xid8);
    dropped := dropped + lines;
  end loop;
  select max(f.xid) into floor from crm.feed_open f
  where f.at < now() - older_than and f.xid < running;
  delete from crm.feed_open f where f.xid <= floor;
  get diagnostics lines = row_count;
  update crm.site s set feed_floor = greatest(s.feed_floor, coalesce(floor, '0'));
  return dropped + lines;
end
$$;

-- The feed's lines visible in `upto` and not in `since`, behind (after_xid, after_seq), in order.
-- "Not visible in since" is written as its two halves, both on the index: transactions that began
-- after that snapshot, and those that were running in it. A record that moved out of the agent's
-- scopes is told as `forget`. AD010: not the primary, whose snapshots alone list what is running.
-- AD011: the cursor is of another life of the centre or older than the feed; fetch all anew.
-- AD011 also when this agent has to begin anew since (a scope too big to be told line by line came
-- or went). A line about a person is never `forget` for want of a scope.
create or replace function sync_v1.log(
  since text, upto text, after_xid text, after_seq bigint, most int)
returns table (xid text, seq bigint, table_name text, id uuid, op text)
language plpgsql stable security definer set search_path = '' as $$
declare
  s1 pg_snapshot := since::pg_snapshot;
  s2 pg_snapshot := upto::pg_snapshot;
  running xid8[] := array(select pg_snapshot_xip(since::pg_snapshot));
  x xid8 := coalesce(nullif(after_xid, ''), '0')::xid8;
  n bigint := coalesce(after_seq, 0);
  rows int := least(greatest(coalesce(most, 1000), 1), 20000);
  seen text[] := crm.scopes();
  me uuid := crm.actor();
begin
  if pg_is_in_recovery() then
    raise exception 'this is a standby' using errcode = 'AD010';
  end if;
  if pg_snapshot_xmin(s1) <= (select s.feed_floor from crm.site s)
     or pg_snapshot_xmax(s1) > pg_snapshot_xmax(pg_current_snapshot())
     or exists (select from crm.feed f where f.agent_id = me and f.op = 'anew'
                and f.xid >= pg_snapshot_xmin(s1) and not pg_visible_in_snapshot(f.xid, s1)) then
    raise exception 'this cursor is not of this feed' using errcode = 'AD011';
  end if;
  return query
    select f.xid::text, f.seq, f.table_name, f.id,
           case when f.scope = any (seen) or crm.is_for_all(f.table_name)
             then f.op else 'forget' end
    from (
      (select * from crm.feed a
        where a.xid >= pg_snapshot_xmax(s1) and a.xid < pg_snapshot_xmax(s2)
          and (a.xid, a.seq) > (x, n) and pg_visible_in_snapshot(a.xid, s2)
        order by a.xid, a.seq limit rows)
      union all
      (select * from crm.feed b
        where b.xid = any (running)
          and (b.xid, b.seq) > (x, n) and pg_visible_in_snapshot(b.xid, s2)
        order by b.xid, b.seq limit rows)
    ) f
    order by f.xid, f.seq
    limit rows;
end
$$;
grant execute on function sync_v1.log to agents;

-- Close the open part and begin another. Returns the closed one's name, '' if it was empty.
-- It waits for the feed's writers: set a lock_timeout and come again if one takes too long.
create or replace function crm.turn_feed() returns text
language plpgsql set search_path = '' as $$
declare
  part text := 'feed_' || to_char(clock_timestamp(), 'YYYYMMDD_HH24MISSUS');
  first xid8;
  bound xid8;
begin
  lock table crm.feed in access exclusive mode;
  -- With that lock no line is uncommitted; who has a transaction and no line yet finds its part.
  select ((max(f.xid)::text::numeric + 1)::text)::xid8 into bound from crm.feed_open f;
  if bound is null then
    return '';
  end if;
  select max(p.upto_xid) into first from crm.feed_part p;
  alter table crm.feed detach partition crm.feed_open;
  execute format('alter table crm.feed_open rename to %I', part);
  execute format('alter table crm.%I rename constraint feed_open_pkey to %I', part, part || '_pkey');
  execute format('alter table crm.feed attach partition crm.%I for values from (%s) to (%L)',
    part, coalesce(quote_literal(first), 'minvalue'), bound);
  execute format('create table crm.feed_open partition of crm.feed for values from (%L) to (maxvalue)',
    bound);
  insert into crm.feed_part values (part, first, bound);
  return part;
end
$$;
