-- The centre itself: one row.
create table crm.site (
  one boolean primary key default true check (one),
  name text not null default '',
  time_zone text not null default 'America/Sao_Paulo',
  -- Raised by bulk loads and whenever desks must fetch everything anew.
  generation int not null default 1,
  -- Which server and timeline the numbers were leased on, see functions/number.sql.
  origin text not null default '',
  -- The version of sync_v1; a desk with another one asks for an update.
  schema_version int not null default 1,
  -- Keys the digests of facts; 366 bits of the system's chance.
  fact_key bytea not null default sha256(
    uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())),
  -- X25519; a desk seals the key of its local file to the public half.
  sealing_key bytea not null default '',
  sealing_secret bytea not null default '',
  sip_registrar text not null default '',
  sip_transport text not null default 'tls',
  -- The highest transaction whose feed rows were dropped; older cursors start anew.
  feed_floor xid8 not null default '0',
  -- How this site dials, and how its telephones behave; told at sign-in.
  country text not null default 'br' check (country ~ '^[a-z]{2}$'),
  -- The area code of numbers written without one; '' when there is none.
  area_code text not null default '' check (area_code ~ '^[0-9]{0,5}$'),
  -- The long-distance carrier to choose (CSP); '' leaves that to the PBX.
  carrier_code text not null default '' check (carrier_code ~ '^[0-9]{0,2}$'),
  -- What stands before a number that leaves the house; '' when the PBX needs nothing.
  outside_prefix text not null default '' check (outside_prefix ~ '^[0-9*#]{0,4}$'),
  -- What the PBX wants to be given: +5511..., 11..., or 0 15 11...
  number_form text not null default 'e164'
    check (number_form in ('e164', 'national', 'carrier')),
  extension_lengths int[] not null default '{3,4,5}',
  -- How pressed keys travel: RFC 4733 events, or INFO requests.
  digits_by text not null default 'events' check (digits_by in ('events', 'info')),
  -- The authority that signed the PBX's certificate, PEM; '' is the system's.
  sip_authority text not null default '',
  sip_requires_srtp boolean not null default true,
  -- Days 0: a password never ends. The desk judges how long a new one is, for it sends a SCRAM
  -- verifier and nobody here ever sees the password.
  password_days int not null default 0 check (password_days between 0 and 3650),
  password_length int not null default 12 check (password_length between 8 and 128),
  -- What is kept for how long. Days 0: the audit is kept for ever.
  audit_days int not null default 0 check (audit_days >= 0),
  call_days int not null default 30 check (call_days > 0),
  -- How often one agent may look at a masked value.
  reveals_an_hour int not null default 60 check (reveals_an_hour > 0)
);
insert into crm.site (schema_version) values (2);

-- Calls of these queues are answered by themselves after so many seconds; '*' is every queue.
create table crm.auto_answer (
  queue text primary key check (queue <> ''),
  after_seconds double precision not null default 1 check (after_seconds between 0 and 60)
);
