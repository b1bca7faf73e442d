-- What is due now and then: what is too old goes.

-- What is due now: old batches, old calls of nobody, and what was handed over half and never again.
create or replace function crm.keep_house() returns jsonb
language plpgsql set search_path = '' as $$
declare
  batches int := crm.trim_audit();
  calls bigint := crm.trim_calls(make_interval(days => (select s.call_days from crm.site s)));
  halves int;
begin
  delete from crm.quarantine q where q.done_at is null and q.begun_at < now() - interval '30 days';
  get diagnostics halves = row_count;
  return jsonb_build_object('batches', batches, 'calls', calls, 'halves', halves);
end
$$;

create or replace function hub_v1.keep_house() returns jsonb
language sql security definer set search_path = '' as $$
  select crm.keep_house()
$$;
grant execute on function hub_v1.keep_house to collectors;
