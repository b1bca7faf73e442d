-- What a desk reads: one view per mirrored table, its columns as in models/store/tables.py, and the
-- feed. The views run as the agent, under the row policies; the list of columns a desk may read
-- is the list of columns of the view.

create view sync_v1.account with (security_invoker) as select
  id, number, kind, name, tax_id_kind, tax_id_masked, tax_id_digest, segment, stage, language,
  email, street, house, complement, district, city, state_code, postcode, note, active,
  life_support, erp_state, erp_checked_at, customer_since, updated_at, updated_by, revision
from crm.account;

create view sync_v1.phone with (security_invoker) as select
  id, account_id, contact_id, written, e164, extension, kind, preferred, valid_from, valid_until,
  revision
from crm.phone;

create view sync_v1.contact with (security_invoker) as select
  id, account_id, name, relation, authorised, email, revision
from crm.contact;

create view sync_v1.fact with (security_invoker) as select
  id, account_id, contact_id, kind, digest, revision
from crm.fact;

create view sync_v1.unit with (security_invoker) as select
  id, account_id, number, street, house, complement, district, city, state_code, postcode, area,
  voltage, life_support, feeder, supply, revision
from crm.unit;

create view sync_v1.meter with (security_invoker) as select
  id, account_id, unit_id, serial, model, phases, installed_on, warranty_until, revision
from crm.meter;

create view sync_v1.contract with (security_invoker) as select
  id, account_id, unit_id, number, tariff, state, starts_on, ends_on, sla_hours, revision
from crm.contract;

create view sync_v1.invoice with (security_invoker) as select
  id, account_id, number, amount_cents, due_on, paid_on, revision
from crm.invoice;

create view sync_v1.outage with (security_invoker) as select
  id, code, feeder, city, started_at, forecast_at, ended_at, customers, revision
from crm.outage;

create view sync_v1.ticket with (security_invoker) as select
  id, number, account_id, unit_id, outage_id, interaction_id, kind, complaint_type, subject,
  description, category, priority, status, level, team_id, assignee_id, assignee_name,
  created_at, created_by, response_due_at, responded_at, due_at, paused_at, resolved_at,
  solution, updated_at, updated_by, revision
from crm.ticket;

create view sync_v1.ticket_note with (security_invoker) as select
  id, ticket_id, account_id, kind, internal, author, text, written_at, revision
from crm.ticket_note;

create view sync_v1.service_order with (security_invoker) as select
  id, number, account_id, unit_id, meter_id, ticket_id, interaction_id, title, state, note, crew,
  window_from, window_until, due_at, created_at, created_by, updated_at, updated_by, revision
from crm.service_order;

create view sync_v1.order_item with (security_invoker) as select
  id, order_id, account_id, position, kind, product_code, name, quantity_milli,
  unit_price_cents, charge, revision
from crm.order_item;

create view sync_v1.order_event with (security_invoker) as select
  id, order_id, account_id, state, author, text, happened_at, revision
from crm.order_event;

create view sync_v1.interaction with (security_invoker) as select
  id, protocol, account_id, contact_id, agent_id, agent_name, channel, direction, number, queue,
  dialled, started_at, ended_at, status, reason, summary, notes, acting_for, verified_count,
  verified_needed, revision
from crm.interaction;

create view sync_v1.interaction_call with (security_invoker) as select
  id, interaction_id, account_id, pbx_call_id, direction, number, started_at, answered_at,
  ended_at, end_reason, revision
from crm.interaction_call;

create view sync_v1.team with (security_invoker) as select
  id, code, name, level, revision
from crm.team;

create view sync_v1.agent with (security_invoker) as select
  id, user_name, name, business_role, team_id, extension, active, revision
from crm.agent;

create view sync_v1.product with (security_invoker) as select
  id, code, name, kind, measure, unit_price_cents, revision
from crm.product;

create view sync_v1.code_entry with (security_invoker) as select
  id, list, code, parent_code, name_en, name_pt, name_ru, position, active, revision
from crm.code_entry;

-- Agents may read exactly the views' columns; the policies need the scope as well, but they run
-- with the table's rights and no grant.
do $$
declare
  mirrored record;
begin
  for mirrored in
    select c.relname as name, string_agg(quote_ident(a.attname), ', ') as columns
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
    where c.relnamespace = 'sync_v1'::regnamespace and c.relkind = 'v'
    group by c.relname
  loop
    execute format('grant select on sync_v1.%I to agents', mirrored.name);
    execute format('grant select (%s) on crm.%I to agents', mirrored.columns, mirrored.name);
  end loop;
end
$$;


-- The feed's lines visible in `upto` and not in `since`, behind (after_xid, after_seq), in order.
-- "Not visible in since" is written as its two halves, both on the index: transactions that began
-- after that snapshot, and those that were running in it. A record that moved out of the agent's
-- scopes is told as `forget`. AD010: not the primary, whose snapshots alone list what is running.
-- AD011: the cursor is of another life of the centre or older than the feed; fetch all anew.
create function sync_v1.log(since text, upto text, after_xid text, after_seq bigint, most int)
returns table (xid text, seq bigint, table_name text, id uuid, op text)
language plpgsql stable security definer set search_path = '' as $$
declare
  s1 pg_snapshot := since::pg_snapshot;
  s2 pg_snapshot := upto::pg_snapshot;
  running xid8[] := array(select pg_snapshot_xip(since::pg_snapshot));
  x xid8 := coalesce(nullif(after_xid, ''), '0')::xid8;
  n bigint := coalesce(after_seq, 0);
  rows int := least(greatest(coalesce(most, 1000), 1), 20000);
  seen text[] := crm.scopes();
begin
  if pg_is_in_recovery() then
    raise exception 'this is a standby' using errcode = 'AD010';
  end if;
  if pg_snapshot_xmin(s1) <= (select s.feed_floor from crm.site s)
     or pg_snapshot_xmax(s1) > pg_snapshot_xmax(pg_current_snapshot()) then
    raise exception 'this cursor is not of this feed' using errcode = 'AD011';
  end if;
  return query
    select f.xid::text, f.seq, f.table_name, f.id,
           case when f.scope = any (seen) then f.op else 'forget' end
    from (
      (select * from crm.feed a
        where a.xid >= pg_snapshot_xmax(s1) and a.xid < pg_snapshot_xmax(s2)
          and (a.xid, a.seq) > (x, n) and pg_visible_in_snapshot(a.xid, s2)
        order by a.xid, a.seq limit rows)
      union all
      (select * from crm.feed b
        where b.xid = any (running)
          and (b.xid, b.seq) > (x, n) and pg_visible_in_snapshot(b.xid, s2)
        order by b.xid, b.seq limit rows)
    ) f
    order by f.xid, f.seq
    limit rows;
end
$$;
grant execute on function sync_v1.log to agents;
