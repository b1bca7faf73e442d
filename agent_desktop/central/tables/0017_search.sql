-- What is searched for at the centre: the signs of names and numbers, by trigrams. One partition a
-- scope, so that a search never touches an index with rows its agent may not see: neither what it
-- finds nor how long it takes tells of them. Row policies would keep such indexes from being used.

create table crm.search_key (
  scope text not null,
  kind text not null,
  record_id uuid not null,
  account_id uuid not null,
  key text not null check (key <> ''),
  primary key (scope, kind, record_id)
) partition by list (scope);
select crm.index_search();
select crm.search_partition(s.name) from crm.scope s;

-- Searching at the centre. What may be searched for, how often, and who looked for which part of a
-- tax id is settled in a transaction before the search; as with reveal, else the trace would go
-- with a rollback and the answer would stay.

create table crm.search_asked (
  agent_id uuid not null,
  at timestamptz not null default clock_timestamp(),
  xid xid8 not null default pg_current_xact_id(),
  digest bytea not null
);
create index search_asked_by_agent on crm.search_asked (agent_id, at);

-- One row an agent, locked while they ask: who asks in several sessions at once is counted too.
create table crm.search_turn (
  agent_id uuid primary key,
  at timestamptz not null
);
