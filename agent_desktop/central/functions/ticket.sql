-- What agents may order about tickets.

create or replace function crm.locked_ticket(ticket_id uuid) returns crm.ticket
language plpgsql set search_path = '' as $$
declare
  t crm.ticket;
begin
  select * into t from crm.ticket x where x.id = ticket_id for update;
  if not found then
    perform crm.refuse('unknown_record');
  end if;
  return t;
end
$$;

-- A line of a ticket's history, written by who is asking.
create or replace function crm.write_note(
  note_id uuid, t crm.ticket, kind text, internal boolean, text text, at timestamptz)
returns void
language plpgsql set search_path = '' as $$
begin
  insert into crm.ticket_note (id, ticket_id, account_id, kind, internal, author, text, written_at)
  values (note_id, t.id, t.account_id, kind, internal, (crm.me()).name, text, crm.happened(at));
end
$$;

create or replace function crm.ticket_create(p jsonb) returns void
language plpgsql set search_path = '' as $$
declare
  me crm.agent := crm.me();
begin
  if coalesce(p ->> 'subject', '') = '' then
    perform crm.refuse('missing', 'subject');
  elsif p ->> 'account_id' is null then
    perform crm.refuse('unknown_account');
  end if;
  insert into crm.ticket
    (id, number, account_id, unit_id, interaction_id, outage_id, kind, complaint_type, subject,
     description, category, priority, response_due_at, due_at, assignee_id, assignee_name,
     team_id, created_at, created_by, updated_by)
  select x.id, x.number, x.account_id, x.unit_id, x.interaction_id, x.outage_id,
         coalesce(x.kind, 'demand'), coalesce(x.complaint_type, ''), x.subject,
         coalesce(x.description, ''), coalesce(x.category, ''), coalesce(x.priority, 'normal'),
         x.response_due_at, x.due_at, me.id, me.name, me.team_id, crm.happened(x.at), me.name,
         me.name
  from jsonb_to_record(p) as x(
    id uuid, number text, account_id uuid, unit_id uuid, interaction_id uuid, outage_id uuid,
    kind text, complaint_type text, subject text, description text, category text,
    priority text, response_due_at timestamptz, due_at timestamptz, at timestamptz);
end
$$;

-- May this agent set this status and assignee? Resolving is a command of its own, closing comes
-- after it, and giving work to somebody else is the supervisor's.
create or replace function crm.judge_ticket_change(old crm.ticket, new crm.ticket) returns void
language plpgsql set search_path = '' as $$
begin
  if new.status <> old.status and (new.status = 'resolved'
      or (new.status = 'closed') <> (old.status = 'resolved')) then
    perform crm.refuse('not_allowed', 'status');
  end if;
  if new.assignee_id is distinct from old.assignee_id
     and new.assignee_id is not null and new.assignee_id <> crm.actor()
     and not crm.may('ticket.reassign') then
    perform crm.refuse('not_allowed', 'assignee_id');
  end if;
end
$$;

-- Merge per field; status and assignee are one unit. A waiting ticket's clock stands still, so
-- its deadline moves by as long as it waited.
create or replace function crm.ticket_change(p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  units constant jsonb := '[["subject"], ["description"], ["category"], ["priority"],
    ["status", "assignee_id"]]';
  old crm.ticket := crm.locked_ticket((p ->> 'id')::uuid);
  wish jsonb := (p -> 'set') - 'assignee_name';
  me crm.agent := crm.me();
  new crm.ticket;
  m jsonb;
begin
  if old.status = 'closed' then
    perform crm.refuse('closed');
  end if;
  perform crm.only_fields(wish, units);
  m := crm.merge(units, to_jsonb(old), coalesce(p -> 'base', '{}'), wish, old.touched,
                 jsonb_build_object('by', old.updated_by, 'at', old.updated_at));
  new := jsonb_populate_record(old, m -> 'apply');
  perform crm.judge_ticket_change(old, new);
  if m -> 'apply' <> '{}' then
    update crm.ticket t set
      subject = new.subject, description = new.description, category = new.category,
      priority = new.priority, status = new.status, assignee_id = new.assignee_id,
      assignee_name = coalesce(
        (select a.name from crm.agent a where a.id = new.assignee_id), ''),
      paused_at = case when new.status = 'waiting' then coalesce(t.paused_at, now()) end,
      due_at = t.due_at + case when new.status = 'waiting' then interval '0'
                               else coalesce(now() - t.paused_at, interval '0') end,
      touched = old.touched || crm.touch(m -> 'apply', me.name),
      updated_at = now(), updated_by = me.name
    where t.id = old.id;
  end if;
  return crm.merged(m -> 'theirs');
