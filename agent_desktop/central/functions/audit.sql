-- The audit, sealed: rows go into batches, each with the SHA-256 of its rows and of the batch before.
-- Writers only add rows and do not wait for each other; whoever seals takes what is committed.

create or replace function crm.audit_waits() returns trigger
language plpgsql set search_path = '' as $$
begin
  insert into crm.audit_open values (new.id);
  return null;
end
$$;
create or replace trigger waits after insert on crm.audit
  for each row execute function crm.audit_waits();

-- The audit is only added to; whole batches go when the site's rule says so. No function of ours
-- changes what was written, not by mistake either. Who may switch a trigger off is found by the hashes.
create or replace function crm.only_added() returns trigger
language plpgsql set search_path = '' as $$
begin
  if tg_op = 'DELETE' and current_setting('crm.trimming', true) = 'yes' then
    return null;
  end if;
  raise exception 'the audit is only added to' using errcode = '42501';
end
$$;
create or replace trigger only_added before update or delete or truncate on crm.audit
  for each statement execute function crm.only_added();
create or replace trigger only_added before update or delete or truncate on crm.audit_batch
  for each statement execute function crm.only_added();
create or replace trigger only_added before update or delete or truncate on crm.audit_member
  for each statement execute function crm.only_added();

-- One row as it is hashed. `central/audit.py` writes the same without asking this function.
create or replace function crm.audit_line(a crm.audit) returns text
language sql immutable set search_path = '' as $$
  select jsonb_build_array(a.id, (extract(epoch from a.at) * 1000000)::bigint, a.agent_id, a.login,
    a.what, a.record_id, a.detail)::text
$$;

-- Seal up to so many rows. Returns {n, rows, hash}; rows is 0 when there is nothing or somebody else
-- is sealing.
create or replace function crm.seal_audit(most int default 10000) returns jsonb
language plpgsql set search_path = '' as $$
declare
  ids bigint[];
  last crm.audit_batch;
  fresh crm.audit_batch;
begin
  if not pg_try_advisory_xact_lock(hashtext('agent_desktop.seal')) then
    return '{"rows": 0}';
  end if;
  ids := array(select o.audit_id from crm.audit_open o order by o.audit_id limit most);
  select * into last from crm.audit_batch b order by b.n desc limit 1;
  if cardinality(ids) = 0 then
    return jsonb_build_object('n', coalesce(last.n, 0), 'rows', 0,
      'hash', encode(coalesce(last.hash, ''), 'hex'));
  end if;
  fresh.n := coalesce(last.n, 0) + 1;
  fresh.sealed_at := clock_timestamp();
  fresh.rows := (select count(*) from crm.audit a where a.id = any (ids));
  fresh.previous := coalesce(last.hash, '');
  fresh.hash := sha256(fresh.previous || convert_to(
    jsonb_build_array(fresh.n, (extract(epoch from fresh.sealed_at) * 1000000)::bigint,
      fresh.rows)::text || coalesce((select string_agg(E'\n' || crm.audit_line(a), '' order by a.id)
        from crm.audit a where a.id = any (ids)), ''), 'UTF8'));
  insert into crm.audit_batch select fresh.*;
  insert into crm.audit_member select a.id, fresh.n from crm.audit a where a.id = any (ids);
  delete from crm.audit_open o where o.audit_id = any (ids);
  return jsonb_build_object('n', fresh.n, 'rows', fresh.rows, 'hash', encode(fresh.hash, 'hex'));
end
$$;

-- What a hub's collector does about once a minute, and whenever this many rows wait.
create or replace function hub_v1.seal_audit() returns jsonb
language sql security definer set search_path = '' as $$
  select crm.seal_audit()
$$;
grant execute on function hub_v1.seal_audit to collectors;

create or replace function hub_v1.audit_waiting() returns bigint
language sql stable security definer set search_path = '' as $$
  select count(*) from crm.audit_open
$$;
grant execute on function hub_v1.audit_waiting to collectors;

-- Each write of an agent, with its outcome: which record and which fields, never their values, for
-- what is sealed cannot be erased. Sent again, it is the same write.
create or replace function crm.audit_write(
  client uuid, n bigint, kind text, payload jsonb, outcome jsonb) returns void
language sql set search_path = '' as $$
  insert into crm.audit (agent_id, what, record_id, detail)
  values (crm.actor(), 'write',
    case when payload ->> 'id' ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
      then (payload ->> 'id')::uuid end,
    jsonb_build_object('client', client, 'n', n, 'kind', left(kind, 100),
      'state', outcome ->> 'state', 'code', outcome ->> 'code', 'fields',
      case when jsonb_typeof(payload -> 'set') = 'object'
        then (select coalesce(jsonb_agg(left(k, 100) order by k), '[]') from
          (select k from jsonb_object_keys(payload -> 'set') k limit 50) few) else '[]' end))
$$;

-- Drop the oldest batches that are older than the rule, whole and in order; at most so many at
-- once. Returns how many went.
create or replace function crm.trim_audit(most int default 50) returns int
language plpgsql set search_path = '' as $$
declare
  rule int := (select s.audit_days from crm.site s);
  batch crm.audit_batch;
  gone bigint[];
  dropped int := 0;
begin
  if rule = 0 or not pg_try_advisory_xact_lock(hashtext('agent_desktop.seal')) then
    return 0;
  end if;
  perform set_config('crm.trimming', 'yes', true);
  -- The newest batch stays: the chain goes on from it.
  for batch in
    select * from crm.audit_batch b
    where b.sealed_at < now() - make_interval(days => rule)
      and b.n < (select max(c.n) from crm.audit_batch c)
    order by b.n limit most
  loop
    gone := array(select m.audit_id from crm.audit_member m where m.n = batch.n);
    delete from crm.audit_member m where m.n = batch.n;
    delete from crm.audit a where a.id = any (gone);
    delete from crm.audit_batch b where b.n = batch.n;
    insert into crm.audit_floor (n, hash, sealed_at) values (batch.n, batch.hash, batch.sealed_at)
    on conflict (one) do update set n = excluded.n, hash = excluded.hash,
      sealed_at = excluded.sealed_at, dropped_at = now();
    dropped := dropped + 1;
  end loop;
  perform set_config('crm.trimming', '', true);
  if dropped > 0 then
    insert into crm.audit (what, detail)
    select 'trim', jsonb_build_object('upto', f.n, 'hash', encode(f.hash, 'hex'), 'days', rule)
    from crm.audit_floor f;
  end if;
  return dropped;
end
$$;
