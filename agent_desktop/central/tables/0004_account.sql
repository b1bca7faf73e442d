-- Accounts with their phones and contacts. Facts about them are in 0009_fact.sql.

create table crm.account (
  id uuid primary key,
  number text not null constraint account_number_key unique check (number <> ''),
  kind text not null default 'person' check (kind in ('person', 'company')),
  name text not null default '',
  tax_id_kind text not null default '' check (tax_id_kind in ('', 'cpf', 'cnpj', 'inn')),
  tax_id_masked text not null default '',
  tax_id_digest bytea,
  segment text not null default ''
    check (segment in ('', 'residential', 'commercial', 'industrial', 'rural', 'public')),
  stage text not null default 'suspect'
    check (stage in ('suspect', 'candidate', 'buyer', 'client', 'defender')),
  language text not null default 'pt',
  email text not null default '',
  street text not null default '',
  house text not null default '',
  complement text not null default '',
  district text not null default '',
  city text not null default '',
  state_code text not null default '',
  postcode text not null default '',
  note text not null default '',
  active boolean not null default true,
  life_support boolean not null default false,
  erp_state text not null default 'none' check (erp_state in ('active', 'inactive', 'none')),
  erp_checked_at timestamptz,
  customer_since date,
  updated_at timestamptz default now(),
  updated_by text not null default '',
  revision bigint not null default 1,
  scope text not null default 'company' references crm.scope,
  -- Never sent to a desk: see functions/reveal.sql.
  tax_id text not null default '' check (tax_id ~ '^[0-9A-Z]*$'),
  birth_on date,
  -- Who changed which field last: {field: {by, at}}; told when two agents changed the same.
  touched jsonb not null default '{}'
);

-- Two active accounts with one tax id would split a customer's history.
create unique index account_tax_id_key on crm.account (tax_id) where tax_id <> '' and active;

create table crm.contact (
  id uuid primary key,
  account_id uuid not null references crm.account,
  name text not null default '',
  relation text not null default 'holder' check (relation in
    ('holder', 'authorised', 'family', 'landlord', 'tenant', 'accountant', 'manager')),
  authorised boolean not null default false,
  email text not null default '',
  revision bigint not null default 1,
  scope text not null default 'company' references crm.scope
);
create index contact_by_account on crm.contact (account_id);

create table crm.phone (
  id uuid primary key,
  account_id uuid not null references crm.account,
  contact_id uuid references crm.contact,
  written text not null default '',
  e164 bigint,
  extension text not null default '',
  kind text not null default 'mobile'
    check (kind in ('mobile', 'home', 'work', 'message', 'fax')),
  preferred boolean not null default false,
  valid_from date default current_date,
  valid_until date,
  -- Who asked not to be called, on which number, why and since when. Asking all the same is
  -- possible, and written down (functions/consent.sql).
  do_not_call boolean not null default false,
  do_not_call_reason text not null default '',
  do_not_call_on date,
  revision bigint not null default 1,
  scope text not null default 'company' references crm.scope
);
create index phone_by_account on crm.phone (account_id);
create index phone_by_e164 on crm.phone (e164);

insert into crm.mirrored (name, hidden) values ('account', '{tax_id, birth_on, touched}');
insert into crm.mirrored (name) values ('contact'), ('phone');
