-- Quarantine: sealed local files of agents who have left, or whose old password is lost.

create or replace function crm.quarantine_part_bytes() returns int language sql immutable return 1048576;

-- One leftover, and what one agent may hand over in a day.
create or replace function crm.most_quarantined() returns bigint language sql immutable return 67108864;

create or replace function crm.most_quarantined_a_day() returns bigint language sql immutable return 536870912;

-- Begin to hand files over, or go on: {"id", "have": parts that are here, "is_whole"}. Files of
-- another agent are taken once that one has left. AD001, AD050: the owner has not left, or there
-- is no such agent. AD051: too much. AD052: these are no files of a desk.
create or replace function api_v1.quarantine_begin(
  owner text, label text, host text, files jsonb, sha256 bytea) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  me crm.agent := crm.me();
  whose crm.agent;
  found crm.quarantine;
  total bigint;
begin
  select * into whose from crm.agent a where a.user_name = quarantine_begin.owner;
  if whose.id is null or (whose.active and whose.id <> me.id) then
    raise exception 'this agent has not left' using errcode = 'AD050';
  end if;
  if jsonb_typeof(files) is distinct from 'array' or length(sha256) is distinct from 32
     or jsonb_array_length(files) not between 1 and 4
     or exists (select from jsonb_array_elements(files) f
       where coalesce(f ->> 'name', '') not in ('local.db', 'local.db-wal', 'local.key.sealed')
         or coalesce(f ->> 'bytes', '') !~ '^[0-9]{1,12}$')
     or coalesce(label, '-') !~ '^[A-Za-z0-9_-]{0,80}$' or length(coalesce(host, '')) > 255
  then
    raise exception 'these are no files of a desk' using errcode = 'AD052';
  end if;
  total := (select sum((f ->> 'bytes')::bigint) from jsonb_array_elements(files) f);
  -- One at a time of one agent: else many at once would be counted before any is there.
  perform from crm.password p where p.agent_id = me.id for update;
  select * into found from crm.quarantine q
    where q.owner_id = whose.id and q.sha256 = quarantine_begin.sha256;
  if found.id is null then
    if total > crm.most_quarantined() or total < 1 or total + coalesce((
      select sum(q.bytes + 1048576) from crm.quarantine q
      where q.handed_by = me.id and q.begun_at > now() - interval '1 day'), 0)
      > crm.most_quarantined_a_day()
    then
      raise exception 'too much' using errcode = 'AD051';
    end if;
    insert into crm.quarantine (owner_id, label, host, files, bytes, sha256, handed_by)
    values (whose.id, label, coalesce(host, ''), files, total, sha256, me.id) returning * into found;
  end if;
  return jsonb_build_object('id', found.id, 'is_whole', found.done_at is not null,
    'have', (select count(*) from crm.quarantine_part p where p.quarantine_id = found.id));
end
$$;
grant execute on function api_v1.quarantine_begin to agents;

-- One part of 1 MiB, the last one shorter, in order; a part that is here is taken again without
-- effect. AD001, AD052: nothing like that was begun, or the part does not fit.
create or replace function api_v1.quarantine_put(id uuid, n int, data bytea) returns void
language plpgsql security definer set search_path = '' as $$
declare
  me crm.agent := crm.me();
  begun crm.quarantine;
  have int;
begin
  select * into begun from crm.quarantine q where q.id = quarantine_put.id for update;
  select count(*) into have from crm.quarantine_part p where p.quarantine_id = begun.id;
  if begun.done_at is not null or (begun.id is not null and n between 0 and have - 1) then
    return;
  end if;
  if begun.id is null or n is distinct from have or length(data) is distinct from
     least(crm.quarantine_part_bytes(), begun.bytes - n::bigint * crm.quarantine_part_bytes())
     or length(data) = 0
  then
    raise exception 'this part does not fit' using errcode = 'AD052';
  end if;
  insert into crm.quarantine_part values (begun.id, n, data);
end
$$;
grant execute on function api_v1.quarantine_put to agents;

-- Whether all of it is here and as it was said: only then the desk may delete its files. Parts
-- that are not as it was said are dropped, and the desk begins again. AD001.
create or replace function api_v1.quarantine_end(id uuid) returns boolean
language plpgsql security definer set search_path = '' as $$
declare
  me crm.agent := crm.me();
  begun crm.quarantine;
  digest bytea;
begin
  select * into begun from crm.quarantine q where q.id = quarantine_end.id for update;
  if begun.id is null or begun.done_at is not null then
    return begun.done_at is not null;
  end if;
  select sha256(string_agg(sha256(p.data), '' order by p.n)) into digest
  from crm.quarantine_part p where p.quarantine_id = begun.id
  having sum(length(p.data)) = begun.bytes;
  if digest is distinct from begun.sha256 then
    delete from crm.quarantine_part p where p.quarantine_id = begun.id;
    return false;
  end if;
  update crm.quarantine q set done_at = now() where q.id = begun.id;
  insert into crm.audit (agent_id, what, record_id, detail) values (me.id, 'quarantine', begun.id,
    jsonb_build_object('owner', begun.owner_id, 'label', begun.label, 'bytes', begun.bytes));
  return true;
end
$$;
grant execute on function api_v1.quarantine_end to agents;
