-- The audit, sealed: rows go into batches, each with the SHA-256 of its rows and of the batch before.
-- Writers only add rows and do not wait for each other; whoever seals takes what is committed.

-- Rows that are in no batch yet. A queue, as ids are given out in another order than they commit.
create table crm.audit_open (audit_id bigint primary key);
insert into crm.audit_open select a.id from crm.audit a;

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

create function crm.audit_waits() returns trigger
language plpgsql set search_path = '' as $$
begin
  insert into crm.audit_open values (new.id);
  return null;
end
$$;
create trigger waits after insert on crm.audit for each row execute function crm.audit_waits();

-- No function of ours changes what was written, not by mistake either. Who may switch a trigger off
-- is found by the hashes.
create function crm.only_added() returns trigger
language plpgsql set search_path = '' as $$
begin
  raise exception 'the audit is only added to' using errcode = '42501';
end
$$;
do $$
declare
  name text;
begin
  foreach name in array array['audit', 'audit_batch', 'audit_member'] loop
    execute format('create trigger only_added before update or delete or truncate on crm.%I
      for each statement execute function crm.only_added()', name);
  end loop;
end
$$;

-- One row as it is hashed. `central/audit.py` writes the same without asking this function.
create function crm.audit_line(a crm.audit) returns text
language sql immutable set search_path = '' as $$
  select jsonb_build_array(a.id, (extract(epoch from a.at) * 1000000)::bigint, a.agent_id, a.login,
    a.what, a.record_id, a.detail)::text
$$;

-- Seal up to so many rows. Returns {n, rows, hash}; rows is 0 when there is nothing or somebody else
-- is sealing.
create function crm.seal_audit(most int default 10000) returns jsonb
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
create function hub_v1.seal_audit() returns jsonb
language sql security definer set search_path = '' as $$
  select crm.seal_audit()
$$;
create function hub_v1.audit_waiting() returns bigint
language sql stable security definer set search_path = '' as $$
  select count(*) from crm.audit_open
$$;
grant execute on function hub_v1.seal_audit, hub_v1.audit_waiting to collectors;

-- Each write of an agent, with its outcome: which record and which fields, never their values, for
-- what is sealed cannot be erased. Sent again, it is the same write.
create function crm.audit_write(
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

-- As before, and audited.
create or replace function api_v1.push(
  client uuid, n bigint, hash bytea, kind text, payload jsonb, depends_on bigint[])
returns jsonb
language plpgsql security definer set search_path = '' set timezone = 'UTC' as $$
declare
  kept crm.intent_result;
  outcome jsonb;
begin
  perform crm.claim_client(client);
  insert into crm.intent_result as r (client, n, hash, kind, agent_id)
  values (client, n, hash, kind, crm.actor())
  on conflict do nothing;
  if not found then
    select * into kept from crm.intent_result r where r.client = push.client and r.n = push.n;
    if kept.hash <> push.hash then
      raise exception 'intent % was another one', n using errcode = 'AD020';
    end if;
    return kept.result;
  end if;
  if exists (select from crm.intent_result r where r.client = push.client
             and r.n = any (depends_on) and r.result ->> 'state' = 'refused') then
    outcome := crm.refused('depends_on_refused');
  else
    outcome := crm.judge(kind, payload);
  end if;
  outcome := '{"code": "", "fields": {}, "theirs": {}}'::jsonb || outcome
    || jsonb_build_object('xid', pg_current_xact_id()::text);
  update crm.intent_result r set result = outcome where r.client = push.client and r.n = push.n;
  perform crm.audit_write(client, n, kind, payload, outcome);
  return outcome;
end
$$;
