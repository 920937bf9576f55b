-- What is sold and done: leads, opportunities, follow-ups, to-dos, comments, products, pipelines and their stages. Every
-- table is built as those of the floor are: the same columns, slots, indexes, policies and grants.
do $$
declare
  name text;
  slot text;
  sees constant text := '(select vault.actor()) is not null and ((select vault.sees_all())
    or owner_id = any ((select vault.seen_owners())::uuid[])
    or department_id = any ((select vault.seen_departments())::uuid[]))';
begin
  foreach name in array array['pipeline', 'stage', 'product', 'lead', 'opportunity', 'activity', 'todo', 'comment'] loop
    execute format('create table vault.record_%s (
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
      facts text not null,
      sealed2 bytea,
      seal2 integer not null default 0,
      sealed3 bytea,
      seal3 integer not null default 0,
      changed jsonb not null default ''{}'',
      t1 text, t2 text, t3 text, t4 text, t5 text, t6 text, t7 text, t8 text,
      n1 bigint, n2 bigint, n3 bigint, n4 bigint, n5 bigint, n6 bigint, n7 bigint, n8 bigint,
      d1 timestamptz, d2 timestamptz, d3 timestamptz, d4 timestamptz,
      d5 timestamptz, d6 timestamptz, d7 timestamptz, d8 timestamptz,
      ext jsonb)', name);
    execute format('create index record_%1$s_owner on vault.record_%1$s (owner_id, id desc) where deleted_at is null', name);
    execute format('create index record_%1$s_department on vault.record_%1$s (department_id, id desc) where deleted_at is null', name);
    execute format('create index record_%1$s_updated on vault.record_%1$s (updated_at desc, id desc) where deleted_at is null', name);
    execute format('create index record_%1$s_owner_updated on vault.record_%1$s (owner_id, updated_at desc, id desc) where deleted_at is null', name);
    execute format('create index record_%1$s_deleted on vault.record_%1$s (deleted_at desc) where deleted_at is not null', name);
    -- what an erased subject leaves behind is found by it
    execute format('create index record_%1$s_subject on vault.record_%1$s (subject_id)', name);
    foreach slot in array array['t1', 't2', 't3', 't4', 't5', 't6', 't7', 't8', 'n1', 'n2', 'n3', 'n4', 'n5', 'n6', 'n7', 'n8',
      'd1', 'd2', 'd3', 'd4', 'd5', 'd6', 'd7', 'd8'] loop
      execute format('create index record_%1$s_%2$s on vault.record_%1$s (%2$s) where %2$s is not null', name, slot);
    end loop;
    execute format('alter table vault.record_%s enable row level security, force row level security', name);
    execute format('create policy scope_read on vault.record_%s for select to strongroom_vault using (%s)', name, sees);
    execute format('create policy scope_insert on vault.record_%s for insert to strongroom_vault with check (%s)', name, sees);
    execute format('create policy scope_update on vault.record_%s for update to strongroom_vault using (%s)', name, sees);
    execute format('grant select, insert, update on vault.record_%s to strongroom_vault', name);
    execute format('create policy audit_read on vault.record_%s for select to strongroom_audit using (true)', name);
    execute format('grant select (id, version, tag) on vault.record_%s to strongroom_audit', name);
  end loop;
end
$$;

alter table vault.record_pipeline add f_name text, add f_is_default boolean, add f_currency text;
alter table vault.record_stage
  add f_name text, add f_pipeline uuid references vault.record_pipeline, add f_position bigint, add f_kind text,
  add f_probability bigint, add f_rotting_days bigint;
alter table vault.record_product
  add f_name text, add f_series text, add f_price bigint, add f_currency text, add f_unit text, add f_active boolean;
alter table vault.record_lead
  add f_status text, add f_source text, add f_next_follow_up date, add f_last_follow_up timestamptz;
alter table vault.record_opportunity
  add f_account uuid references vault.record_account, add f_contact uuid references vault.record_contact,
  add f_pipeline uuid references vault.record_pipeline, add f_stage uuid references vault.record_stage,
  add f_amount bigint, add f_currency text, add f_probability bigint, add f_expected_close date,
  add f_product uuid references vault.record_product, add f_source text, add f_state text, add f_lost_reason text,
  add f_stage_entered_at timestamptz, add f_closed_at date, add f_next_follow_up date,
  add f_last_follow_up timestamptz, add f_external_id text;
alter table vault.record_activity add f_type text, add f_happened_at timestamptz, add f_next_at date;
alter table vault.record_todo
  add f_due_at timestamptz, add f_done boolean, add f_done_at timestamptz, add f_priority text;
alter table vault.record_comment add f_activity uuid references vault.record_activity;
do $$
declare
  name text;
begin
  foreach name in array array['activity', 'todo', 'comment'] loop
    execute format('alter table vault.record_%s
      add f_account uuid references vault.record_account, add f_contact uuid references vault.record_contact,
      add f_opportunity uuid references vault.record_opportunity, add f_lead uuid references vault.record_lead', name);
    execute format('create index record_%1$s_account on vault.record_%1$s (f_account) where f_account is not null', name);
    execute format('create index record_%1$s_contact on vault.record_%1$s (f_contact) where f_contact is not null', name);
    execute format('create index record_%1$s_opportunity on vault.record_%1$s (f_opportunity) where f_opportunity is not null', name);
    execute format('create index record_%1$s_lead on vault.record_%1$s (f_lead) where f_lead is not null', name);
  end loop;
end
$$;
create index record_stage_pipeline on vault.record_stage (f_pipeline);
create index record_opportunity_account on vault.record_opportunity (f_account) where f_account is not null;
create index record_opportunity_contact on vault.record_opportunity (f_contact) where f_contact is not null;
create index record_opportunity_stage on vault.record_opportunity (f_stage, id desc) where deleted_at is null;
create index record_opportunity_product on vault.record_opportunity (f_product) where f_product is not null;
create index record_opportunity_external on vault.record_opportunity (f_external_id) where f_external_id is not null;
create index record_comment_activity on vault.record_comment (f_activity) where f_activity is not null;

alter table vault.record_account add f_last_follow_up timestamptz;
alter table vault.record_contact add f_last_follow_up timestamptz;
