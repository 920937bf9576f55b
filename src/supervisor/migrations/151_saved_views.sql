-- Views of lists: whose they are and whom they are offered to. Name and layout are sealed with the view's own key.
create table vault.saved_view (
  id uuid primary key,
  version integer not null check (version > 0),
  object text not null,
  person_id uuid not null,
  sharing text not null check (sharing in ('private', 'team', 'company')),
  -- of its maker when it was saved; a team's view is offered to people of this department and those below
  department_id uuid,
  created_at timestamptz not null,
  sealed bytea not null,
  tag bytea not null check (octet_length(tag) = 32)
);
create index saved_view_object on vault.saved_view (object, sharing);
alter table vault.saved_view enable row level security, force row level security;
create policy actor_set on vault.saved_view to strongroom_vault using ((select vault.actor()) is not null) with check ((select vault.actor()) is not null);
grant select, insert, update, delete on vault.saved_view to strongroom_vault;
create policy audit_read on vault.saved_view for select to strongroom_audit using (true);
grant select (id, version, tag) on vault.saved_view to strongroom_audit;
