-- Backups: which were made, when, where and by whom. The files hold no name of a customer, and neither does this.
create table vault.backup (
  id uuid primary key,
  version integer not null check (version > 0),
  made_at timestamptz not null,
  -- null: by the command line on the server
  made_by uuid,
  folder text not null,
  file text not null,
  bytes bigint not null check (bytes > 0),
  -- records of all kinds in it, and the size of the log
  records bigint not null check (records >= 0),
  ledger_size bigint not null check (ledger_size >= 0),
  tag bytea not null check (octet_length(tag) = 32)
);
create index backup_made_at on vault.backup (made_at desc);
alter table vault.backup enable row level security, force row level security;
create policy actor_set on vault.backup to strongroom_vault using ((select vault.actor()) is not null) with check ((select vault.actor()) is not null);
grant select, insert on vault.backup to strongroom_vault;
create policy audit_read on vault.backup for select to strongroom_audit using (true);
grant select (id, version, tag) on vault.backup to strongroom_audit;

-- A backup names the migrations its tables were made by.
grant select on vault.migration to strongroom_vault;
