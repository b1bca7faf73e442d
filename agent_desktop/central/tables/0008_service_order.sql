-- Service orders with their lines and their way from quotation to bill; products and lists.

create table crm.service_order (
  id uuid primary key,
  number text not null constraint service_order_number_key unique check (number <> ''),
  account_id uuid not null references crm.account,
  unit_id uuid references crm.unit,
  meter_id uuid references crm.meter,
  ticket_id uuid references crm.ticket,
  interaction_id uuid references crm.interaction,
  title text not null default '',
  state text not null default 'quotation' check (state in
    ('quotation', 'order', 'dispatched', 'confirmed', 'billed', 'cancelled')),
  note text not null default '',
  crew text not null default '',
  window_from timestamptz,
  window_until timestamptz,
  due_at timestamptz,
  created_at timestamptz,
  created_by text not null default '',
  updated_at timestamptz default now(),
  updated_by text not null default '',
  revision bigint not null default 1,
  scope text not null default 'company' references crm.scope
);
create index service_order_by_account on crm.service_order (account_id);
create index service_order_by_ticket on crm.service_order (ticket_id);
create index service_order_by_interaction on crm.service_order (interaction_id);

create table crm.order_item (
  id uuid primary key,
  order_id uuid not null references crm.service_order,
  account_id uuid references crm.account,
  position int not null default 0,
  kind text not null default 'service' check (kind in ('service', 'part', 'time', 'travel')),
  product_code text not null default '',
  name text not null default '',
  quantity_milli bigint not null default 1000 check (quantity_milli >= 0),
  unit_price_cents bigint not null default 0 check (unit_price_cents >= 0),
  charge text not null default 'charged' check (charge in ('charged', 'contract', 'warranty')),
  revision bigint not null default 1,
  scope text not null default 'company' references crm.scope
);
create index order_item_by_order on crm.order_item (order_id);
create index order_item_by_account on crm.order_item (account_id);

create table crm.order_event (
  id uuid primary key,
  order_id uuid not null references crm.service_order,
  account_id uuid references crm.account,
  state text not null check (state in
    ('quotation', 'order', 'dispatched', 'confirmed', 'billed', 'cancelled')),
  author text not null default '',
  text text not null default '',
  happened_at timestamptz,
  revision bigint not null default 1,
  scope text not null default 'company' references crm.scope
);
create index order_event_by_order on crm.order_event (order_id);
create index order_event_by_account on crm.order_event (account_id);

create table crm.product (
  id uuid primary key,
  code text not null constraint product_code_key unique,
  name text not null default '',
  kind text not null default 'service' check (kind in ('service', 'part', 'time', 'travel')),
  measure text not null default '',
  unit_price_cents bigint not null default 0,
  revision bigint not null default 1,
  scope text not null default 'company' references crm.scope
);

-- The trees people choose from: reasons of contacts, categories of tickets, reasons not ready.
create table crm.code_entry (
  id uuid primary key,
  list text not null check (list in ('reason', 'category', 'not_ready')),
  code text not null,
  parent_code text not null default '',
  name_en text not null default '',
  name_pt text not null default '',
  name_ru text not null default '',
  position int not null default 0,
  active boolean not null default true,
  revision bigint not null default 1,
  scope text not null default 'company' references crm.scope,
  unique (list, code)
);

-- Every move there is, and the right it takes.
create table crm.order_step (
  state text,
  next text,
  needs text,
  primary key (state, next)
);
insert into crm.order_step values
  ('quotation', 'order', null),
  ('order', 'dispatched', null),
  ('dispatched', 'confirmed', 'order.confirm'),
  ('confirmed', 'billed', null),
  ('quotation', 'cancelled', null),
  ('order', 'cancelled', null),
  ('dispatched', 'cancelled', null);

insert into crm.mirrored (name) values ('service_order'), ('order_item'), ('order_event'), ('product'), ('code_entry');
