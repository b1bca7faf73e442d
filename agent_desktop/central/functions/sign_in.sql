-- Signing in, and where the centre stands.

-- AD021: another agent's file.
create or replace function crm.claim_client(client uuid, host text default '') returns void
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
grant execute on function api_v1.sign_in to agents;

-- The cursor of what is read in this transaction. AD010 on a standby.
create or replace function api_v1.position() returns jsonb
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
grant execute on function api_v1.position to agents;
