-- The floor: how a transaction names its actor and its rows, the records, their exact-match tags, roles and field
-- definitions. Every table forces row-level security; without an actor it shows nothing.
create schema vault;
grant usage on schema vault to strongroom_vault, strongroom_audit;

create function vault.actor() returns text language sql stable parallel safe as
$$ select nullif(current_setting('strongroom.actor', true), '') $$;
create function vault.sees_all() returns boolean language sql stable parallel safe as
$$ select current_setting('strongroom.all', true) = '1' $$;
create function vault.seen_owners() returns uuid[] language sql stable parallel safe as
$$ select coalesce(nullif(current_setting('strongroom.owners', true), ''), '{}')::uuid[] $$;
create function vault.seen_departments() returns uuid[] language sql stable parallel safe as
$$ select coalesce(nullif(current_setting('strongroom.departments', true), ''), '{}')::uuid[] $$;
revoke all on all functions in schema vault from public;
grant execute on all functions in schema vault to strongroom_vault, strongroom_audit;

create table vault.record_user (
  id uuid primary key,
  subject_id uuid not null,
  owner_id uuid,
  department_id uuid,
  created_by uuid,
  created_at timestamptz not null,
  updated_by uuid,
  updated_at timestamptz not null,
  version integer not null check (version > 0),
  deleted_at timestamptz,
  tag bytea not null check (octet_length(tag) = 32),
  -- digest of the class 0-1 values, itself under the tag: what rights hang on lies in columns too
  facts text not null,
  sealed2 bytea,
  seal2 integer not null default 0,
  sealed3 bytea,
  seal3 integer not null default 0,
  changed jsonb not null default '{}',
  f_manager uuid references vault.record_user,
  f_status text not null,
  t1 text, t2 text, t3 text, t4 text, t5 text, t6 text, t7 text, t8 text,
  n1 bigint, n2 bigint, n3 bigint, n4 bigint, n5 bigint, n6 bigint, n7 bigint, n8 bigint,
  d1 timestamptz, d2 timestamptz, d3 timestamptz, d4 timestamptz, d5 timestamptz, d6 timestamptz, d7 timestamptz, d8 timestamptz,
  ext jsonb
);
create index record_user_owner on vault.record_user (owner_id, id desc) where deleted_at is null;
create index record_user_department on vault.record_user (department_id, id desc) where deleted_at is null;
create index record_user_updated on vault.record_user (updated_at desc, id desc) where deleted_at is null;
create index record_user_owner_updated on vault.record_user (owner_id, updated_at desc, id desc) where deleted_at is null;
create index record_user_deleted on vault.record_user (deleted_at desc) where deleted_at is not null;
create index record_user_manager on vault.record_user (f_manager);
create index record_user_t1 on vault.record_user (t1) where t1 is not null;
create index record_user_n1 on vault.record_user (n1) where n1 is not null;
create index record_user_d1 on vault.record_user (d1) where d1 is not null;
create index record_user_t2 on vault.record_user (t2) where t2 is not null;
create index record_user_n2 on vault.record_user (n2) where n2 is not null;
create index record_user_d2 on vault.record_user (d2) where d2 is not null;
create index record_user_t3 on vault.record_user (t3) where t3 is not null;
create index record_user_n3 on vault.record_user (n3) where n3 is not null;
create index record_user_d3 on vault.record_user (d3) where d3 is not null;
create index record_user_t4 on vault.record_user (t4) where t4 is not null;
create index record_user_n4 on vault.record_user (n4) where n4 is not null;
create index record_user_d4 on vault.record_user (d4) where d4 is not null;
create index record_user_t5 on vault.record_user (t5) where t5 is not null;
create index record_user_n5 on vault.record_user (n5) where n5 is not null;
create index record_user_d5 on vault.record_user (d5) where d5 is not null;
create index record_user_t6 on vault.record_user (t6) where t6 is not null;
create index record_user_n6 on vault.record_user (n6) where n6 is not null;
create index record_user_d6 on vault.record_user (d6) where d6 is not null;
create index record_user_t7 on vault.record_user (t7) where t7 is not null;
create index record_user_n7 on vault.record_user (n7) where n7 is not null;
create index record_user_d7 on vault.record_user (d7) where d7 is not null;
create index record_user_t8 on vault.record_user (t8) where t8 is not null;
create index record_user_n8 on vault.record_user (n8) where n8 is not null;
create index record_user_d8 on vault.record_user (d8) where d8 is not null;
alter table vault.record_user enable row level security, force row level security;
create policy scope_read on vault.record_user for select to strongroom_vault using (
  (select vault.actor()) is not null and ((select vault.sees_all())
    or owner_id = any ((select vault.seen_owners())::uuid[])
    or department_id = any ((select vault.seen_departments())::uuid[])));
