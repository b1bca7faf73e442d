-- What agents may order about their interactions.

-- The agent's own interaction, locked.
create or replace function crm.my_interaction(interaction_id uuid) returns crm.interaction
language plpgsql set search_path = '' as $$
declare
  i crm.interaction;
begin
  select * into i from crm.interaction x where x.id = interaction_id for update;
  if not found then
    perform crm.refuse('unknown_record');
  elsif i.agent_id is distinct from crm.actor() then
    perform crm.refuse('not_yours');
  end if;
  return i;
end
$$;

create or replace function crm.interaction_begin(p jsonb) returns void
language plpgsql set search_path = '' as $$
declare
  me crm.agent := crm.me();
begin
  insert into crm.interaction
    (id, protocol, account_id, agent_id, agent_name, channel, direction, number, queue, dialled,
     started_at)
  select x.id, x.protocol, x.account_id, me.id, me.name, coalesce(x.channel, 'call'),
         coalesce(x.direction, 'inbound'), coalesce(x.number, ''), coalesce(x.queue, ''),
         coalesce(x.dialled, ''), crm.happened(x.at)
  from jsonb_to_record(p) as x(
    id uuid, protocol text, account_id uuid, channel text, direction text, number text,
    queue text, dialled text, at timestamptz);
end
$$;

-- A contact given or taken away with the account stays only if it is one of that account's.
create or replace function crm.interaction_change(p jsonb) returns void
language plpgsql set search_path = '' as $$
declare
  old crm.interaction := crm.my_interaction((p ->> 'id')::uuid);
  new crm.interaction;
begin
  perform crm.only_fields(p -> 'set', '[["account_id", "contact_id", "notes", "reason",
    "summary", "acting_for", "verified_count", "verified_needed"]]');
  new := jsonb_populate_record(old, p -> 'set');
  if new.contact_id is not null and not exists (
      select from crm.contact c where c.id = new.contact_id and c.account_id = new.account_id) then
    perform crm.refuse('unknown_record', 'contact_id');
  end if;
  update crm.interaction i set
    account_id = new.account_id, contact_id = new.contact_id, notes = new.notes,
    reason = new.reason, summary = new.summary, acting_for = new.acting_for,
    verified_count = new.verified_count, verified_needed = new.verified_needed
  where i.id = old.id;
  if new.account_id is distinct from old.account_id then
    update crm.interaction_call c set account_id = new.account_id
    where c.interaction_id = old.id;
  end if;
end
$$;

create or replace function crm.interaction_finish(p jsonb) returns void
language plpgsql set search_path = '' as $$
declare
  mine crm.interaction := crm.my_interaction((p ->> 'id')::uuid);
begin
  if coalesce(p ->> 'reason', '') = '' then
    perform crm.refuse('reason_missing', 'reason');
  end if;
  update crm.interaction i set
    reason = p ->> 'reason', status = 'finished',
    ended_at = crm.happened((p ->> 'at')::timestamptz)
  where i.id = mine.id;
end
$$;

-- The interaction was another customer's: it goes there with everything written in it. What
-- belongs to the first account alone stays behind: its contact, its verification, its units.
create or replace function crm.interaction_move(p jsonb) returns void
language plpgsql set search_path = '' as $$
declare
  mine crm.interaction := crm.my_interaction((p ->> 'id')::uuid);
  account uuid := (p ->> 'account_id')::uuid;
begin
  if account is null then
    perform crm.refuse('unknown_account');
  end if;
  update crm.interaction i set account_id = account, contact_id = null, verified_count = 0
  where i.id = mine.id;
  update crm.interaction_call c set account_id = account where c.interaction_id = mine.id;
  update crm.ticket t set account_id = account, unit_id = crm.own_unit(t.unit_id, account)
  where t.interaction_id = mine.id;
  update crm.ticket_note n set account_id = account from crm.ticket t
  where n.ticket_id = t.id and t.interaction_id = mine.id;
  update crm.service_order o set
    account_id = account, unit_id = crm.own_unit(o.unit_id, account), meter_id = null
  where o.interaction_id = mine.id;
  update crm.order_item i set account_id = account from crm.service_order o
  where i.order_id = o.id and o.interaction_id = mine.id;
  update crm.order_event e set account_id = account from crm.service_order o
  where e.order_id = o.id and o.interaction_id = mine.id;
end
$$;

-- The unit if it is this account's, else none.
create or replace function crm.own_unit(unit_id uuid, account_id uuid) returns uuid
language sql stable set search_path = '' as $$
  select u.id from crm.unit u where u.id = own_unit.unit_id and u.account_id = own_unit.account_id
$$;

create or replace function crm.verification_log(p jsonb) returns void
language plpgsql set search_path = '' as $$
declare
  mine crm.interaction := crm.my_interaction((p ->> 'interaction_id')::uuid);
begin
  if not exists (select from crm.account a where a.id = (p ->> 'account_id')::uuid) then
    perform crm.refuse('unknown_account');
  end if;
  insert into crm.verification
    (id, interaction_id, account_id, contact_id, agent_id, fact, passed, happened_at)
  select x.id, mine.id, x.account_id, x.contact_id, crm.actor(), x.fact, x.passed,
         crm.happened(x.at)
  from jsonb_to_record(p) as x(
    id uuid, account_id uuid, contact_id uuid, fact text, passed boolean, at timestamptz);
end
$$;

insert into crm.verb (name, function) values
  ('interaction.begin', 'crm.interaction_begin'),
  ('interaction.change', 'crm.interaction_change'),
  ('interaction.finish', 'crm.interaction_finish'),
  ('interaction.move', 'crm.interaction_move'),
  ('verification.log', 'crm.verification_log');
