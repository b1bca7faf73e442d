-- The feed: one line per changed row, in the transaction that changed it. A desk asks for the
-- lines its last snapshot did not contain (see sync_v1.log); a time or a sequence would lose rows.
-- In parts by transaction, closed about once a day, so that forgetting a day is dropping a table.

create sequence crm.feed_seq;
create table crm.feed (
  xid xid8 not null default pg_current_xact_id(),
  seq bigint not null default nextval('crm.feed_seq'),
  at timestamptz not null default now(),
  table_name text not null,
  id uuid not null,
  op text not null constraint feed_op_check
    check (op in ('insert', 'update', 'delete', 'forget', 'anew')),
  scope text not null,
  -- Differs from scope in the line that moves a record to another scope.
  old_scope text not null,
  revision bigint not null,
  -- Whom alone this line is for; null: all who may see the record.
  agent_id uuid references crm.agent,
  primary key (xid, seq)
) partition by range (xid);
create table crm.feed_open partition of crm.feed for values from (minvalue) to (maxvalue);

-- What left a scope or the world: asked for when an agent loses a scope.
create index feed_left on crm.feed (old_scope) where op = 'delete' or old_scope <> scope;
create index feed_of_agent on crm.feed (agent_id, xid) where agent_id is not null;
alter table crm.feed enable row level security;
alter table crm.feed force row level security;

-- The closed parts, the oldest first; nobody but the owner reads parts directly.
create table crm.feed_part (
  name text primary key,
  from_xid xid8,
  upto_xid xid8 not null,
  closed_at timestamptz not null default now()
);
