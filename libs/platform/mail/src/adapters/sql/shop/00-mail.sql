ALTER TABLE mail.sent
  ADD CONSTRAINT sent_reference_form CHECK (reference ~ '^[A-Za-z0-9][A-Za-z0-9_.:-]{0,119}$'),
  ADD CONSTRAINT sent_kind_known CHECK (kind IN
    ('identity_code', 'export_ready', 'erasure_received', 'erasure_done', 'rectified', 'inactivity_notice'));

GRANT USAGE ON SCHEMA mail TO shop_api, shop_worker;
GRANT SELECT, INSERT ON mail.sent TO shop_api, shop_worker;
