-- The roles everything hangs on. They are of the cluster, not of one database, so they are
-- made before anything else and making them again changes nothing.
do $$
begin
  -- Owns every table and function; nobody can log in as it and row policies bind it too.
  if to_regrole('crm_owner') is null then
    create role crm_owner nologin;
  end if;
  -- What all agents may do; each agent has a login role of his own that belongs to it.
  if to_regrole('agents') is null then
    create role agents nologin;
  end if;
  -- Hubs log in as members of these two. Edges may become any agent (each agent's role is
  -- granted to them) and inherit nothing from it; the collector reads whole scopes.
  if to_regrole('edges') is null then
    create role edges nologin noinherit;
  end if;
  if to_regrole('collectors') is null then
    create role collectors nologin;
  end if;
  -- Owns one function, which gives an agent's role another password (functions/password.sql). Nobody
  -- can log in as it; what may change roles may do no more than that function does.
  if to_regrole('crm_keeper') is null then
    create role crm_keeper nologin noinherit createrole;
  end if;
  -- Who creates things for crm_owner must be able to become it. Since PostgreSQL 16 having made
  -- a role does not include that; a superuser needs no membership.
  if not (select rolsuper from pg_roles where rolname = current_user)
     and not pg_has_role(current_user, 'crm_owner', 'usage') then
    execute format('grant crm_owner to %I', current_user);
  end if;
  if not (select rolsuper from pg_roles where rolname = current_user)
     and not pg_has_role(current_user, 'crm_keeper', 'usage') then
    execute format('grant crm_keeper to %I', current_user);
  end if;
end
$$;
