-- Numbers that a desk may give out by itself, leased in blocks.

-- After a restore or a promotion blocks may have been leased that this server does not know of:
-- jump over them, once.
create or replace function crm.leave_gap() returns void
language plpgsql set search_path = '' as $$
begin
  update crm.site s set origin = crm.origin() where s.origin = '';
  update crm.site s set origin = crm.origin() where s.origin <> crm.origin();
  if found then
    update crm.number_kind k set next = k.next + 200000;
  end if;
end
$$;

-- 500 numbers for this desk's file. AD030: no such kind.
create or replace function api_v1.lease_numbers(client uuid, kind text)
returns table (first bigint, last bigint)
language plpgsql security definer set search_path = '' as $$
begin
  perform crm.claim_client(client);
  perform crm.leave_gap();
  update crm.number_kind k set next = k.next + 500 where k.kind = lease_numbers.kind
  returning k.next - 500, k.next - 1 into first, last;
  if not found then
    raise exception 'unknown kind of number' using errcode = 'AD030';
  end if;
  insert into crm.number_block values (kind, first, last, client);
  return next;
end
$$;
grant execute on function api_v1.lease_numbers to agents;

-- The same copy may be put back twice: counting on from it would call both lives the same, and no
-- desk would notice that what it had sent in between is gone. So the new life's number is by chance, and so is where its
-- numbers begin: both lives lease from there.
create or replace function crm.restored() returns void
language plpgsql set search_path = '' as $$
begin
  update crm.site s set
    generation = s.generation + 1 + floor(random() * 1000000)::int, origin = crm.origin();
  update crm.number_kind k set next = k.next + 200000 + floor(random() * 2000000)::int;
end
$$;
