-- What a record of a kind may have and become, for the verbs that all kinds share
-- (functions/record.sql). Written from the program's KINDS at each upgrade (kinds.py), by nobody else.

create table crm.kind (
  name text primary key,
  number_column text not null default '',
  number_prefix text not null default '',
  owned boolean not null default false,
  parent text not null default '',
  state_column text not null default '',
  start_state text not null default '',
  parts text[] not null default '{}',
  verbs text[] not null default '{}'
);

-- One row a column of the kind. `unit` counts the groups of columns that are merged as one, null
-- for a column that is not changed; `most` is how many characters a text may have.
create table crm.kind_field (
  kind text not null references crm.kind on delete cascade,
  field text not null,
  unit int,
  created boolean not null default false,
  required boolean not null default false,
  tied boolean not null default false,
  most int,
  primary key (kind, field)
);

create table crm.kind_move (
  kind text not null references crm.kind on delete cascade,
  from_state text not null,
  to_state text not null,
  needs_right text not null default '',
  primary key (kind, from_state, to_state)
);
