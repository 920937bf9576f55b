-- A company owner who is locked out confirms his device by the console of the server.
alter table vault.device drop constraint device_confirmed_how_check;
alter table vault.device add constraint device_confirmed_how_check
  check (confirmed_how in ('enrolment', 'invitation', 'passkey', 'device', 'manager', 'console'));
