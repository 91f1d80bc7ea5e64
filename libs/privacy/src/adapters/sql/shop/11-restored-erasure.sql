ALTER TABLE privacy.restored_erasure
  ADD CONSTRAINT restored_erasure_subject_form CHECK (subject_id ~ '^sub_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT restored_erasure_request_form CHECK (request_id ~ '^ers_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT restored_erasure_closed_after_purge CHECK (closed_at IS NULL OR purged_at IS NOT NULL);

CREATE INDEX restored_erasure_open ON privacy.restored_erasure (purged_at NULLS FIRST, subject_id)
  WHERE closed_at IS NULL;

-- Only a replay of the journal, with the login of the owner, orders a purge; the worker carries it out.
GRANT SELECT ON privacy.restored_erasure TO shop_worker, shop_audit;
GRANT UPDATE (purged_at, closed_at) ON privacy.restored_erasure TO shop_worker;
