-- Searches read the index; a queue beside it would be read by each of them.
create or replace function crm.index_search() returns void
language plpgsql set search_path = '' as $$
declare
  kind text;
begin
  foreach kind in array array['name', 'tax_id', 'phone', 'unit', 'meter', 'protocol'] loop
    execute format('create index %I on crm.search_key using gin (key trgm.gin_trgm_ops)
      with (fastupdate = off) where kind = %L', 'search_' || kind, kind);
  end loop;
end
$$;

create or replace function crm.search_partition(scope text) returns void
language plpgsql set search_path = '' as $$
begin
  execute format('create table if not exists crm.%I partition of crm.search_key for values in (%L)',
    'search_key_' || scope, scope);
end
$$;
