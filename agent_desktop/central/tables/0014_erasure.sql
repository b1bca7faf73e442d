-- What was erased and when; nothing of whom. Kept so that a restore can erase it again.
create table crm.erasure (
  account_id uuid primary key,
  xid xid8 not null default pg_current_xact_id(),
  generation bigint not null default crm.generation(),
  at timestamptz not null default now(),
  by text not null default session_user,
  records bigint not null
);
