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
