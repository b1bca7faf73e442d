-- Tickets: a customer's demand, request or complaint, with its history.

create table crm.ticket (
  id uuid primary key,
  number text not null constraint ticket_number_key unique check (number <> ''),
  account_id uuid not null references crm.account,
  unit_id uuid references crm.unit,
  outage_id uuid references crm.outage,
  interaction_id uuid references crm.interaction,
  kind text not null default 'demand' check (kind in ('demand', 'request', 'complaint')),
  complaint_type text not null default '',
  subject text not null default '',
  description text not null default '',
  category text not null default '',
  priority text not null default 'normal'
    check (priority in ('low', 'normal', 'high', 'very_high')),
  status text not null default 'open'
    check (status in ('open', 'in_work', 'waiting', 'resolved', 'closed')),
  level int not null default 1 check (level in (1, 2)),
  team_id uuid references crm.team,
  assignee_id uuid references crm.agent,
  assignee_name text not null default '',
  created_at timestamptz,
  created_by text not null default '',
  response_due_at timestamptz,
  responded_at timestamptz,
  due_at timestamptz,
  paused_at timestamptz,
  resolved_at timestamptz,
  solution text not null default '',
  updated_at timestamptz default now(),
  updated_by text not null default '',
  revision bigint not null default 1,
  scope text not null default 'company' references crm.scope,
  touched jsonb not null default '{}'
);
create index ticket_by_account on crm.ticket (account_id);
create index ticket_by_interaction on crm.ticket (interaction_id);

create table crm.ticket_note (
  id uuid primary key,
  ticket_id uuid not null references crm.ticket,
  account_id uuid references crm.account,
  kind text not null default 'note' check (kind in
    ('note', 'handover', 'escalated', 'accepted', 'reply', 'resolved', 'moved')),
  internal boolean not null default true,
  author text not null default '',
  text text not null default '',
  written_at timestamptz,
  revision bigint not null default 1,
  scope text not null default 'company' references crm.scope
);
create index ticket_note_by_ticket on crm.ticket_note (ticket_id);
create index ticket_note_by_account on crm.ticket_note (account_id);

insert into crm.mirrored (name, hidden) values ('ticket', '{touched}');
insert into crm.mirrored (name) values ('ticket_note');