create policy scope_insert on vault.record_user for insert to strongroom_vault with check ((select vault.actor()) is not null);
create policy scope_update on vault.record_user for update to strongroom_vault using (
  (select vault.actor()) is not null and ((select vault.sees_all())
    or owner_id = any ((select vault.seen_owners())::uuid[])
    or department_id = any ((select vault.seen_departments())::uuid[])))
  with check ((select vault.actor()) is not null);
grant select, insert, update on vault.record_user to strongroom_vault;
create policy audit_read on vault.record_user for select to strongroom_audit using (true);
grant select (id, version, tag) on vault.record_user to strongroom_audit;

create table vault.record_department (
  id uuid primary key,
  subject_id uuid not null,
  owner_id uuid,
  department_id uuid,
  created_by uuid,
  created_at timestamptz not null,
  updated_by uuid,
  updated_at timestamptz not null,
  version integer not null check (version > 0),
  deleted_at timestamptz,
  tag bytea not null check (octet_length(tag) = 32),
  -- digest of the class 0-1 values, itself under the tag: what rights hang on lies in columns too
  facts text not null,
  sealed2 bytea,
  seal2 integer not null default 0,
  sealed3 bytea,
  seal3 integer not null default 0,
  changed jsonb not null default '{}',
  f_parent uuid references vault.record_department,
  f_leader uuid references vault.record_user,
  f_position bigint,
  t1 text, t2 text, t3 text, t4 text, t5 text, t6 text, t7 text, t8 text,
  n1 bigint, n2 bigint, n3 bigint, n4 bigint, n5 bigint, n6 bigint, n7 bigint, n8 bigint,
  d1 timestamptz, d2 timestamptz, d3 timestamptz, d4 timestamptz, d5 timestamptz, d6 timestamptz, d7 timestamptz, d8 timestamptz,
  ext jsonb
);
create index record_department_owner on vault.record_department (owner_id, id desc) where deleted_at is null;
create index record_department_department on vault.record_department (department_id, id desc) where deleted_at is null;
create index record_department_updated on vault.record_department (updated_at desc, id desc) where deleted_at is null;
create index record_department_owner_updated on vault.record_department (owner_id, updated_at desc, id desc) where deleted_at is null;
create index record_department_deleted on vault.record_department (deleted_at desc) where deleted_at is not null;
create index record_department_parent on vault.record_department (f_parent);
create index record_department_t1 on vault.record_department (t1) where t1 is not null;
create index record_department_n1 on vault.record_department (n1) where n1 is not null;
create index record_department_d1 on vault.record_department (d1) where d1 is not null;
create index record_department_t2 on vault.record_department (t2) where t2 is not null;
create index record_department_n2 on vault.record_department (n2) where n2 is not null;
create index record_department_d2 on vault.record_department (d2) where d2 is not null;
create index record_department_t3 on vault.record_department (t3) where t3 is not null;
create index record_department_n3 on vault.record_department (n3) where n3 is not null;
create index record_department_d3 on vault.record_department (d3) where d3 is not null;
create index record_department_t4 on vault.record_department (t4) where t4 is not null;
create index record_department_n4 on vault.record_department (n4) where n4 is not null;
create index record_department_d4 on vault.record_department (d4) where d4 is not null;
create index record_department_t5 on vault.record_department (t5) where t5 is not null;
create index record_department_n5 on vault.record_department (n5) where n5 is not null;
create index record_department_d5 on vault.record_department (d5) where d5 is not null;
create index record_department_t6 on vault.record_department (t6) where t6 is not null;
create index record_department_n6 on vault.record_department (n6) where n6 is not null;
create index record_department_d6 on vault.record_department (d6) where d6 is not null;
create index record_department_t7 on vault.record_department (t7) where t7 is not null;
create index record_department_n7 on vault.record_department (n7) where n7 is not null;
create index record_department_d7 on vault.record_department (d7) where d7 is not null;
create index record_department_t8 on vault.record_department (t8) where t8 is not null;
create index record_department_n8 on vault.record_department (n8) where n8 is not null;
create index record_department_d8 on vault.record_department (d8) where d8 is not null;
alter table vault.record_department enable row level security, force row level security;
create policy scope_read on vault.record_department for select to strongroom_vault using (
  (select vault.actor()) is not null and ((select vault.sees_all())
    or owner_id = any ((select vault.seen_owners())::uuid[])
    or department_id = any ((select vault.seen_departments())::uuid[])));
