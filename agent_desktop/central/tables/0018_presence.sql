-- Who has which record in front of them and who types in which field: a hint among colleagues. One
-- row a desk, 30 s good, of which nothing stays: unlogged, so that no log, no replica and no copy
-- of the files holds it, and swept while it is used. It is told to whoever may see the record and
-- asks for it, by no notification: a channel can be listened to by every agent.

create unlogged table crm.presence (
  client uuid primary key,
  agent_id uuid not null,
  -- Empty and null: signed in, with no record in front.
  kind text not null,
  record_id uuid,
  field text not null,
  -- Since when this desk is here without a break, and its last sign of life.
  since timestamptz not null default clock_timestamp(),
  at timestamptz not null default clock_timestamp()
) with (fillfactor = 50);
create index presence_of_record on crm.presence (record_id) where record_id is not null;
create index presence_of_agent on crm.presence (agent_id);
