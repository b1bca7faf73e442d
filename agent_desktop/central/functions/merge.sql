-- Merge per field: what the agent changed against what others changed meanwhile.

-- Judge one unit of fields (one field, or fields that belong together such as an address).
--   current  the record as it stands
--   base     what the agent saw; for a unit of several fields all of them
--   wish     what he wants
-- Returns null when there is nothing to do, `true` when the wish may be applied, `false` when
-- others changed the unit meanwhile and not to the same.
create or replace function crm.may_merge(unit text[], current jsonb, base jsonb, wish jsonb)
returns boolean
language sql immutable set search_path = '' as $$
  select case
    when not bool_or(wish -> f is distinct from current -> f) filter (where wish ? f) then null
    else not coalesce(
      bool_or(base -> f is distinct from current -> f) filter (where base ? f), false)
  end
  from unnest(unit) f
  having bool_or(wish ? f)
$$;

-- Merge a wish into a record. `units` is an array of arrays of field names. Returns
-- {apply: {field: value}, theirs: {field: {value, by, at}}}; `touched` knows who changed what
-- last, `others` who changed the record at all.
create or replace function crm.merge(
  units jsonb, current jsonb, base jsonb, wish jsonb, touched jsonb, others jsonb)
returns jsonb
language plpgsql immutable set search_path = '' as $$
declare
  apply jsonb := '{}';
  theirs jsonb := '{}';
  unit text[];
  verdict boolean;
begin
  for unit in
    select array(select jsonb_array_elements_text(u)) from jsonb_array_elements(units) u
  loop
    verdict := crm.may_merge(unit, current, base, wish);
    if verdict then
      apply := apply
        || (select jsonb_object_agg(f, wish -> f) from unnest(unit) f where wish ? f);
    elsif not verdict then
      theirs := theirs
        || (select jsonb_object_agg(f, jsonb_build_object('value', current -> f)
              || coalesce(touched -> f, others)) from unnest(unit) f);
    end if;
  end loop;
  return jsonb_build_object('apply', apply, 'theirs', theirs);
end
$$;

-- {field: {by, at}} for these fields, changed by this agent now.
create or replace function crm.touch(fields jsonb, who text) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_object_agg(f, jsonb_build_object('by', who, 'at', now())), '{}')
  from jsonb_object_keys(fields) f
$$;

-- The result of a merge: accepted, or a conflict that says what stands there now.
create or replace function crm.merged(theirs jsonb) returns jsonb
language sql immutable
  return case when theirs = '{}' then '{"state": "accepted"}'::jsonb
    else jsonb_build_object('state', 'conflict', 'code', 'changed_elsewhere', 'theirs', theirs,
      'fields', (select jsonb_object_agg(f, 'changed_elsewhere')
                 from jsonb_object_keys(theirs) f))
    end;

-- A wish may name only these fields.
create or replace function crm.only_fields(wish jsonb, units jsonb) returns void
language plpgsql set search_path = '' as $$
declare
  stranger text := (
    select f from jsonb_object_keys(wish) f
    where not exists (select from jsonb_array_elements(units) u where u ? f) limit 1);
begin
  if stranger is not null then
    perform crm.refuse('unknown_field', stranger);
  end if;
end
$$;
