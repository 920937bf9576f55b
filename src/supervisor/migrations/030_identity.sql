-- Identity: credentials, devices, sessions and invitations. Rows carry a keyed tag over all their columns; the vault
-- refuses a row whose tag does not fit, and every change of one stands in the ledger with its old and new tag.

create table vault.person_credential (
  id uuid primary key,
  version integer not null check (version > 0),
  user_id uuid not null,
  kind text not null check (kind in ('password', 'totp', 'passkey', 'recovery')),
  -- keyed tag of a passkey's credential id, by which a sign-in finds it
  lookup bytea check ((kind = 'passkey') = (lookup is not null)),
  -- sealed with the vault's credential key: hash, secret or public key
  secret bytea not null,
  created_at timestamptz not null,
  last_used_at timestamptz,
  -- the newest TOTP time step accepted; earlier ones never are
  last_totp_step integer,
  -- removed credentials stay as rows, emptied, so that the ledger's account of rows holds
  removed_at timestamptz,
  tag bytea not null check (length(tag) = 32)
);
create unique index person_credential_one on vault.person_credential (user_id, kind) where kind <> 'passkey' and removed_at is null;
create unique index person_credential_lookup on vault.person_credential (lookup) where removed_at is null;
create index person_credential_user on vault.person_credential (user_id) where removed_at is null;

create table vault.device (
  id uuid primary key,
  version integer not null check (version > 0),
  user_id uuid not null,
  -- the public key (P-256, RFC 7518 coordinates) and its RFC 7638 thumbprint
  key_x text not null,
  key_y text not null,
  thumbprint text not null,
  -- browser and system by family, never the full user agent
  family text not null,
  -- how it came to be trusted with full values; null: masks only
  confirmed_how text check (confirmed_how in ('enrolment', 'invitation', 'passkey', 'device', 'manager')),
  confirmed_by uuid,
  created_at timestamptz not null,
  revoked_at timestamptz,
  -- the device that took its place in the same browser
  replaced_by uuid references vault.device (id) deferrable initially deferred,
  tag bytea not null check (length(tag) = 32)
);
create unique index device_key on vault.device (user_id, thumbprint) where revoked_at is null;
create index device_user on vault.device (user_id);
create index device_thumbprint on vault.device (thumbprint) where revoked_at is null;

create table vault.session (
  id uuid primary key,
  version integer not null check (version > 0),
  device_id uuid not null references vault.device (id),
  user_id uuid not null,
  assurance text not null check (assurance in ('enrolment', 'invitation', 'passkey', 'password_totp', 'password_recovery')),
  started_at timestamptz not null,
  expires_at timestamptz not null,
  locked_at timestamptz,
  -- when the person last proved that it is he or she
  mfa_at timestamptz not null,
  ended_at timestamptz,
  ended_why text,
  tag bytea not null check (length(tag) = 32)
);
create unique index session_one on vault.session (device_id) where ended_at is null;
create index session_of_user on vault.session (user_id) where ended_at is null;

create table vault.invitation (
  id uuid primary key,
  version integer not null check (version > 0),
  user_id uuid not null,
  code_hash bytea not null unique check (length(code_hash) = 32),
  created_by uuid not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  revoked_at timestamptz,
  tag bytea not null check (length(tag) = 32)
);
create index invitation_user on vault.invitation (user_id) where used_at is null and revoked_at is null;

-- when and from where a device was last there; written in batches, so it is tagged but not part of the ledger's rows
create table vault.presence (
  device_id uuid primary key references vault.device (id),
  seen_at timestamptz not null,
  active_at timestamptz not null,
  ip text,
  tag bytea not null check (length(tag) = 32)
);

-- wrong guesses of a day; the subject is a keyed hash of an e-mail, a source address or a device
create table vault.guess_count (
  lane text not null,
  subject bytea not null,
  day date not null,
  wrong integer not null check (wrong >= 0),
  tag bytea not null check (length(tag) = 32),
  primary key (day, lane, subject)
);

do $$
declare
  name text;
begin
  foreach name in array array['person_credential', 'device', 'session', 'invitation', 'presence', 'guess_count'] loop
    execute format('alter table vault.%I enable row level security', name);
    execute format('alter table vault.%I force row level security', name);
    execute format('create policy actor_set on vault.%I to strongroom_vault using ((select vault.actor()) is not null) with check ((select vault.actor()) is not null)', name);
    execute format('grant select, insert, update on vault.%I to strongroom_vault', name);
  end loop;
  foreach name in array array['person_credential', 'device', 'session', 'invitation'] loop
    execute format('create policy audit_read on vault.%I for select to strongroom_audit using (true)', name);
    execute format('grant select (id, version, tag) on vault.%I to strongroom_audit', name);
  end loop;
end
$$;
grant delete on vault.guess_count to strongroom_vault;
