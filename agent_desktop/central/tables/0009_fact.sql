-- Answers to verification questions, as keyed digests: a desk can compare, never read.

create table crm.fact (
  id uuid primary key,
  account_id uuid not null references crm.account,
  contact_id uuid references crm.contact,
  kind text not null
    check (kind in ('birth_on', 'tax_id', 'postcode', 'last_bill', 'meter_serial')),
  digest bytea not null,
  revision bigint not null default 1,
  scope text not null default 'company' references crm.scope
);
create index fact_by_account on crm.fact (account_id);

insert into crm.mirrored (name) values ('fact');
