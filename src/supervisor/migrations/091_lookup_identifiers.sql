-- Of restricted values only identifiers keep a tag of the whole value: equal tags of a choice, a date or a short text
-- would tell how often each value is.
alter table vault.record_lookup no force row level security;
alter table vault.field_definition no force row level security;
delete from vault.record_lookup l
where not l.is_unique and (
  (l.object = 'contact' and l.field = 'wechat')
  or exists (
    select from vault.field_definition f
    where f.object = l.object and f.key = l.field
      and f.definition ->> 'type' not in ('phone', 'email', 'id_number', 'bank_account')
  )
);
alter table vault.record_lookup force row level security;
alter table vault.field_definition force row level security;
