-- Wrapped keys, and nothing but: what lies here opens nothing without the key store's file and the root key, neither of
-- which is in the database. Erasure is the deletion of a row of subject_key; nobody but the vault may read or write here.

create schema if not exists keys;
grant usage on schema keys to strongroom_vault;

-- one row for each version of each key the vault works with, wrapped under the store key that store_key_id names
create table keys.key_encryption_key (
  purpose text not null check (purpose in ('class2', 'class3', 'tag', 'lookup', 'purpose', 'sign')),
  version integer not null check (version > 0),
  -- all rows name the same file of the key store: replacing it re-wraps every row in one transaction
  store_key_id uuid not null,
  wrapped bytea not null check (length(wrapped) between 48 and 256),
  created_at timestamptz not null,
  primary key (purpose, version)
);
comment on table keys.key_encryption_key is 'Keys of the vault by purpose and version, wrapped (AES-KWP) under the store key';

-- one row for each subject: a data key for class 2 and one for class 3, each wrapped under the named version of its class
create table keys.subject_key (
  subject_id uuid primary key,
  class2_wrapped bytea not null check (length(class2_wrapped) = 56),
  class2_version integer not null check (class2_version > 0),
  class3_wrapped bytea not null check (length(class3_wrapped) = 56),
  class3_version integer not null check (class3_version > 0)
) with (fillfactor = 85);
comment on table keys.subject_key is 'Data keys of a subject, wrapped (AES-KWP) with its id; deleting the row erases the subject';

-- second lock behind the rotation: a key that rows still need, and the newest of a purpose, cannot be removed.
-- Statements inside see what was committed after the DELETE began, which the DELETE itself would not.
create function keys.refuse_needed_key() returns trigger
language plpgsql set search_path = pg_catalog as $$
begin
  if old.purpose not in ('class2', 'class3')
    or old.version >= (select max(version) from keys.key_encryption_key where purpose = old.purpose)
    or (old.purpose = 'class2' and exists (select from keys.subject_key where class2_version = old.version))
    or (old.purpose = 'class3' and exists (select from keys.subject_key where class3_version = old.version))
  then
    raise exception 'key % version % is still needed', old.purpose, old.version using errcode = 'restrict_violation';
  end if;
  return old;
end
$$;
create trigger refuse_needed_key before delete on keys.key_encryption_key
  for each row execute function keys.refuse_needed_key();
revoke execute on function keys.refuse_needed_key() from public;

alter table keys.key_encryption_key enable row level security;
alter table keys.key_encryption_key force row level security;
create policy actor_set on keys.key_encryption_key to strongroom_vault
  using ((select vault.actor()) is not null) with check ((select vault.actor()) is not null);
alter table keys.subject_key enable row level security;
alter table keys.subject_key force row level security;
create policy actor_set on keys.subject_key to strongroom_vault
  using ((select vault.actor()) is not null) with check ((select vault.actor()) is not null);

grant select, insert, delete on keys.key_encryption_key to strongroom_vault;
grant update (store_key_id, wrapped) on keys.key_encryption_key to strongroom_vault;
grant select, insert, delete on keys.subject_key to strongroom_vault;
grant update (class2_wrapped, class2_version, class3_wrapped, class3_version) on keys.subject_key to strongroom_vault;