create policy scope_insert on vault.record_department for insert to strongroom_vault with check ((select vault.actor()) is not null);
create policy scope_update on vault.record_department for update to strongroom_vault using (
  (select vault.actor()) is not null and ((select vault.sees_all())
    or owner_id = any ((select vault.seen_owners())::uuid[])
    or department_id = any ((select vault.seen_departments())::uuid[])))
  with check ((select vault.actor()) is not null);
grant select, insert, update on vault.record_department to strongroom_vault;
create policy audit_read on vault.record_department for select to strongroom_audit using (true);
grant select (id, version, tag) on vault.record_department to strongroom_audit;

alter table vault.record_user add foreign key (department_id) references vault.record_department;

create table vault.record_account (
  id uuid primary key,
  subject_id uuid not null,
  owner_id uuid,
  department_id uuid,
  created_by uuid,
  created_at timestamptz not null,
  updated_by uuid,
  updated_at timestamptz not null,
  version integer not null check (version > 0),
  deleted_at timestamptz,
  tag bytea not null check (octet_length(tag) = 32),
  -- digest of the class 0-1 values, itself under the tag: what rights hang on lies in columns too
  facts text not null,
  sealed2 bytea,
  seal2 integer not null default 0,
  sealed3 bytea,
  seal3 integer not null default 0,
  changed jsonb not null default '{}',
  f_level text,
  f_deal_state text,
  f_industry text,
  f_country text,
  f_year_established bigint,
  f_annual_revenue bigint,
  f_employees bigint,
  f_parent uuid references vault.record_account,
  f_next_follow_up date,
  t1 text, t2 text, t3 text, t4 text, t5 text, t6 text, t7 text, t8 text,
  n1 bigint, n2 bigint, n3 bigint, n4 bigint, n5 bigint, n6 bigint, n7 bigint, n8 bigint,
  d1 timestamptz, d2 timestamptz, d3 timestamptz, d4 timestamptz, d5 timestamptz, d6 timestamptz, d7 timestamptz, d8 timestamptz,
  ext jsonb
);
create index record_account_owner on vault.record_account (owner_id, id desc) where deleted_at is null;
create index record_account_department on vault.record_account (department_id, id desc) where deleted_at is null;
create index record_account_updated on vault.record_account (updated_at desc, id desc) where deleted_at is null;
create index record_account_owner_updated on vault.record_account (owner_id, updated_at desc, id desc) where deleted_at is null;
create index record_account_deleted on vault.record_account (deleted_at desc) where deleted_at is not null;
create index record_account_parent on vault.record_account (f_parent) where f_parent is not null;
create index record_account_t1 on vault.record_account (t1) where t1 is not null;
create index record_account_n1 on vault.record_account (n1) where n1 is not null;
create index record_account_d1 on vault.record_account (d1) where d1 is not null;
create index record_account_t2 on vault.record_account (t2) where t2 is not null;
create index record_account_n2 on vault.record_account (n2) where n2 is not null;
create index record_account_d2 on vault.record_account (d2) where d2 is not null;
create index record_account_t3 on vault.record_account (t3) where t3 is not null;
create index record_account_n3 on vault.record_account (n3) where n3 is not null;
create index record_account_d3 on vault.record_account (d3) where d3 is not null;
create index record_account_t4 on vault.record_account (t4) where t4 is not null;
create index record_account_n4 on vault.record_account (n4) where n4 is not null;
create index record_account_d4 on vault.record_account (d4) where d4 is not null;
create index record_account_t5 on vault.record_account (t5) where t5 is not null;
create index record_account_n5 on vault.record_account (n5) where n5 is not null;
create index record_account_d5 on vault.record_account (d5) where d5 is not null;
create index record_account_t6 on vault.record_account (t6) where t6 is not null;
create index record_account_n6 on vault.record_account (n6) where n6 is not null;
create index record_account_d6 on vault.record_account (d6) where d6 is not null;
create index record_account_t7 on vault.record_account (t7) where t7 is not null;
create index record_account_n7 on vault.record_account (n7) where n7 is not null;
create index record_account_d7 on vault.record_account (d7) where d7 is not null;
create index record_account_t8 on vault.record_account (t8) where t8 is not null;
create index record_account_n8 on vault.record_account (n8) where n8 is not null;
create index record_account_d8 on vault.record_account (d8) where d8 is not null;
alter table vault.record_account enable row level security, force row level security;
create policy scope_read on vault.record_account for select to strongroom_vault using (
  (select vault.actor()) is not null and ((select vault.sees_all())
    or owner_id = any ((select vault.seen_owners())::uuid[])
    or department_id = any ((select vault.seen_departments())::uuid[])));
