-- Imports: a job with its mandate, the sealed parts of its file, the rows that could not be taken, and what was written.
-- File, rows and settings are sealed with the job's own key; what records held before, with the keys of their subjects.

create table vault.import_job (
  id uuid primary key,
  version integer not null check (version > 0),
  object text not null,
  -- who made it, and the only one who sees it
  person_id uuid not null,
  created_at timestamptz not null,
  state text not null check (state in ('uploading', 'uploaded', 'analysed', 'checking', 'checked', 'running', 'done', 'failed', 'undoing', 'undone', 'cancelled')),
  size bigint not null check (size > 0),
  -- sealed: file name; settings (mapping, fixes); the report of the dry run
  name bytea not null,
  settings bytea,
  report bytea,
  mode text check (mode in ('insert', 'update', 'upsert')),
  key_field text,
  -- rows of the file; up to which row all are dealt with, but for those that wait for a row they refer to; batches so far
  total_rows integer not null check (total_rows >= 0),
  done_rows integer not null check (done_rows >= 0),
  batches integer not null check (batches >= 0),
  created_rows integer not null,
  updated_rows integer not null,
  skipped_rows integer not null,
  bad_rows integer not null,
  -- the mandate: what may be done without a request, how often, until when, and which signed request said so
  mandate_id uuid,
  mandate_verbs text,
  mandate_scope text,
  mandate_meter integer,
  mandate_expires_at timestamptz,
  signed_by uuid,
  signed_device uuid,
  signed_request text,
  started_at timestamptz,
  finished_at timestamptz,
  failure text,
  failure_row integer not null,
  undo_removed integer not null,
  undo_restored integer not null,
  undo_kept integer not null,
  -- when the file, the error rows and the account of what was written were removed
  emptied_at timestamptz,
  tag bytea not null check (octet_length(tag) = 32),
  check ((mandate_id is null) = (mandate_verbs is null or mandate_scope is null or mandate_meter is null or mandate_expires_at is null or signed_by is null)),
  check (state not in ('running', 'undoing') or mandate_id is not null)
);
create index import_job_person on vault.import_job (person_id, object, created_at desc);
create index import_job_active on vault.import_job (state) where state in ('checking', 'running', 'undoing');
create index import_job_kept on vault.import_job (created_at) where emptied_at is null;

create table vault.import_part (
  job_id uuid not null references vault.import_job,
  index smallint not null check (index >= 0),
  sealed bytea not null,
  primary key (job_id, index)
);
-- it is sealed, so compressing it is work for nothing
alter table vault.import_part alter column sealed set storage external;

-- rows that could not be taken, with their reasons, one block for each batch of rows
create table vault.import_row_error (
  job_id uuid not null references vault.import_job,
  batch integer not null,
  row_numbers integer[] not null,
  sealed bytea not null,
  primary key (job_id, batch)
);

-- what was written, one block for each batch: needed for undo and for going on after a stop
create table vault.import_written (
  job_id uuid not null references vault.import_job,
  batch integer not null,
  row_numbers integer[] not null,
  record_ids uuid[] not null,
  -- the version each record got; 0: it had these values already
  versions integer[] not null,
  -- values before the change, sealed with the key of each record's subject; null for a record that was created
  before bytea[] not null,
  undone_at timestamptz,
  -- keyed tag over all of it but undone_at
  tag bytea not null check (octet_length(tag) = 32),
  primary key (job_id, batch)
);

do $$
declare
  name text;
begin
  foreach name in array array['job', 'part', 'row_error', 'written'] loop
    execute format('alter table vault.import_%s enable row level security', name);
    execute format('alter table vault.import_%s force row level security', name);
    execute format('create policy actor_set on vault.import_%s to strongroom_vault using ((select vault.actor()) is not null) with check ((select vault.actor()) is not null)', name);
    execute format('grant select, insert on vault.import_%s to strongroom_vault', name);
  end loop;
end
$$;
grant update on vault.import_job to strongroom_vault;
grant update (undone_at) on vault.import_written to strongroom_vault;
grant delete on vault.import_part, vault.import_row_error, vault.import_written to strongroom_vault;
create policy audit_read on vault.import_job for select to strongroom_audit using (true);
grant select (id, version, tag) on vault.import_job to strongroom_audit;
