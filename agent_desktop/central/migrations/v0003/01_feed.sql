-- The feed in parts by transaction, closed about once a day, so that forgetting a day is dropping
-- a table; lines that concern one agent alone; and lives of the server told apart for certain.

-- The old feed is the first part; its rows, sequence and index stay as they are.
drop policy seen on crm.feed;
drop policy added on crm.feed;
alter table crm.feed no force row level security;
alter table crm.feed disable row level security;
alter table crm.feed alter column seq drop identity;
create sequence crm.feed_seq;
select setval('crm.feed_seq', coalesce((select max(f.seq) from crm.feed f), 0) + 1, false);
alter table crm.feed drop constraint feed_op_check;
alter table crm.feed
  add constraint feed_op_check check (op in ('insert', 'update', 'delete', 'forget', 'anew')),
  -- Whom alone this line is for; null: all who may see the record.
  add column agent_id uuid references crm.agent,
  alter column seq set default nextval('crm.feed_seq');
alter table crm.feed rename to feed_open;
alter table crm.feed_open rename constraint feed_pkey to feed_open_pkey;

create table crm.feed (like crm.feed_open including defaults including constraints)
  partition by range (xid);
alter table crm.feed add primary key (xid, seq);
alter table crm.feed add foreign key (agent_id) references crm.agent;
alter table crm.feed attach partition crm.feed_open for values from (minvalue) to (maxvalue);

-- What left a scope or the world: asked for when an agent loses a scope.
create index feed_left on crm.feed (old_scope) where op = 'delete' or old_scope <> scope;
create index feed_of_agent on crm.feed (agent_id, xid) where agent_id is not null;

alter table crm.feed enable row level security;
alter table crm.feed force row level security;
create policy seen on crm.feed for select to public
  using (case when agent_id is null
    then scope = any ((select crm.scopes())::text[])
      or old_scope = any ((select crm.scopes())::text[])
    else agent_id = (select crm.actor()) end);
create policy added on crm.feed for insert to public with check (true);

-- The closed parts, the oldest first; nobody but the owner reads parts directly.
create table crm.feed_part (
  name text primary key,
  from_xid xid8,
  upto_xid xid8 not null,
  closed_at timestamptz not null default now()
);

-- Close the open part and begin another. Returns the closed one's name, '' if it was empty.
-- It waits for the feed's writers: set a lock_timeout and come again if one takes too long.
create function crm.turn_feed() returns text
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

-- Which server this is and which of its lives. The control file knows of a promotion only some
-- time after it; the log that is being written knows it at once.
create or replace function crm.origin() returns text
language sql stable set search_path = '' as $$
  select (select s.system_identifier from pg_control_system() s) || ':' ||
    case when pg_is_in_recovery() then (select c.timeline_id from pg_control_checkpoint() c)
    else ('x' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8))::bit(32)::int end
$$;

-- A server's folder was put back from a copy: neither its identifier nor its timeline tells. Desks
-- fetch everything anew and send again what was accepted; numbers begin above a gap.
create function crm.restored() returns void
language plpgsql set search_path = '' as $$
begin
  update crm.site s set generation = s.generation + 1, origin = crm.origin();
  update crm.number_kind k set next = k.next + 200000;
end
$$;

-- As before, and: AD011 also when this agent has to begin anew since (a scope too big to be told
-- line by line came or went).
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
           case when f.scope = any (seen) then f.op else 'forget' end
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