create policy scope_insert on vault.record_account for insert to strongroom_vault with check ((select vault.actor()) is not null);
create policy scope_update on vault.record_account for update to strongroom_vault using (
  (select vault.actor()) is not null and ((select vault.sees_all())
    or owner_id = any ((select vault.seen_owners())::uuid[])
    or department_id = any ((select vault.seen_departments())::uuid[])))
  with check ((select vault.actor()) is not null);
grant select, insert, update on vault.record_account to strongroom_vault;
create policy audit_read on vault.record_account for select to strongroom_audit using (true);
grant select (id, version, tag) on vault.record_account to strongroom_audit;

create table vault.record_contact (
  id uuid primary key,
  subject_id uuid not null,
  owner_id uuid,
  department_id uuid,
  created_by uuid,
  created_at timestamptz not null,
  updated_by uuid,
  updated_at timestamptz not null,
  version integer not null check (version > 0),
  deleted_at timestamptz,
  tag bytea not null check (octet_length(tag) = 32),
  -- digest of the class 0-1 values, itself under the tag: what rights hang on lies in columns too
  facts text not null,
  sealed2 bytea,
  seal2 integer not null default 0,
  sealed3 bytea,
  seal3 integer not null default 0,
  changed jsonb not null default '{}',
  f_account uuid references vault.record_account,
  f_role text,
  f_is_primary boolean,
  f_next_follow_up date,
  t1 text, t2 text, t3 text, t4 text, t5 text, t6 text, t7 text, t8 text,
  n1 bigint, n2 bigint, n3 bigint, n4 bigint, n5 bigint, n6 bigint, n7 bigint, n8 bigint,
  d1 timestamptz, d2 timestamptz, d3 timestamptz, d4 timestamptz, d5 timestamptz, d6 timestamptz, d7 timestamptz, d8 timestamptz,
  ext jsonb
);
create index record_contact_owner on vault.record_contact (owner_id, id desc) where deleted_at is null;
create index record_contact_department on vault.record_contact (department_id, id desc) where deleted_at is null;
create index record_contact_updated on vault.record_contact (updated_at desc, id desc) where deleted_at is null;
create index record_contact_owner_updated on vault.record_contact (owner_id, updated_at desc, id desc) where deleted_at is null;
create index record_contact_deleted on vault.record_contact (deleted_at desc) where deleted_at is not null;
create index record_contact_account on vault.record_contact (f_account) where f_account is not null;
create index record_contact_t1 on vault.record_contact (t1) where t1 is not null;
create index record_contact_n1 on vault.record_contact (n1) where n1 is not null;
create index record_contact_d1 on vault.record_contact (d1) where d1 is not null;
create index record_contact_t2 on vault.record_contact (t2) where t2 is not null;
create index record_contact_n2 on vault.record_contact (n2) where n2 is not null;
create index record_contact_d2 on vault.record_contact (d2) where d2 is not null;
create index record_contact_t3 on vault.record_contact (t3) where t3 is not null;
create index record_contact_n3 on vault.record_contact (n3) where n3 is not null;
create index record_contact_d3 on vault.record_contact (d3) where d3 is not null;
create index record_contact_t4 on vault.record_contact (t4) where t4 is not null;
create index record_contact_n4 on vault.record_contact (n4) where n4 is not null;
create index record_contact_d4 on vault.record_contact (d4) where d4 is not null;
create index record_contact_t5 on vault.record_contact (t5) where t5 is not null;
create index record_contact_n5 on vault.record_contact (n5) where n5 is not null;
create index record_contact_d5 on vault.record_contact (d5) where d5 is not null;
create index record_contact_t6 on vault.record_contact (t6) where t6 is not null;
create index record_contact_n6 on vault.record_contact (n6) where n6 is not null;
create index record_contact_d6 on vault.record_contact (d6) where d6 is not null;
create index record_contact_t7 on vault.record_contact (t7) where t7 is not null;
create index record_contact_n7 on vault.record_contact (n7) where n7 is not null;
create index record_contact_d7 on vault.record_contact (d7) where d7 is not null;
create index record_contact_t8 on vault.record_contact (t8) where t8 is not null;
create index record_contact_n8 on vault.record_contact (n8) where n8 is not null;
create index record_contact_d8 on vault.record_contact (d8) where d8 is not null;
alter table vault.record_contact enable row level security, force row level security;
create policy scope_read on vault.record_contact for select to strongroom_vault using (
  (select vault.actor()) is not null and ((select vault.sees_all())
    or owner_id = any ((select vault.seen_owners())::uuid[])
    or department_id = any ((select vault.seen_departments())::uuid[])));
