-- Which server this is and which of its lives. The control file knows of a promotion only some
-- time after it; the log that is being written knows it at once.
create or replace function crm.origin() returns text
language sql stable set search_path = '' as $$
  select (select s.system_identifier from pg_control_system() s) || ':' ||
    case when pg_is_in_recovery() then (select c.timeline_id from pg_control_checkpoint() c)
    else ('x' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8))::bit(32)::int end
$$;

-- The generation desks compare: one opaque number from the counter and the origin.
create or replace function crm.generation() returns bigint
language sql stable set search_path = '' as $$
  select ('x' || substr(md5(s.generation || ':' || crm.origin()), 1, 12))::bit(48)::bigint
  from crm.site s
$$;
