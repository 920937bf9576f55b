-- Which records are sample data, so that one click clears them again. The tag tells that the vault marked them: a row
-- slipped in here could otherwise send a real record to the recycle bin.
create table vault.sample_record (
  object text not null,
  record_id uuid not null,
  tag bytea not null check (octet_length(tag) = 32),
  primary key (object, record_id)
);
alter table vault.sample_record enable row level security, force row level security;
create policy actor_set on vault.sample_record to strongroom_vault using ((select vault.actor()) is not null) with check ((select vault.actor()) is not null);
grant select, insert, delete on vault.sample_record to strongroom_vault;