create policy scope_insert on vault.record_contact for insert to strongroom_vault with check ((select vault.actor()) is not null);
create policy scope_update on vault.record_contact for update to strongroom_vault using (
  (select vault.actor()) is not null and ((select vault.sees_all())
    or owner_id = any ((select vault.seen_owners())::uuid[])
    or department_id = any ((select vault.seen_departments())::uuid[])))
  with check ((select vault.actor()) is not null);
grant select, insert, update on vault.record_contact to strongroom_vault;
create policy audit_read on vault.record_contact for select to strongroom_audit using (true);
grant select (id, version, tag) on vault.record_contact to strongroom_audit;

-- Keyed tags of whole values (phone, e-mail, ID number, bank account), for exact match and uniqueness only.
create table vault.record_lookup (
  object text not null,
  field text not null,
  tag bytea not null,
  record_id uuid not null,
  is_unique boolean not null default false,
  primary key (object, field, tag, record_id)
);
create unique index record_lookup_unique on vault.record_lookup (object, field, tag) where is_unique;
create index record_lookup_record on vault.record_lookup (record_id);
alter table vault.record_lookup enable row level security, force row level security;
create policy actor_set on vault.record_lookup to strongroom_vault using ((select vault.actor()) is not null) with check ((select vault.actor()) is not null);
grant select, insert, delete on vault.record_lookup to strongroom_vault;

-- Fields the company made. `definition` is a FieldDefinition; `place` its slot column, ext, sealed2 or sealed3.
create table vault.field_definition (
  id uuid primary key,
  object text not null,
  key text not null,
  definition jsonb not null,
  place text not null,
  version integer not null,
  created_by uuid,
  created_at timestamptz not null,
  tag bytea not null,
  unique (object, key)
);
create unique index field_definition_place on vault.field_definition (object, place) where place not in ('ext', 'sealed2', 'sealed3');
alter table vault.field_definition enable row level security, force row level security;
create policy actor_set on vault.field_definition to strongroom_vault using ((select vault.actor()) is not null) with check ((select vault.actor()) is not null);
grant select, insert on vault.field_definition to strongroom_vault;
create policy audit_read on vault.field_definition for select to strongroom_audit using (true);
grant select (id, version, tag) on vault.field_definition to strongroom_audit;

create table vault.role (
  id uuid primary key,
  key text not null unique,
  definition jsonb not null,
  version integer not null,
  tag bytea not null
);
alter table vault.role enable row level security, force row level security;
create policy actor_set on vault.role to strongroom_vault using ((select vault.actor()) is not null) with check ((select vault.actor()) is not null);
grant select, insert, update on vault.role to strongroom_vault;
create policy audit_read on vault.role for select to strongroom_audit using (true);
grant select (id, version, tag) on vault.role to strongroom_audit;

-- One row per person: all his roles under one tag, so that no single role can be slipped in or out.
create table vault.role_member (
  id uuid primary key references vault.record_user,
  roles text[] not null,
  granted_by uuid,
  granted_at timestamptz not null,
  version integer not null,
  tag bytea not null
);
alter table vault.role_member enable row level security, force row level security;
create policy actor_set on vault.role_member to strongroom_vault using ((select vault.actor()) is not null) with check ((select vault.actor()) is not null);
grant select, insert, update on vault.role_member to strongroom_vault;
create policy audit_read on vault.role_member for select to strongroom_audit using (true);
grant select (id, version, tag) on vault.role_member to strongroom_audit;

create table vault.number_series (
  series text primary key,
  next bigint not null
);
alter table vault.number_series enable row level security, force row level security;
create policy actor_set on vault.number_series to strongroom_vault using ((select vault.actor()) is not null) with check ((select vault.actor()) is not null);
grant select, insert, update on vault.number_series to strongroom_vault;

