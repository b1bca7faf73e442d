-- Erased subjects, and which desk has forgotten them: a desk says how far its mirror is.

-- How far this desk's mirror is. AD011: that is no cursor. AD021: another agent's file.
create or replace function api_v1.acknowledge(client uuid, generation bigint, snapshot text) returns void
language plpgsql security definer set search_path = '' as $$
begin
  perform crm.claim_client(client);
  perform snapshot::pg_snapshot;
  update crm.client c set generation = acknowledge.generation, snapshot = acknowledge.snapshot,
    acknowledged_at = now() where c.id = client;
exception when data_exception then
  raise exception 'this is no cursor' using errcode = 'AD011';
end
$$;
grant execute on function api_v1.acknowledge to agents;

-- Delete an account with all its records; desks hear of it through the feed. Returns how many
-- records went. AD100 unknown_account.
create or replace function crm.erase_account(account uuid) returns bigint
language plpgsql set search_path = '' as $$
declare
  before text := coalesce(current_setting('crm.scope_set', true), '');
  name text;
  here bigint;
  gone bigint := 0;
begin
  perform set_config('crm.scope_set', (select string_agg(s.name, ',') from crm.scope s), true);
  -- A record before what it refers to.
  foreach name in array array['order_event', 'order_item', 'verification', 'interaction_call',
    'service_order', 'ticket_note', 'ticket', 'interaction', 'fact', 'phone', 'contact',
    'contract', 'invoice', 'meter', 'unit']
  loop
    execute format('delete from crm.%I where account_id = $1', name) using account;
    get diagnostics here = row_count;
    gone := gone + here;
  end loop;
  delete from crm.account a where a.id = account;
  if not found then
    perform crm.refuse('unknown_account');
  end if;
  insert into crm.erasure (account_id, records) values (account, gone + 1)
  on conflict (account_id) do update set xid = excluded.xid, generation = excluded.generation,
    at = excluded.at, by = excluded.by, records = excluded.records;
  insert into crm.audit (what, record_id) values ('erase', account);
  perform set_config('crm.scope_set', before, true);
  return gone + 1;
end
$$;

-- Each erasure and the desks that may still hold the subject: known before it, and their mirror
-- was not told to be behind it.
drop view if exists crm.erasure_open;
create view crm.erasure_open as
select e.account_id, e.at, e.records, c.id as client, c.host, c.acknowledged_at
from crm.erasure e left join crm.client c
  on c.first_seen < e.at
  and not coalesce(c.generation = crm.generation()
    and (e.generation <> crm.generation() or pg_visible_in_snapshot(e.xid, c.snapshot::pg_snapshot)),
    false);
