-- What is kept for how long, and how often a masked value may be looked at.

-- Days 0: the audit is kept for ever.
alter table crm.site
  add column audit_days int not null default 0 check (audit_days >= 0),
  add column call_days int not null default 30 check (call_days > 0),
  add column reveals_an_hour int not null default 60 check (reveals_an_hour > 0);

-- The last batch that was dropped: what is left follows from its hash. That it was dropped stands
-- in the audit too.
create table crm.audit_floor (
  one boolean primary key default true check (one),
  n bigint not null,
  hash bytea not null,
  sealed_at timestamptz not null,
  dropped_at timestamptz not null default now()
);

-- The audit is only added to; whole batches go when the site's rule says so.
create or replace function crm.only_added() returns trigger
language plpgsql set search_path = '' as $$
begin
  if tg_op = 'DELETE' and current_setting('crm.trimming', true) = 'yes' then
    return null;
  end if;
  raise exception 'the audit is only added to' using errcode = '42501';
end
$$;

-- Drop the oldest batches that are older than the rule, whole and in order; at most so many at
-- once. Returns how many went.
create function crm.trim_audit(most int default 50) returns int
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

-- Whether nobody's agent is asking: neither logged in nor spoken for by a hub.
create function crm.is_nobody() returns boolean
language sql stable set search_path = '' as $$
  select not exists (select from crm.agent a
    where a.user_name in (session_user::text, current_setting('role')))
$$;
-- The centre forgets calls of nobody by itself, whoever's they were.
create policy trimmed on crm.interaction_call to crm_owner using ((select crm.is_nobody()));

-- What is due now: old batches, old calls of nobody, and what was handed over half and never again.
create function crm.keep_house() returns jsonb
language plpgsql set search_path = '' as $$
declare
  batches int := crm.trim_audit();
  calls bigint := crm.trim_calls(make_interval(days => (select s.call_days from crm.site s)));
  halves int;
begin
  delete from crm.quarantine q where q.done_at is null and q.begun_at < now() - interval '30 days';
  get diagnostics halves = row_count;
  return jsonb_build_object('batches', batches, 'calls', calls, 'halves', halves);
end
$$;
create function hub_v1.keep_house() returns jsonb
language sql security definer set search_path = '' as $$
  select crm.keep_house()
$$;
grant execute on function hub_v1.keep_house to collectors;

create index audit_looks on crm.audit (agent_id, at) where what = 'reveal';

-- Say that the value is going to be looked at. AD030: a field that is not masked. AD032: more
-- looks within an hour than the site allows.
create or replace function api_v1.ask_reveal(account_id uuid, field text) returns void
language plpgsql security definer set search_path = '' as $$
declare
  me crm.agent := crm.me();
begin
  if field is null or field not in ('tax_id', 'birth_on') then
    raise exception 'this field is not masked' using errcode = 'AD030';
  end if;
  -- One at a time of one agent: else many at once would be counted before any is there.
  perform from crm.password p where p.agent_id = me.id for update;
  if (select count(*) from crm.audit a where a.agent_id = me.id and a.what = 'reveal'
      and a.at > clock_timestamp() - interval '1 hour')
     >= (select s.reveals_an_hour from crm.site s)
  then
    raise exception 'too many looks within an hour' using errcode = 'AD032';
  end if;
  insert into crm.audit (agent_id, what, record_id, detail)
  values (me.id, 'reveal', account_id, jsonb_build_object('field', field, 'found',
    exists (select from crm.account a where a.id = ask_reveal.account_id)));
end
$$;
