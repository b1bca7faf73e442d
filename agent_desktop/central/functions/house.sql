-- What every verb needs: to refuse, and to know when.

-- A rule says no. `push` turns it into a result; `field` is '' for the whole record.
create or replace function crm.refuse(code text, field text default '') returns void
language plpgsql set search_path = '' as $$
begin
  raise exception using errcode = 'AD100', message = code, detail = field;
end
$$;

-- When something happened at the desk: what it says, but never in the future.
create or replace function crm.happened(at timestamptz) returns timestamptz
language sql stable
  return least(coalesce(at, now()), now());
