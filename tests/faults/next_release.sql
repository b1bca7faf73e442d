-- What the next release may do within sync_v1 and api_v1 (docs/decisions/versions.md), all of it
-- at once: a desk of today has to live with it.
set role crm_owner;

-- A column more, in the table and in the view.
alter table crm.account add column nickname text;
create or replace view sync_v1.account with (security_invoker) as select
  id, number, kind, name, tax_id_kind, tax_id_masked, tax_id_digest, segment, stage, language,
  email, street, house, complement, district, city, state_code, postcode, note, active,
  life_support, erp_state, erp_checked_at, customer_since, updated_at, updated_by, revision,
  nickname
from crm.account;
grant select (nickname) on crm.account to agents, collectors;

-- A mirrored table more, with all that mirrored tables have.
create table crm.battery (
  id uuid primary key,
  account_id uuid not null references crm.account,
  model text not null default '',
  revision bigint not null default 1,
  scope text not null default 'company' references crm.scope
);
create trigger row_revision before insert or update on crm.battery
  for each row execute function crm.count_revision();
create trigger row_feed after insert or update or delete on crm.battery
  for each row execute function crm.feed_line();
create trigger row_scope before insert or update of account_id on crm.battery
  for each row execute function crm.take_scope();
alter table crm.battery enable row level security;
alter table crm.battery force row level security;
create policy seen on crm.battery to public
  using (scope = any ((select crm.scopes())::text[]));
create view sync_v1.battery with (security_invoker) as
  select id, account_id, model, revision from crm.battery;
grant select on sync_v1.battery to agents, collectors;
grant select (id, account_id, model, revision) on crm.battery to agents, collectors;

-- New words wherever there are words.
do $$
declare
  one record;
begin
  for one in
    select c.conname as name, c.conrelid::regclass as place from pg_constraint c
    where c.contype = 'c' and c.connamespace = 'crm'::regnamespace
      and pg_get_constraintdef(c.oid) like '%ANY (ARRAY[%::text%'
      and c.conrelid::regclass::text not like 'crm.feed%'
  loop
    execute format('alter table %s drop constraint %I', one.place, one.name);
  end loop;
end
$$;

-- A kind of intent more, and an answer with more in it.
alter function crm.apply(text, jsonb) rename to apply_before;
create function crm.apply(kind text, p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
begin
  if kind = 'battery.add' then
    insert into crm.battery (id, account_id, model)
    values ((p ->> 'id')::uuid, (p ->> 'account_id')::uuid, p ->> 'model');
    return '{"state": "accepted", "mood": "good"}';
  end if;
  return crm.apply_before(kind, p) || '{"mood": "good"}';
end
$$;

-- Questions more, and more in the answers to those of today.
create function api_v1.weather() returns text language sql return 'rain';
grant execute on function api_v1.weather to agents;
create or replace function api_v1.position() returns jsonb
language plpgsql stable security definer set search_path = '' as $$
begin
  perform crm.me();
  return jsonb_build_object('generation', crm.generation(),
    'schema', (select s.schema_version from crm.site s),
    'snapshot', pg_current_snapshot()::text, 'mood', 'good');
end
$$;
do $$
begin
  execute replace(pg_get_functiondef('api_v1.sign_in(uuid, text)'::regprocedure),
    'return jsonb_build_object(', 'return jsonb_build_object(''mood'', ''good'', ');
end
$$;
update crm.site set number_form = 'pigeon';
insert into crm.business_right (business_role, name)
select distinct business_role, 'battery.add' from crm.business_right;

-- The second version of a view stands beside the first; and who mirrors has to fetch anew.
create schema sync_v2;
grant usage on schema sync_v2 to agents;
create view sync_v2.account with (security_invoker) as select id, name as full_name from crm.account;
grant select on sync_v2.account to agents;
update crm.site set schema_version = schema_version + 1;
reset role;
