-- Labels, options and whether a value is needed may change after a field was made; class, type and place never do.
grant update (definition, version, tag) on vault.field_definition to strongroom_vault;
