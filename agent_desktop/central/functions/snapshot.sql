-- Snapshot files, offered to desks in parts.

-- The newest file this desk may begin with, or null: exactly the agent's scopes, and a cursor the
-- feed goes on from.
create or replace function api_v1.snapshot_offer(mirror_schema int) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
begin
  perform crm.me();
  return (select jsonb_build_object('id', s.id, 'generation', s.generation, 'schema', s.schema,
      'snapshot', s.snapshot, 'rows', s.rows, 'bytes', s.bytes, 'part_bytes', s.part_bytes,
      'sha256', encode(s.sha256, 'hex'), 'key', encode(s.key, 'hex'))
    from crm.snapshot s, crm.site t
    where s.scopes = crm.scopes() and s.mirror_schema = snapshot_offer.mirror_schema
      and s.generation = crm.generation() and s.schema = t.schema_version
      and pg_snapshot_xmin(s.snapshot::pg_snapshot) > t.feed_floor
    order by s.made_at desc limit 1);
end
$$;
grant execute on function api_v1.snapshot_offer to agents;

-- One part of such a file; null when it is no more, or not this agent's to see.
create or replace function api_v1.snapshot_part(id uuid, n int) returns bytea
language sql stable security definer set search_path = '' as $$
  select p.data from crm.snapshot_part p join crm.snapshot s on s.id = p.snapshot_id
  where p.snapshot_id = snapshot_part.id and p.n = snapshot_part.n and s.scopes = crm.scopes()
$$;
grant execute on function api_v1.snapshot_part to agents;
