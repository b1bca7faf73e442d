-- Quarantine: sealed local files of agents who have left, or whose old password is lost. A desk
-- hands them over as they lie there, encrypted; only who has the site's sealing secret opens them.

create table crm.quarantine (
  id uuid primary key default gen_random_uuid(),
  owner_id uuid not null references crm.agent,
  -- The folder they lay in, below the agent's own; empty for that one.
  label text not null,
  host text not null,
  -- [{"name": ..., "bytes": ...}], in the order in which their bytes follow each other.
  files jsonb not null,
  bytes bigint not null,
  -- SHA-256 over the SHA-256 of each part, in order.
  sha256 bytea not null,
  handed_by uuid not null references crm.agent,
  begun_at timestamptz not null default now(),
  done_at timestamptz,
  unique (owner_id, sha256)
);
create index quarantine_by_hand on crm.quarantine (handed_by, begun_at);

create table crm.quarantine_part (
  quarantine_id uuid references crm.quarantine on delete cascade,
  n int,
  data bytea not null,
  primary key (quarantine_id, n)
);

-- Encrypted, so compressing it is wasted.
alter table crm.quarantine_part alter column data set storage external;
