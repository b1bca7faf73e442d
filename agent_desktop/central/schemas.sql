-- The schemas and who may enter them; run again at each upgrade that changes anything.
--   crm      tables and rules; agents cannot name anything in it
--   sync_v1  what a desk reads
--   api_v1   what a desk may ask for
--   hub_v1   what a hub may: as an edge become an agent (`edges` is a member of each agent's role)
--            and sign tokens; as the collector read whole scopes, make snapshot files, turn the feed
--   trgm     trigrams: a schema nobody may enter; the operator class is all that is wanted of it
create schema if not exists crm;
create schema if not exists sync_v1;
create schema if not exists api_v1;
create schema if not exists hub_v1;
create schema if not exists trgm;
grant usage on schema sync_v1, api_v1 to agents;
grant usage on schema hub_v1 to edges, collectors;
grant usage on schema sync_v1 to collectors;
create extension if not exists pg_trgm with schema trgm;

-- A function is closed until it is granted. None trusts its caller's search_path: its body is
-- parsed where it is made (`return`), or it sets an empty one.
alter default privileges revoke execute on functions from public;

-- Which of the program's files this database has, as they were, and the program that brought them.
create table if not exists crm.applied (
  file text primary key,
  sha256 text not null,
  version text not null,
  at timestamptz not null default clock_timestamp()
);

-- What a desk may order, and the function that does it: of (p jsonb), or of (kind text, p jsonb)
-- when the row names a kind. It returns nothing, or the result. Names as text, looked at by each
-- upgrade; only the owner may write here. The file of the function puts its row; emptied before.
create table if not exists crm.verb (
  name text primary key,
  function text not null,
  kind text not null default ''
);

-- The tables that desks mirror; `hidden` are columns that no desk may read, beside the scope.
-- The file that makes a table puts its row here; crm.publish does the rest.
create table if not exists crm.mirrored (
  name text primary key,
  hidden text[] not null default '{}'
);
