-- Everybody knows who works here, so everybody is told of it: agents and teams may be seen without
-- the company's scope, and so may the feed's lines about them.

create function crm.is_for_all(table_name text) returns boolean
language sql immutable
  return table_name in ('agent', 'team');

alter policy seen on crm.feed
  using (case when agent_id is null
    then scope = any ((select crm.scopes())::text[])
      or old_scope = any ((select crm.scopes())::text[])
      or crm.is_for_all(table_name)
    else agent_id = (select crm.actor()) end);

-- As before, and: a line about a person is never `forget` for want of a scope.
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
