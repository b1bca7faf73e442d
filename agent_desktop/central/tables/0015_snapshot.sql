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
