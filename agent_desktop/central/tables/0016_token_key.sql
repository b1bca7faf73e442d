-- The keys that all edges of the site sign tokens with, so that any may check another's; the
-- newest last. Kept twice as long as a key is used.
create table crm.token_key (
  made_at timestamptz primary key default clock_timestamp(),
  secret text not null default encode(sha256(
    uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())),
    'hex')
);
