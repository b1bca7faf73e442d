-- Intents: what desks want, each applied once, its result kept.

-- Apply one intent. Commands answer nothing, merges their own result. What a payload says is never
-- part of the text that is run: that is a function's name as the catalogue has it.
create or replace function crm.apply(kind text, p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  verb crm.verb;
  answer text;
begin
  select * into verb from crm.verb v where v.name = $1;
  if not found then
    perform crm.refuse('unknown_kind');
  elsif verb.kind = '' then
    execute format('select %s($1)', verb.function::regproc) into answer using p;
  else
    execute format('select %s($1, $2)', verb.function::regproc) into answer using verb.kind, p;
  end if;
  return coalesce(nullif(answer, ''), '{"state": "accepted"}')::jsonb;
end
$$;

create or replace function crm.refused(code text, field text default '') returns jsonb
language sql immutable
  return jsonb_build_object('state', 'refused', 'code', code, 'fields',
    case field when '' then '{}' else jsonb_build_object(field, code) end);

-- The word for a value that exists already.
create or replace function crm.duplicate(constraint_name text) returns jsonb
language sql immutable
  return case constraint_name
    when 'interaction_protocol_key' then crm.refused('duplicate_protocol')
    when 'account_tax_id_key' then crm.refused('duplicate_tax_id', 'tax_id')
    when 'account_number_key' then crm.refused('duplicate_number')
    when 'ticket_number_key' then crm.refused('duplicate_number')
    when 'service_order_number_key' then crm.refused('duplicate_number')
    else crm.refused('duplicate_record') end;

-- Apply one intent or say why not; a refused one leaves nothing behind. What a payload gets wrong
-- is a refusal too, and so is a mistake in the verb: an intent that can never succeed must not stop
-- those behind it. What may succeed the next time is no refusal but an error, and the desk sends
-- again: a standby or a transaction that idled (25006, 25P03), a conflict of transactions (40), no
-- room (53), a lock (55P03, 55006), an operator (57), the system (58, XX: also a function that an
-- upgrade has just replaced), and what the centre says of the agent or the server (AD0..). Of the
-- classes 25 and 55 the rest are mistakes in a verb.
create or replace function crm.judge(kind text, p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  code text;
  field text;
  state text;
begin
  if jsonb_typeof(p) is distinct from 'object' then
    perform crm.refuse('malformed');
  end if;
  return crm.apply(kind, p);
exception
  when sqlstate 'AD100' then
    get stacked diagnostics code = message_text, field = pg_exception_detail;
    return crm.refused(code, field);
  when unique_violation then
    get stacked diagnostics code = constraint_name;
    return crm.duplicate(code);
  when foreign_key_violation then
    return crm.refused('unknown_record');
  when insufficient_privilege then
    return crm.refused('not_allowed');
  when division_by_zero then  -- of the class below, and never the payload's doing
    return crm.refused('fault') || jsonb_build_object('detail', '22012');
  when data_exception or integrity_constraint_violation then
    get stacked diagnostics code = message_text;
    return crm.refused('malformed') || jsonb_build_object('detail', code);
  when others or assert_failure then  -- `others` leaves a failed assert out
    get stacked diagnostics state = returned_sqlstate, code = message_text;
    if left(state, 2) in ('40', '53', '57', '58', 'XX') or left(state, 3) = 'AD0'
        or state in ('25006', '25P03', '55P03', '55006') then
      raise;
    end if;
    raise log 'verb % failed: % (%)', kind, code, state;
    return crm.refused('fault') || jsonb_build_object('detail', state);
end
$$;

-- A payload says what somebody typed. Files and recordings travel in parts, by roads of their own.
create or replace function crm.most_payload_bytes() returns int
language sql immutable return 262144;

-- Apply intent n of a desk's file once. The same (client, n) with the same hash gets the stored
-- result, so a desk may send again after a broken line; with another hash it is AD020.
-- AD001: no active agent. AD021: another agent's file. Call it outside a longer transaction.
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
  elsif octet_length(payload::text) > crm.most_payload_bytes() then
    outcome := crm.refused('too_large');
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
grant execute on function api_v1.push to agents;
