-- What the warehouse and a repair do to the balances of a pool: parts of inventory.apply that a
-- reservation never calls. They say the same as src/domain/warehouse.ts and src/domain/accounts.ts.

-- How many of `quantity` each account in turn can give; the last part is what they lack.
CREATE FUNCTION inventory.share(quantity bigint, there bigint[]) RETURNS bigint[]
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  parts bigint[] := '{}'; units bigint;
BEGIN
  FOREACH units IN ARRAY there LOOP
    units := least(quantity, units);
    parts := parts || units;
    quantity := quantity - units;
  END LOOP;
  RETURN parts || quantity;
END $$;

CREATE FUNCTION inventory.document_outcome(kind text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE kind
    WHEN 'mint' THEN 'MINTED' WHEN 'writeOff' THEN 'WRITTEN_OFF' WHEN 'setAside' THEN 'SET_ASIDE'
    WHEN 'clear' THEN 'CLEARED' WHEN 'keepSafe' THEN 'KEPT_SAFE' WHEN 'transfer' THEN 'TRANSFERRED'
    WHEN 'count' THEN 'COUNTED' WHEN 'dispatch' THEN 'DISPATCHED' WHEN 'resolve' THEN 'RESOLVED'
  END
$$;

-- The movements that a document asks for; none at all (NULL) where it is refused or was carried out.
CREATE FUNCTION inventory.plan_document(deed inventory.stock_document,
  written inventory.stock_document, books inventory.escrow, is_home boolean, state text,
  OUT outcome text, OUT movements text[], OUT quantities bigint[])
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  units bigint := deed.quantity;
  there bigint := coalesce(CASE
    WHEN deed.kind = 'mint' THEN units
    WHEN deed.kind = 'transfer' THEN books.free
    WHEN deed.kind = 'resolve' THEN books.suspense
    WHEN deed.kind = 'clear' OR deed.place = 'QUARANTINE' THEN books.quarantine
    ELSE books.minted - books.written_off - books.transferred - books.quarantine - books.dispatched
  END, 0);
BEGIN
  outcome := inventory.document_outcome(deed.kind);
  IF written.document_id IS NOT NULL THEN
    IF (written.pool_id, written.kind, written.place, written.quantity, written.position)
      IS DISTINCT FROM (deed.pool_id, deed.kind, deed.place, deed.quantity, deed.position) THEN
      outcome := 'CONFLICT';
    END IF;
  ELSIF NOT is_home AND deed.kind <> 'resolve' THEN
    outcome := 'NOT_HOME';
  ELSIF state <> 'ACTIVE' AND NOT (state = 'DRAINING' AND deed.kind = 'dispatch') THEN
    outcome := 'NOT_ACTIVE';
  ELSIF deed.kind = 'count' THEN
    IF deed.position <> coalesce(books.documents, 0) THEN
      outcome := 'STALE_POSITION';
    ELSE
      movements := ARRAY['MINT', 'WRITE_OFF', 'WRITE_OFF_FROM_SAFETY', 'WRITE_OFF_FROM_DEFICIT'];
      quantities := greatest(units - there, 0)
        || inventory.share(greatest(there - units, 0), ARRAY[books.free, books.safety]);
    END IF;
  ELSIF deed.kind IN ('keepSafe', 'dispatch') THEN
    IF coalesce(books.minted, 0) = 0 THEN
      outcome := 'UNKNOWN_POOL';
    ELSIF deed.kind = 'dispatch' THEN
      movements := '{}'; quantities := '{}';
    ELSE
      movements := ARRAY['KEEP_SAFE', 'FREE_SAFETY'];
      quantities := ARRAY[greatest(least(units - books.safety, books.free), 0),
        greatest(books.safety - units, 0)];
    END IF;
  ELSIF there < units THEN
    outcome := 'SHORT';
  ELSIF deed.kind = 'writeOff' AND deed.place = 'FREE' THEN
    movements := ARRAY['WRITE_OFF', 'WRITE_OFF_FROM_SAFETY', 'WRITE_OFF_FROM_DEFICIT'];
    quantities := inventory.share(units, ARRAY[books.free, books.safety]);
  ELSIF deed.kind = 'setAside' THEN
    movements := ARRAY['SET_ASIDE', 'SET_ASIDE_FROM_DEFICIT'];
    quantities := inventory.share(units, ARRAY[books.free]);
  ELSE
    movements := ARRAY[CASE deed.kind
      WHEN 'mint' THEN CASE deed.place WHEN 'FREE' THEN 'MINT' ELSE 'MINT_TO_QUARANTINE' END
      WHEN 'writeOff' THEN 'WRITE_OFF_FROM_QUARANTINE'
      WHEN 'clear' THEN 'CLEAR' WHEN 'transfer' THEN 'TRANSFER' WHEN 'resolve' THEN 'RESOLVE'
    END];
    quantities := ARRAY[units];
  END IF;
END $$;

-- The balances after one movement of a document, a repair or a debt that is paid.
CREATE FUNCTION inventory.move(books inventory.escrow, movement text, quantity bigint)
RETURNS inventory.escrow
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  CASE movement
  WHEN 'MINT', 'MINT_TO_QUARANTINE' THEN books.minted := books.minted + quantity;
  WHEN 'APPLY_TO_SUSPENSE' THEN books.applied := books.applied + quantity;
  WHEN 'GRANT_FROM_DEFICIT', 'READOPT_FROM_DEFICIT', 'WRITE_OFF_FROM_DEFICIT',
    'SET_ASIDE_FROM_DEFICIT' THEN books.deficit := books.deficit + quantity;
  WHEN 'GRANT', 'READOPT', 'WRITE_OFF', 'SET_ASIDE', 'KEEP_SAFE', 'TRANSFER', 'SETTLE' THEN
    books.free := books.free - quantity;
  WHEN 'CONFIRM', 'RELEASE', 'EXPIRE' THEN books.held := books.held - quantity;
  WHEN 'CANCEL', 'SHIP' THEN books.sold := books.sold - quantity;
  WHEN 'WRITE_OFF_FROM_SAFETY', 'FREE_SAFETY' THEN books.safety := books.safety - quantity;
  WHEN 'WRITE_OFF_FROM_QUARANTINE', 'CLEAR' THEN
    books.quarantine := books.quarantine - quantity;
  WHEN 'GRANT_FROM_SUSPENSE', 'READOPT_FROM_SUSPENSE', 'RESOLVE' THEN
    books.suspense := books.suspense - quantity;
  END CASE;
  CASE movement
  WHEN 'MINT', 'CLEAR', 'FREE_SAFETY', 'RESOLVE', 'RELEASE', 'EXPIRE', 'CANCEL' THEN
    books.free := books.free + quantity; books.credits := books.credits + 1;
  WHEN 'APPLY_TO_SUSPENSE' THEN
    books.suspense := books.suspense + quantity; books.credits := books.credits + 1;
  WHEN 'READOPT', 'READOPT_FROM_SUSPENSE', 'READOPT_FROM_DEFICIT' THEN
    books.held := books.held + quantity;
  WHEN 'CONFIRM' THEN books.sold := books.sold + quantity;
  WHEN 'SHIP' THEN books.shipped := books.shipped + quantity;
  WHEN 'KEEP_SAFE' THEN books.safety := books.safety + quantity;
  WHEN 'MINT_TO_QUARANTINE', 'SET_ASIDE', 'SET_ASIDE_FROM_DEFICIT' THEN
    books.quarantine := books.quarantine + quantity;
  WHEN 'GRANT', 'GRANT_FROM_SUSPENSE', 'GRANT_FROM_DEFICIT' THEN
    books.granted := books.granted + quantity;
  WHEN 'WRITE_OFF', 'WRITE_OFF_FROM_SAFETY', 'WRITE_OFF_FROM_QUARANTINE',
    'WRITE_OFF_FROM_DEFICIT' THEN books.written_off := books.written_off + quantity;
  WHEN 'TRANSFER' THEN books.transferred := books.transferred + quantity;
  WHEN 'SETTLE' THEN books.deficit := books.deficit - quantity;
  END CASE;
  RETURN books;
END $$;

-- Books after movements, with those that took place: what moves nothing is left out, and what has come
-- free pays a debt first.
CREATE FUNCTION inventory.post(INOUT books inventory.escrow, INOUT movements text[],
  INOUT quantities bigint[])
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  planned text[] := movements; units bigint[] := quantities; owed bigint;
BEGIN
  movements := '{}'; quantities := '{}';
  FOR k IN 1..cardinality(planned) LOOP
    CONTINUE WHEN units[k] = 0;
    books := inventory.move(books, planned[k], units[k]);
    movements := movements || planned[k]; quantities := quantities || units[k];
  END LOOP;
  owed := least(books.free, books.deficit);
  IF owed > 0 THEN
    books := inventory.move(books, 'SETTLE', owed);
    movements := movements || 'SETTLE'::text; quantities := quantities || owed;
  END IF;
END $$;
