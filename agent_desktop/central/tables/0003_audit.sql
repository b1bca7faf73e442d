-- What was looked at or ordered, and by whom. Only ever added to.
create table crm.audit (
  id bigint generated always as identity primary key,
  at timestamptz not null default clock_timestamp(),
  agent_id uuid,
  login text not null default session_user,
  what text not null,
  record_id uuid,
  detail jsonb not null default '{}',
  xid xid8 not null default pg_current_xact_id()
);
create index audit_by_record on crm.audit (record_id);

-- The audit, sealed: rows go into batches, each with the SHA-256 of its rows and of the batch before.
-- Writers only add rows and do not wait for each other; whoever seals takes what is committed.

-- Rows that are in no batch yet. A queue, as ids are given out in another order than they commit.
create table crm.audit_open (audit_id bigint primary key);

create table crm.audit_batch (
  n bigint primary key check (n > 0),
  sealed_at timestamptz not null,
  rows bigint not null,
  previous bytea not null,
  hash bytea not null
);

create table crm.audit_member (
  audit_id bigint primary key,
  n bigint not null
);
create index audit_member_of on crm.audit_member (n, audit_id);
create index audit_asked on crm.audit (agent_id, record_id, at) where what = 'reveal';

-- The last batch that was dropped: what is left follows from its hash. That it was dropped stands
-- in the audit too.
create table crm.audit_floor (
  one boolean primary key default true check (one),
  n bigint not null,
  hash bytea not null,
  sealed_at timestamptz not null,
  dropped_at timestamptz not null default now()
);
-- Who looked at a masked value lately: how often, and whether it was asked for before.
create index audit_looks on crm.audit (agent_id, at) where what = 'reveal';
