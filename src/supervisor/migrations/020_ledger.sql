-- The ledger: what was done, by whom, in an order that a Merkle tree fixes. The vault may add and read, never change or
-- remove, except that the sequencer empties the outbox. The auditor's role reads everything here and nothing else.

create table vault.ledger_outbox (
  seq bigint generated always as identity primary key,
  id uuid not null,
  body text not null,
  sealed bytea,
  -- keyed tag over (id, body): the sequencer signs nothing that the vault did not write
  tag bytea not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000);

-- body is authoritative; the columns beside it repeat parts of it for search, and the verifier compares them
create table vault.ledger_entry (
  position bigint primary key check (position >= 0),
  id uuid not null,
  at timestamptz not null,
  action text not null,
  object text,
  person_id uuid,
  device_id uuid,
  ip text,
  result text not null check (result in ('ok', 'refused')),
  body text not null,
  sealed bytea,
  leaf bytea not null check (length(leaf) = 32)
);
-- an entry is in the ledger once: one that is put into the outbox again is refused
create unique index ledger_entry_id on vault.ledger_entry (id);
create index ledger_entry_at on vault.ledger_entry (at, position);
create index ledger_entry_person on vault.ledger_entry (person_id, at, position) where person_id is not null;
create index ledger_entry_object on vault.ledger_entry (object, at, position) where object is not null;
create index ledger_entry_action on vault.ledger_entry (action, at, position);
create index ledger_entry_ip on vault.ledger_entry (ip, at, position) where ip is not null;

-- who has looked: one row per record that an entry opened, revealed, wrote or exported
create table vault.ledger_object (
  object_id uuid not null,
  position bigint not null,
  primary key (object_id, position)
);
create index ledger_object_position on vault.ledger_object using brin (position) with (pages_per_range = 16, autosummarize = on);

-- full tiles of C2SP tlog-tiles: 256 hashes each; partial ones are computed from the leaves
create table vault.ledger_tile (
  level smallint not null check (level >= 0),
  index bigint not null check (index >= 0),
  hashes bytea not null check (length(hashes) = 8192),
  primary key (level, index)
);
alter table vault.ledger_tile alter column hashes set storage external;

create table vault.ledger_checkpoint (
  size bigint primary key check (size > 0),
  root bytea not null check (length(root) = 32),
  row_root bytea not null check (length(row_root) = 32),
  note text not null,
  at timestamptz not null
);

-- now and then the LtHash state behind row_root, so that a start folds only what came after it
create table vault.ledger_row_state (
  size bigint primary key check (size > 0),
  state bytea not null check (length(state) = 2048)
);
alter table vault.ledger_row_state alter column state set storage external;

do $$
declare
  name text;
begin
  foreach name in array array['outbox', 'entry', 'object', 'tile', 'checkpoint', 'row_state'] loop
    execute format('alter table vault.ledger_%s enable row level security', name);
    execute format('alter table vault.ledger_%s force row level security', name);
    execute format('create policy actor_set on vault.ledger_%s to strongroom_vault using ((select vault.actor()) is not null) with check ((select vault.actor()) is not null)', name);
    execute format('create policy audit_read on vault.ledger_%s for select to strongroom_audit using (true)', name);
    execute format('grant select, insert on vault.ledger_%s to strongroom_vault', name);
    execute format('grant select on vault.ledger_%s to strongroom_audit', name);
  end loop;
end
$$;
grant delete on vault.ledger_outbox to strongroom_vault;
