-- What hubs may.

create or replace function hub_v1.token_keys() returns text[]
language plpgsql security definer set search_path = '' as $$
begin
  -- One edge at a time makes the next one.
  lock table crm.token_key in share row exclusive mode;
  delete from crm.token_key k where k.made_at < now() - interval '2 days';
  insert into crm.token_key select where not exists (
    select from crm.token_key k where k.made_at > now() - interval '1 day');
  return (select array_agg(k.secret order by k.made_at) from crm.token_key k);
end
$$;
grant execute on function hub_v1.token_keys to edges;

-- Where the centre is: a cursor for what the collector reads in this transaction.
create or replace function hub_v1.position() returns jsonb
language plpgsql stable security definer set search_path = '' as $$
begin
  if pg_is_in_recovery() then
    raise exception 'this is a standby' using errcode = 'AD010';
  end if;
  return jsonb_build_object(
    'generation', crm.generation(),
    'schema', (select s.schema_version from crm.site s),
    'snapshot', pg_current_snapshot()::text);
end
$$;
grant execute on function hub_v1.position to collectors;

-- The sets of scopes that agents have.
create or replace function hub_v1.scope_sets() returns table (scopes text[])
language sql stable security definer set search_path = '' as $$
  select distinct array_agg(g.scope order by g.scope)
  from crm.agent_scope g join crm.agent a on a.id = g.agent_id and a.active
  group by g.agent_id
$$;
grant execute on function hub_v1.scope_sets to collectors;

-- One site has one collector: whoever holds this lock in an open session.
create or replace function hub_v1.take_duty() returns boolean
language sql security definer set search_path = ''
  return pg_try_advisory_lock(hashtext('agent_desktop.system.garbage_collection'));
grant execute on function hub_v1.take_duty to collectors;

create or replace function hub_v1.put_part(snapshot uuid, n int, data bytea) returns void
language sql security definer set search_path = '' as $$
  insert into crm.snapshot_part (snapshot_id, n, data) values (snapshot, n, data)
$$;
grant execute on function hub_v1.put_part to collectors;

-- Offer a file whose parts were put in this transaction, in place of older ones of its scopes.
-- The one before stays a while: a desk may be in the middle of it.
create or replace function hub_v1.offer(file jsonb) returns void
language sql security definer set search_path = '' as $$
  insert into crm.snapshot (id, scopes, generation, schema, mirror_schema, snapshot, rows, bytes,
    part_bytes, sha256, key)
  select r.id, r.scopes, r.generation, r.schema, r.mirror_schema, r.snapshot, r.rows, r.bytes,
    r.part_bytes, decode(r.sha256, 'hex'), decode(r.key, 'hex')
  from jsonb_to_record(file) as r(id uuid, scopes text[], generation bigint, schema int,
    mirror_schema int, snapshot text, rows bigint, bytes bigint, part_bytes int, sha256 text,
    key text);
  delete from crm.snapshot s
  where s.made_at < now() - interval '2 days' and exists (
    select from crm.snapshot n where n.scopes = s.scopes and n.made_at > s.made_at)
$$;
grant execute on function hub_v1.offer to collectors;

-- When the newest usable file of these scopes was made; null if there is none.
create or replace function hub_v1.newest(scopes text[], mirror_schema int) returns timestamptz
language sql stable security definer set search_path = '' as $$
  select max(s.made_at) from crm.snapshot s, crm.site t
  where s.scopes = newest.scopes and s.mirror_schema = newest.mirror_schema
    and s.generation = crm.generation() and s.schema = t.schema_version
    and pg_snapshot_xmin(s.snapshot::pg_snapshot) > t.feed_floor
$$;
grant execute on function hub_v1.newest to collectors;

-- A new part of the feed if the open one is older than a day, and old ones dropped.
create or replace function hub_v1.turn_day(keep_feed interval) returns jsonb
language plpgsql security definer set search_path = '' set lock_timeout = '2s' as $$
declare
  part text := '';
begin
  if coalesce((select max(p.closed_at) from crm.feed_part p), '-infinity')
     < now() - interval '1 day' then
    part := crm.turn_feed();
  end if;
  return jsonb_build_object('part', part, 'lines', crm.trim_feed(keep_feed));
end
$$;
grant execute on function hub_v1.turn_day to collectors;
