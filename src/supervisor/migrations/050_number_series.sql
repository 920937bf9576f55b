-- Number series: found by a keyed tag over object and name, so that a stolen table tells neither what is numbered nor how
-- many there are; name and next number are sealed with the series' own key.
create table vault.numbering (
  id uuid primary key,
  version integer not null check (version > 0),
  lookup bytea not null unique check (octet_length(lookup) = 32),
  sealed bytea not null,
  tag bytea not null check (octet_length(tag) = 32)
);
alter table vault.numbering enable row level security;
alter table vault.numbering force row level security;
create policy actor_set on vault.numbering to strongroom_vault using ((select vault.actor()) is not null) with check ((select vault.actor()) is not null);
grant select, insert, update on vault.numbering to strongroom_vault;
create policy audit_read on vault.numbering for select to strongroom_audit using (true);
grant select (id, version, tag) on vault.numbering to strongroom_audit;

-- Series of before are taken over, and their plain names deleted, by the object that asks for the next number first.
revoke insert, update on vault.number_series from strongroom_vault;
grant delete on vault.number_series to strongroom_vault;
