-- How this site dials, and how its telephones behave; told at sign-in.

alter table crm.site
  add column country text not null default 'br' check (country ~ '^[a-z]{2}$'),
  -- The area code of numbers written without one; '' when there is none.
  add column area_code text not null default '' check (area_code ~ '^[0-9]{0,5}$'),
  -- The long-distance carrier to choose (CSP); '' leaves that to the PBX.
  add column carrier_code text not null default '' check (carrier_code ~ '^[0-9]{0,2}$'),
  -- What stands before a number that leaves the house; '' when the PBX needs nothing.
  add column outside_prefix text not null default '' check (outside_prefix ~ '^[0-9*#]{0,4}$'),
  -- What the PBX wants to be given: +5511..., 11..., or 0 15 11...
  add column number_form text not null default 'e164'
    check (number_form in ('e164', 'national', 'carrier')),
  add column extension_lengths int[] not null default '{3,4,5}',
  -- How pressed keys travel: RFC 4733 events, or INFO requests.
  add column digits_by text not null default 'events' check (digits_by in ('events', 'info')),
  -- The authority that signed the PBX's certificate, PEM; '' is the system's.
  add column sip_authority text not null default '',
  add column sip_requires_srtp boolean not null default true;

-- Calls of these queues are answered by themselves after so many seconds; '*' is every queue.
create table crm.auto_answer (
  queue text primary key check (queue <> ''),
  after_seconds double precision not null default 1 check (after_seconds between 0 and 60)
);

-- Who the agent is, what he may do, and what his desk needs to know of the site.
-- AD001: no active agent. AD021: another agent's file.
create or replace function api_v1.sign_in(client uuid, host text) returns jsonb
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
      'secret', me.sip_secret, 'transport', site.sip_transport,
      'authority', site.sip_authority, 'requires_srtp', site.sip_requires_srtp,
      'digits_by', site.digits_by,
      'auto_answer', (select coalesce(jsonb_agg(jsonb_build_object(
          'queue', a.queue, 'after_seconds', a.after_seconds) order by a.queue), '[]')
        from crm.auto_answer a)),
    'fact_key', encode(site.fact_key, 'hex'),
    'site', jsonb_build_object('name', site.name, 'time_zone', site.time_zone,
      'dial_plan', jsonb_build_object(
        'country', site.country, 'area_code', site.area_code,
        'carrier_code', site.carrier_code, 'outside_prefix', site.outside_prefix,
        'number_form', site.number_form, 'extension_lengths', site.extension_lengths)),
    'generation', crm.generation(),
    'schema', site.schema_version,
    'server_time', clock_timestamp(),
    'lease_seconds', 259200,
    'sealing_key', encode(site.sealing_key, 'hex'));
end
$$;
