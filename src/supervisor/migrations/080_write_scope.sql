-- What a person writes must lie within the rows of his scope, as what he reads: row-level security judges the new row too.
do $$ declare one name;
begin
  for one in select tablename from pg_policies where schemaname = 'vault' and policyname = 'scope_insert' loop
    execute format('drop policy scope_insert on vault.%I', one);
    execute format('drop policy scope_update on vault.%I', one);
    execute format('create policy scope_insert on vault.%I for insert to strongroom_vault with check (%s)', one,
      '(select vault.actor()) is not null and ((select vault.sees_all())
        or owner_id = any ((select vault.seen_owners())::uuid[])
        or department_id = any ((select vault.seen_departments())::uuid[]))');
    -- Without a check of its own an update's new row is judged as the old one.
    execute format('create policy scope_update on vault.%I for update to strongroom_vault using (%s)', one,
      '(select vault.actor()) is not null and ((select vault.sees_all())
        or owner_id = any ((select vault.seen_owners())::uuid[])
        or department_id = any ((select vault.seen_departments())::uuid[]))');
  end loop;
end $$;
