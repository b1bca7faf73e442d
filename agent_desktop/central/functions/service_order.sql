-- What agents may order about service orders.

create or replace function crm.locked_order(order_id uuid) returns crm.service_order
language plpgsql set search_path = '' as $$
declare
  o crm.service_order;
begin
  select * into o from crm.service_order x where x.id = order_id for update;
  if not found then
    perform crm.refuse('unknown_record');
  end if;
  return o;
end
$$;

create or replace function crm.write_order_event(
  event_id uuid, o crm.service_order, state text, text text, at timestamptz) returns void
language plpgsql set search_path = '' as $$
begin
  insert into crm.order_event (id, order_id, account_id, state, author, text, happened_at)
  values (event_id, o.id, o.account_id, state, (crm.me()).name, coalesce(text, ''),
          crm.happened(at));
end
$$;

create or replace function crm.write_item(o crm.service_order, p jsonb) returns void
language plpgsql set search_path = '' as $$
begin
  insert into crm.order_item
    (id, order_id, account_id, position, kind, product_code, name, quantity_milli,
     unit_price_cents, charge)
  select x.id, o.id, o.account_id, coalesce(x.position, 0), coalesce(x.kind, 'service'),
         coalesce(x.product_code, ''), coalesce(x.name, ''), coalesce(x.quantity_milli, 1000),
         coalesce(x.unit_price_cents, 0), coalesce(x.charge, 'charged')
  from jsonb_to_record(p) as x(
    id uuid, position int, kind text, product_code text, name text, quantity_milli bigint,
    unit_price_cents bigint, charge text);
end
$$;

create or replace function crm.order_create(p jsonb) returns void
language plpgsql set search_path = '' as $$
declare
  me crm.agent := crm.me();
  o crm.service_order;
begin
  if coalesce(p ->> 'title', '') = '' then
    perform crm.refuse('missing', 'title');
  elsif p ->> 'account_id' is null then
    perform crm.refuse('unknown_account');
  end if;
  insert into crm.service_order
    (id, number, account_id, unit_id, meter_id, ticket_id, interaction_id, title, note,
     created_at, created_by, updated_by)
  select x.id, x.number, x.account_id, x.unit_id, x.meter_id, x.ticket_id, x.interaction_id,
         x.title, coalesce(x.note, ''), crm.happened(x.at), me.name, me.name
  from jsonb_to_record(p) as x(
    id uuid, number text, account_id uuid, unit_id uuid, meter_id uuid, ticket_id uuid,
    interaction_id uuid, title text, note text, at timestamptz)
  returning * into o;
  perform crm.write_item(o, item) from jsonb_array_elements(coalesce(p -> 'items', '[]')) item;
  -- The first event has no id in the payload; this one follows from the order's.
  perform crm.write_order_event(md5('quotation:' || o.id)::uuid, o, 'quotation', '',
                                o.created_at);
end
$$;

create or replace function crm.order_item_add(p jsonb) returns void
language plpgsql set search_path = '' as $$
declare
  o crm.service_order := crm.locked_order((p ->> 'order_id')::uuid);
begin
  if o.state not in ('quotation', 'order') then
    perform crm.refuse('not_editable');
  end if;
  perform crm.write_item(o, p);
  update crm.service_order x set updated_at = now(), updated_by = (crm.me()).name
  where x.id = o.id;
end
$$;

create or replace function crm.order_move(p jsonb) returns void
language plpgsql set search_path = '' as $$
declare
  o crm.service_order := crm.locked_order((p ->> 'id')::uuid);
  target text := p ->> 'to';
  step crm.order_step;
begin
  if o.state is distinct from p ->> 'from' then
    perform crm.refuse('wrong_state');
  end if;
  select * into step from crm.order_step s where s.state = o.state and s.next = target;
  if not found or (step.needs is not null and not crm.may(step.needs)) then
    perform crm.refuse('not_allowed');
  end if;
  if target = 'dispatched'
     and not exists (select from crm.order_item i where i.order_id = o.id) then
    perform crm.refuse('items_missing');
  end if;
  update crm.service_order x set
    state = target, updated_at = now(), updated_by = (crm.me()).name
  where x.id = o.id;
  perform crm.write_order_event((p ->> 'event_id')::uuid, o, target, p ->> 'text',
                                (p ->> 'at')::timestamptz);
end
$$;

insert into crm.verb (name, function) values
  ('order.create', 'crm.order_create'),
  ('order.item_add', 'crm.order_item_add'),
  ('order.move', 'crm.order_move');
