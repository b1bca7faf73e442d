-- Signing in, where the centre stands, leased numbers, and looking at a masked value.

-- A desk's local file. It belongs to the agent who first signed in with it.
create table crm.client (
  id uuid primary key,
  agent_id uuid not null references crm.agent,
  host text not null default '',
  first_seen timestamptz not null default now(),
  last_seen timestamptz not null default now()
);

-- AD021: another agent's file.
create function crm.claim_client(client uuid, host text default '') returns void
language plpgsql set search_path = '' as $$
declare
  me uuid := (crm.me()).id;
begin
  insert into crm.client as c (id, agent_id, host) values (client, me, host)
  on conflict (id) do nothing;
  if not exists (select from crm.client c where c.id = client and c.agent_id = me) then
    raise exception 'this file is of another agent' using errcode = 'AD021';
  end if;
end
$$;

-- Who the agent is, what he may do, and what his desk needs to know of the site.
-- AD001: no active agent. AD021: another agent's file.
create function api_v1.sign_in(client uuid, host text) returns jsonb
language plpgsql security definer set search_path = '' set timezone = 'UTC' as $$
declare
  me crm.agent := crm.me();
  site crm.site := (select s from crm.site s);
begin
  perform crm.claim_client(client, host);
  update crm.client c set host = sign_in.host, last_seen = now() where c.id = client;
  insert into crm.audit (agent_id, what, detail)
  values (me.id, 'sign_in', jsonb_build_object('client', client, 'host', host));
  return jsonb_build_object(
    'agent', jsonb_build_object(
      'id', me.id, 'user_name', me.user_name, 'name', me.name,
      'business_role', me.business_role, 'team_id', me.team_id, 'extension', me.extension),
    'rights', (select coalesce(jsonb_agg(r.name order by r.name), '[]')
      from crm.business_right r where r.business_role = me.business_role),
    'scopes', to_jsonb(crm.scopes()),
    'sip', jsonb_build_object(
      'registrar', site.sip_registrar, 'user', me.extension,
      'secret', me.sip_secret, 'transport', site.sip_transport),
    'fact_key', encode(site.fact_key, 'hex'),
    'site', jsonb_build_object('name', site.name, 'time_zone', site.time_zone),
    'generation', crm.generation(),
    'schema', site.schema_version,
    'server_time', clock_timestamp(),
    'lease_seconds', 259200,
    'sealing_key', encode(site.sealing_key, 'hex'));
end
$$;

-- The cursor of what is read in this transaction. AD010 on a standby.
create function api_v1.position() returns jsonb
language plpgsql stable security definer set search_path = '' as $$
begin
  perform crm.me();
  if pg_is_in_recovery() then
    raise exception 'this is a standby' using errcode = 'AD010';
  end if;
  return jsonb_build_object(
    'generation', crm.generation(),
    'schema', (select s.schema_version from crm.site s),
    'snapshot', pg_current_snapshot()::text);
end
$$;

-- Where the next block of each kind of number begins.
create table crm.number_kind (
  kind text primary key,
  next bigint not null
);
insert into crm.number_kind values
  ('protocol', 1), ('ticket', 1), ('order', 1), ('account', 100000000);

create table crm.number_block (
  kind text not null references crm.number_kind,
  first bigint not null,
  last bigint not null,
  client uuid not null references crm.client,
  leased_at timestamptz not null default now(),
  primary key (kind, first)
);

-- After a restore or a promotion blocks may have been leased that this server does not know of:
-- jump over them, once.
create function crm.leave_gap() returns void
language plpgsql set search_path = '' as $$
begin
  update crm.site s set origin = crm.origin() where s.origin = '';
  update crm.site s set origin = crm.origin() where s.origin <> crm.origin();
  if found then
    update crm.number_kind k set next = k.next + 200000;
  end if;
end
$$;

-- 500 numbers for this desk's file. AD030: no such kind.
create function api_v1.lease_numbers(client uuid, kind text)
returns table (first bigint, last bigint)
language plpgsql security definer set search_path = '' as $$
begin
  perform crm.claim_client(client);
  perform crm.leave_gap();
  update crm.number_kind k set next = k.next + 500 where k.kind = lease_numbers.kind
  returning k.next - 500, k.next - 1 into first, last;
  if not found then
    raise exception 'unknown kind of number' using errcode = 'AD030';
  end if;
  insert into crm.number_block values (kind, first, last, client);
  return next;
end
$$;

-- A masked value in full, and who looked at it. Null for an account the agent cannot see.
create function api_v1.reveal(account_id uuid, field text) returns text
language plpgsql security definer set search_path = '' as $$
declare
  me crm.agent := crm.me();
  value text;
begin
  if field not in ('tax_id', 'birth_on') then
    raise exception 'this field is not masked' using errcode = 'AD030';
  end if;
  select case field when 'tax_id' then a.tax_id else to_char(a.birth_on, 'YYYY-MM-DD') end
  into value from crm.account a where a.id = reveal.account_id;
  insert into crm.audit (agent_id, what, record_id, detail)
  values (me.id, 'reveal', account_id, jsonb_build_object('field', field, 'found', found));
  return value;
end
$$;

grant execute on all functions in schema api_v1 to agents;
