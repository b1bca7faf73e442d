-- What stands at the customer's, what was agreed, what was billed, and what is down.
-- All of it comes from other systems; desks only read it.

create table crm.unit (
  id uuid primary key,
  account_id uuid not null references crm.account,
  number text not null default '',
  street text not null default '',
  house text not null default '',
  complement text not null default '',
  district text not null default '',
  city text not null default '',
  state_code text not null default '',
  postcode text not null default '',
  area text not null default 'urban' check (area in ('urban', 'rural')),
  voltage text not null default 'low' check (voltage in ('low', 'medium', 'high')),
  life_support boolean not null default false,
  feeder text not null default '',
  supply text not null default 'on' check (supply in ('on', 'cut')),
  revision bigint not null default 1,
  scope text not null default 'company' references crm.scope
);
create index unit_by_account on crm.unit (account_id);

create table crm.meter (
  id uuid primary key,
  account_id uuid not null references crm.account,
  unit_id uuid references crm.unit,
  serial text not null default '',
  model text not null default '',
  phases int,
  installed_on date,
  warranty_until date,
  revision bigint not null default 1,
  scope text not null default 'company' references crm.scope
);
create index meter_by_account on crm.meter (account_id);

create table crm.contract (
  id uuid primary key,
  account_id uuid not null references crm.account,
  unit_id uuid references crm.unit,
  number text not null default '',
  tariff text not null default '',
  state text not null default '',
  starts_on date,
  ends_on date,
  sla_hours int,
  revision bigint not null default 1,
  scope text not null default 'company' references crm.scope
);
create index contract_by_account on crm.contract (account_id);

create table crm.invoice (
  id uuid primary key,
  account_id uuid not null references crm.account,
  number text not null default '',
  amount_cents bigint,
  due_on date,
  paid_on date,
  revision bigint not null default 1,
  scope text not null default 'company' references crm.scope
);
create index invoice_by_account on crm.invoice (account_id, due_on desc);

create table crm.outage (
  id uuid primary key,
  code text not null default '',
  feeder text not null default '',
  city text not null default '',
  started_at timestamptz,
  forecast_at timestamptz,
  ended_at timestamptz,
  customers int,
  revision bigint not null default 1,
  scope text not null default 'company' references crm.scope
);

insert into crm.mirrored (name) values ('unit'), ('meter'), ('contract'), ('invoice'), ('outage');