end
$$;

-- The first reply that the customer sees stops the response clock.
create or replace function crm.ticket_note(p jsonb) returns void
language plpgsql set search_path = '' as $$
declare
  t crm.ticket := crm.locked_ticket((p ->> 'ticket_id')::uuid);
  kind text := coalesce(p ->> 'kind', 'note');
  internal boolean := coalesce((p ->> 'internal')::boolean, true);
  at timestamptz := (p ->> 'at')::timestamptz;
begin
  if kind not in ('note', 'reply') then
    perform crm.refuse('not_allowed', 'kind');
  elsif coalesce(p ->> 'text', '') = '' then
    perform crm.refuse('missing', 'text');
  end if;
  perform crm.write_note((p ->> 'id')::uuid, t, kind, internal, p ->> 'text', at);
  if kind = 'reply' and not internal and t.responded_at is null then
    update crm.ticket x set responded_at = crm.happened(at) where x.id = t.id;
  end if;
end
$$;

create or replace function crm.ticket_escalate(p jsonb) returns void
language plpgsql set search_path = '' as $$
declare
  t crm.ticket := crm.locked_ticket((p ->> 'id')::uuid);
  team uuid := (p ->> 'team_id')::uuid;
  me crm.agent := crm.me();
begin
  if t.status in ('resolved', 'closed') then
    perform crm.refuse('closed');
  elsif t.level = 2 then
    perform crm.refuse('already_escalated');
  elsif coalesce(p ->> 'handover', '') = '' then
    perform crm.refuse('handover_missing', 'handover');
  elsif not exists (select from crm.team x where x.id = team) then
    perform crm.refuse('unknown_record', 'team_id');
  end if;
  update crm.ticket x set
    level = 2, team_id = team, assignee_id = null, assignee_name = '', status = 'open',
    paused_at = null, due_at = x.due_at + coalesce(now() - x.paused_at, interval '0'),
    updated_at = now(), updated_by = me.name
  where x.id = t.id;
  perform crm.write_note((p ->> 'note_id')::uuid, t, 'handover', true, p ->> 'handover',
                         (p ->> 'at')::timestamptz);
end
$$;

create or replace function crm.ticket_resolve(p jsonb) returns void
language plpgsql set search_path = '' as $$
declare
  t crm.ticket := crm.locked_ticket((p ->> 'id')::uuid);
  me crm.agent := crm.me();
  at timestamptz := (p ->> 'at')::timestamptz;
begin
  if t.status in ('resolved', 'closed') then
    perform crm.refuse('closed');
  elsif t.level = 2 and not crm.may('ticket.resolve_escalated') then
    perform crm.refuse('not_allowed');
  elsif coalesce(p ->> 'solution', '') = '' then
    perform crm.refuse('missing', 'solution');
  end if;
  update crm.ticket x set
    status = 'resolved', solution = p ->> 'solution', resolved_at = crm.happened(at),
    paused_at = null, responded_at = coalesce(x.responded_at, crm.happened(at)),
    updated_at = now(), updated_by = me.name
  where x.id = t.id;
  perform crm.write_note((p ->> 'note_id')::uuid, t, 'resolved', false, p ->> 'solution', at);
end
$$;

insert into crm.verb (name, function) values
  ('ticket.create', 'crm.ticket_create'),
  ('ticket.change', 'crm.ticket_change'),
  ('ticket.note', 'crm.ticket_note'),
  ('ticket.escalate', 'crm.ticket_escalate'),
  ('ticket.resolve', 'crm.ticket_resolve');
