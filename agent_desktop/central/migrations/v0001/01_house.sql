-- The three schemas and who may enter them.
--   crm      tables and rules; agents cannot name anything in it
--   sync_v1  what a desk reads
--   api_v1   what a desk may ask for
create schema if not exists crm;
create schema sync_v1;
create schema api_v1;
grant usage on schema sync_v1, api_v1 to agents;

-- A function is closed until it is granted. None trusts its caller's search_path: its body is
-- parsed here (`return`), or it sets an empty one.
alter default privileges revoke execute on functions from public;

-- The centre itself: one row.
create table crm.site (
  one boolean primary key default true check (one),
  name text not null default '',
  time_zone text not null default 'America/Sao_Paulo',
  -- Raised by bulk loads and whenever desks must fetch everything anew.
  generation int not null default 1,
  -- Which server and timeline the numbers were leased on, see number.sql.
  origin text not null default '',
  -- The version of sync_v1; a desk with another one asks for an update.
  schema_version int not null default 1,
  -- Keys the digests of facts; 366 bits of the system's chance.
  fact_key bytea not null default sha256(
    uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())),
  -- X25519; a desk seals the key of its local file to the public half.
  sealing_key bytea not null default '',
  sealing_secret bytea not null default '',
  sip_registrar text not null default '',
  sip_transport text not null default 'tls',
  -- The highest transaction whose feed rows were dropped; older cursors start anew.
  feed_floor xid8 not null default '0'
);
insert into crm.site default values;

-- Which server this is and which of its lives: differs after a restore or a promotion.
create function crm.origin() returns text
language sql stable set search_path = '' as $$
  select (select s.system_identifier from pg_control_system() s)
    || ':' || (select c.timeline_id from pg_control_checkpoint() c)
$$;

-- The generation desks compare: one opaque number from the counter and the origin.
create function crm.generation() returns bigint
language sql stable set search_path = '' as $$
  select ('x' || substr(md5(s.generation || ':' || crm.origin()), 1, 12))::bit(48)::bigint
  from crm.site s
$$;

-- A rule says no. `push` turns it into a result; `field` is '' for the whole record.
create function crm.refuse(code text, field text default '') returns void
language plpgsql set search_path = '' as $$
begin
  raise exception using errcode = 'AD100', message = code, detail = field;
end
$$;

-- When something happened at the desk: what it says, but never in the future.
create function crm.happened(at timestamptz) returns timestamptz
language sql stable
  return least(coalesce(at, now()), now());
