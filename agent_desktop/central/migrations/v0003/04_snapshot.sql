-- Snapshot files: a finished mirror of one set of scopes, made by a hub's collector, offered to
-- desks in parts. Unlogged: they are made from what is here, and a crash or a restore drops them.

create unlogged table crm.snapshot (
  id uuid primary key,
  scopes text[] not null,
  generation bigint not null,
  schema int not null,
  -- The version of mirror.db, which is the program's own.
  mirror_schema int not null,
  -- The cursor the file shows.
  snapshot text not null,
  rows bigint not null,
  bytes bigint not null,
  part_bytes int not null,
  sha256 bytea not null,
  -- What the file is encrypted with; desks give it their own at once.
  key bytea not null,
  made_at timestamptz not null default now()
);
create unlogged table crm.snapshot_part (
  snapshot_id uuid not null references crm.snapshot on delete cascade deferrable initially deferred,
  n int not null,
  data bytea not null,
  primary key (snapshot_id, n)
);
-- Encrypted, so compressing it is wasted.
alter table crm.snapshot_part alter column data set storage external;

-- The newest file this desk may begin with, or null: exactly the agent's scopes, and a cursor the
-- feed goes on from.
create function api_v1.snapshot_offer(mirror_schema int) returns jsonb
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

-- One part of such a file; null when it is no more, or not this agent's to see.
create function api_v1.snapshot_part(id uuid, n int) returns bytea
language sql stable security definer set search_path = '' as $$
  select p.data from crm.snapshot_part p join crm.snapshot s on s.id = p.snapshot_id
  where p.snapshot_id = snapshot_part.id and p.n = snapshot_part.n and s.scopes = crm.scopes()
$$;
grant execute on function api_v1.snapshot_offer, api_v1.snapshot_part to agents;
