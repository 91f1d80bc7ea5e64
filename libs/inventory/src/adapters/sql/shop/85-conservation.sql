ALTER TABLE inventory.conservation_vector
  ADD CONSTRAINT conservation_vector_number_is_positive CHECK (number >= 1),
  ADD CONSTRAINT conservation_vector_digest_form CHECK (digest ~ '^[0-9a-f]{64}$');
CREATE INDEX conservation_vector_unsigned ON inventory.conservation_vector (number)
  WHERE signature IS NULL;

-- The worker takes the vector with the audit; only the border has the key to sign it with.
GRANT SELECT, INSERT, DELETE ON inventory.conservation_vector TO shop_worker;
GRANT SELECT, UPDATE (signature) ON inventory.conservation_vector TO shop_border;
GRANT SELECT ON inventory.conservation_vector TO shop_audit;
