-- inventory.apply: the rules of escrow for a batch of commands, as one call in autocommit.
--
-- It locks the pools of the batch in byte order of their ids, reads what the commands refer to, folds
-- the commands in arrival order over arrays, and writes the outcome set by set: a batch of hundreds
-- costs one row lock per pool and one commit. The fold says the same as `decide` in
-- src/domain/escrow.ts; a spec runs random batches through both and compares.
--
-- Arrays are indexed by command (i), by pool (p), by reservation or document (r) and by channel (c).
-- Balances that only the warehouse, a repair or a debt touches are in `p_books`, which is read where
-- the batch has one of these and costs a reservation nothing.
-- Rows are found by their keys whatever the statistics say: a plan that was made over an empty table would
-- read all of it for each batch, until someone analyzes it.
-- Nothing else writes the stock tables: the function runs as their owner and is the only thing that
-- the cell's processes may call.

CREATE FUNCTION inventory.apply(commands jsonb) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
  -- the batch
  n int; i int; p int; r int; c int;
  kinds text[]; pools text[]; homes text[]; refs uuid[]; orders text[]; groups text[];
  quantities bigint[]; holds int[]; peers text[]; levels bigint[]; ceilings bigint[];
  ackeds bigint[]; totals bigint[]; epochs int[];
  pool_ix int[]; ref_ix int[]; channel_ix int[];
  pool_count int; ref_count int; channel_count int;
  -- the cell
  own_cell text; own_epoch int; own_state text; active boolean; started timestamptz;
  -- pools
  p_id text[]; p_home text[]; p_free bigint[]; p_held bigint[]; p_sold bigint[]; p_shipped bigint[];
  p_applied bigint[]; p_granted bigint[]; p_credits bigint[]; p_dirty boolean[];
  p_books inventory.escrow[]; books inventory.escrow; has_documents boolean; owing boolean := false;
  -- reservations and documents
  r_state text[]; r_pool text[]; r_order text[]; r_quantity bigint[]; r_expires timestamptz[];
  r_is_new boolean[]; r_dirty boolean[]; d_written inventory.stock_document[];
  d_new inventory.stock_document[]; deed inventory.stock_document;
  -- channels
  c_granted bigint[]; c_applied bigint[]; c_acked bigint[]; c_grants int[]; c_dirty boolean[];
  -- peers, and in which epoch each was heard last
  e_peer text[]; e_epoch int[]; e_ix int; e_dirty boolean := false;
  -- what comes of each command
  v_outcome text[]; v_changed boolean[]; v_free bigint[]; v_total bigint[]; j_movement text[];
  j_quantity bigint[]; g_number int[];
  -- movements beside the one of j_movement, in their order
  movements text[]; units_moved bigint[]; x_i int[]; x_movement text[]; x_quantity bigint[];
  stopped text; row record; said jsonb; units bigint; positions jsonb := '[]';
BEGIN
  SELECT count(*), max(x.p), max(x.r), max(x.c), count(x.document) > 0,
    array_agg(x.kind ORDER BY x.i), array_agg(x.pool ORDER BY x.i), array_agg(x.home ORDER BY x.i),
    array_agg(x.ref ORDER BY x.i), array_agg(x."order" ORDER BY x.i),
    array_agg(x."group" ORDER BY x.i), array_agg(x.quantity ORDER BY x.i),
    array_agg(x."holdSeconds" ORDER BY x.i), array_agg(x.peer ORDER BY x.i),
    array_agg(x.level ORDER BY x.i), array_agg(x.ceiling ORDER BY x.i),
    array_agg(x.acked ORDER BY x.i), array_agg(x.total ORDER BY x.i),
    array_agg(x.epoch ORDER BY x.i), array_agg(x.p ORDER BY x.i), array_agg(x.r ORDER BY x.i),
    array_agg(x.c ORDER BY x.i)
  INTO n, pool_count, ref_count, channel_count, has_documents, kinds, pools, homes, refs, orders, groups,
    quantities, holds, peers, levels, ceilings, ackeds, totals, epochs, pool_ix, ref_ix, channel_ix
  FROM (
    SELECT b.*, coalesce(b.reservation, b.document) AS ref,
      dense_rank() OVER (ORDER BY b.pool COLLATE "C")::int AS p,
      dense_rank() OVER (ORDER BY coalesce(b.reservation, b.document))::int AS r,
      dense_rank() OVER (ORDER BY b.pool COLLATE "C", b.peer COLLATE "C")::int AS c
    FROM ROWS FROM (jsonb_to_recordset(commands) AS (
      kind text, pool text, home text, reservation uuid, document uuid, "order" text, "group" text,
      quantity bigint, "holdSeconds" int, peer text, level bigint, ceiling bigint, acked bigint,
      total bigint, epoch int
    )) WITH ORDINALITY AS b(kind, pool, home, reservation, document, "order", "group", quantity,
      "holdSeconds", peer, level, ceiling, acked, total, epoch, i)
  ) x;
  IF n = 0 THEN
    RETURN '{"outcomes":[],"changed":[],"free":[],"totals":[],"positions":[]}';
  END IF;

  -- A fence takes this lock exclusively before it changes the state of the cell.
  PERFORM pg_advisory_xact_lock_shared(7305801, 1);
  IF 'grant' = ANY (kinds) THEN
    -- One granting batch at a time, from before its first write to its commit: else one that waits
    -- for its second pool could tell a later grant under an earlier transaction id.
    PERFORM pg_advisory_xact_lock(7305801, 2);
  END IF;
  SELECT e.cell, e.epoch, e.state INTO own_cell, own_epoch, own_state
  FROM inventory.cell_epoch e JOIN cell.identity i USING (cell);
  IF own_cell IS NULL THEN
    INSERT INTO inventory.cell_epoch (cell) SELECT i.cell FROM cell.identity i
    ON CONFLICT DO NOTHING;
    SELECT e.cell, e.epoch, e.state INTO own_cell, own_epoch, own_state
    FROM inventory.cell_epoch e JOIN cell.identity i USING (cell);
  END IF;

  active := own_state = 'ACTIVE';

  SELECT array_agg(x.pool ORDER BY x.p) INTO p_id
  FROM (SELECT DISTINCT u.pool, u.p FROM unnest(pools, pool_ix) AS u(pool, p)) x;

  -- Books are opened before the lock, for what may arrive in this batch.
  IF active AND (has_documents OR 'apply' = ANY (kinds)) OR own_state = 'RECOVERING' THEN
    PERFORM inventory.open_books(kinds, pools, homes, totals, own_cell, own_state);
  END IF;

  p_home := array_fill(NULL::text, ARRAY[pool_count]);
  p_free := array_fill(0::bigint, ARRAY[pool_count]);
  p_held := p_free; p_sold := p_free; p_shipped := p_free; p_applied := p_free;
  p_granted := p_free; p_credits := p_free;
  p_dirty := array_fill(false, ARRAY[pool_count]);
  FOR row IN
    SELECT e.*, s.home_cell, u.p
    FROM unnest(p_id) WITH ORDINALITY AS u(pool_id, p)
    JOIN inventory.escrow e ON e.pool_id = u.pool_id AND e.stripe = 0
    JOIN inventory.stock_pool s ON s.pool_id = u.pool_id
    ORDER BY e.pool_id COLLATE "C"
    FOR UPDATE OF e
  LOOP
    p := row.p;
    p_home[p] := row.home_cell; p_free[p] := row.free; p_held[p] := row.held;
    p_sold[p] := row.sold; p_shipped[p] := row.shipped; p_applied[p] := row.applied;
    p_granted[p] := row.granted; p_credits[p] := row.credits;
    IF row.deficit > 0 THEN
      owing := true;
    END IF;
  END LOOP;
  -- Everything below sees what committed before the locks were granted.
  started := clock_timestamp();
  IF owing OR has_documents OR own_state = 'RECOVERING' THEN
    SELECT array_agg(e ORDER BY u.p) INTO p_books
    FROM unnest(p_id) WITH ORDINALITY AS u(pool_id, p)
    LEFT JOIN inventory.escrow e ON e.pool_id = u.pool_id AND e.stripe = 0;
  END IF;

  r_state := array_fill(NULL::text, ARRAY[ref_count]);
  r_pool := r_state; r_order := r_state;
  r_quantity := array_fill(NULL::bigint, ARRAY[ref_count]);
  r_expires := array_fill(NULL::timestamptz, ARRAY[ref_count]);
  r_is_new := array_fill(false, ARRAY[ref_count]);
  r_dirty := r_is_new;
  FOR row IN
    SELECT v.*, u.r FROM (SELECT DISTINCT w.id, w.r FROM unnest(refs, ref_ix) AS w(id, r)) u
    JOIN inventory.reservation v ON v.reservation_id = u.id
  LOOP
    r := row.r;
    r_state[r] := row.state; r_pool[r] := row.pool_id; r_order[r] := row.order_id;
    r_quantity[r] := row.quantity; r_expires[r] := row.expires_at;
  END LOOP;
  IF has_documents THEN
    SELECT array_agg(v ORDER BY u.r) INTO d_written
    FROM (SELECT DISTINCT w.id, w.r FROM unnest(refs, ref_ix) AS w(id, r)) u
    LEFT JOIN inventory.stock_document v ON v.document_id = u.id;
  END IF;

  c_granted := array_fill(0::bigint, ARRAY[channel_count]);
  c_applied := c_granted; c_acked := c_granted;
  c_grants := array_fill(0, ARRAY[channel_count]);
  c_dirty := array_fill(false, ARRAY[channel_count]);
  IF kinds && ARRAY['grant', 'apply', 'ack'] OR own_state = 'RECOVERING' THEN
    FOR row IN
      SELECT q.*, u.c
      FROM (SELECT DISTINCT w.pool, w.peer, w.c FROM unnest(pools, peers, channel_ix)
        AS w(pool, peer, c)) u
      JOIN inventory.quota_channel q ON q.pool_id = u.pool AND q.peer = u.peer
    LOOP
      c := row.c;
      c_granted[c] := row.granted_total; c_applied[c] := row.applied_total;
      c_acked[c] := row.peer_acked_total; c_grants[c] := row.grants;
    END LOOP;
  END IF;
  IF 'apply' = ANY (kinds) THEN
    SELECT array_agg(u.peer ORDER BY u.peer), array_agg(coalesce(h.epoch, 1) ORDER BY u.peer)
    INTO e_peer, e_epoch
    FROM (SELECT DISTINCT w.peer FROM unnest(kinds, peers) AS w(kind, peer) WHERE w.kind = 'apply') u
    LEFT JOIN inventory.peer_epoch h USING (peer);
  END IF;

  v_outcome := array_fill(NULL::text, ARRAY[n]);
  j_movement := v_outcome;
  v_changed := array_fill(false, ARRAY[n]);
  v_free := array_fill(0::bigint, ARRAY[n]);
  v_total := v_free; j_quantity := v_free;
  g_number := array_fill(0, ARRAY[n]);

  FOR i IN 1..n LOOP
    p := pool_ix[i]; r := ref_ix[i]; c := channel_ix[i];
    CASE kinds[i]
    WHEN 'reserve' THEN
      IF r_state[r] IS NOT NULL AND NOT (r_pool[r] = pools[i] AND r_order[r] = orders[i]
        AND r_quantity[r] = quantities[i]) THEN
        v_outcome[i] := 'CONFLICT';
      ELSIF r_state[r] IS NOT NULL
        AND NOT (own_state = 'RECOVERING' AND r_state[r] IN ('HELD', 'CONFIRMED')) THEN
        v_outcome[i] := r_state[r];
      ELSIF stopped = groups[i] THEN
        v_outcome[i] := 'DEFERRED';
      ELSIF NOT active THEN
        v_outcome[i] := 'NOT_ACTIVE'; stopped := groups[i];
      ELSIF p_free[p] < quantities[i] THEN
        v_outcome[i] := 'SHORT'; stopped := groups[i];
      ELSE
        p_free[p] := p_free[p] - quantities[i]; p_held[p] := p_held[p] + quantities[i];
        r_state[r] := 'HELD'; r_pool[r] := pools[i]; r_order[r] := orders[i];
        r_quantity[r] := quantities[i]; r_is_new[r] := true;
        r_expires[r] := date_trunc('milliseconds', started) + make_interval(secs => holds[i]);
        v_outcome[i] := 'HELD'; v_changed[i] := true; p_dirty[p] := true;
        j_movement[i] := 'RESERVE'; j_quantity[i] := quantities[i];
      END IF;

    WHEN 'confirm', 'release', 'expire', 'cancel', 'ship' THEN
      IF r_pool[r] <> pools[i] OR r_order[r] <> orders[i] OR r_quantity[r] <> quantities[i] THEN
        v_outcome[i] := 'CONFLICT';
      ELSIF own_state = 'RECOVERING'
        AND (r_state[r] IS NULL OR r_state[r] IN ('HELD', 'CONFIRMED')) THEN
        v_outcome[i] := 'NOT_ACTIVE';
      ELSIF r_state[r] IS NULL THEN
        IF kinds[i] = 'release' THEN
          -- The door is closed to a reserve that is still on its way.
          r_state[r] := 'RELEASED'; r_pool[r] := pools[i]; r_order[r] := orders[i];
          r_quantity[r] := quantities[i]; r_is_new[r] := true;
          r_expires[r] := date_trunc('milliseconds', started);
          v_outcome[i] := 'RELEASED'; v_changed[i] := true;
        ELSE
          v_outcome[i] := 'UNKNOWN_RESERVATION';
        END IF;
      ELSIF r_state[r] <>
        (CASE WHEN kinds[i] IN ('cancel', 'ship') THEN 'CONFIRMED' ELSE 'HELD' END) THEN
        v_outcome[i] := r_state[r];
      ELSIF kinds[i] = 'expire' AND r_expires[r] > started THEN
        v_outcome[i] := 'NOT_DUE';
      ELSIF kinds[i] = 'confirm' AND own_state NOT IN ('ACTIVE', 'DRAINING') THEN
        v_outcome[i] := 'NOT_ACTIVE';
      ELSE
        units := quantities[i];
        CASE kinds[i]
        WHEN 'confirm' THEN
          p_held[p] := p_held[p] - units; p_sold[p] := p_sold[p] + units;
          r_state[r] := 'CONFIRMED'; j_movement[i] := 'CONFIRM';
        WHEN 'cancel' THEN
          p_sold[p] := p_sold[p] - units; p_free[p] := p_free[p] + units;
          p_credits[p] := p_credits[p] + 1;
          r_state[r] := 'CANCELLED'; j_movement[i] := 'CANCEL';
        WHEN 'ship' THEN
          p_sold[p] := p_sold[p] - units; p_shipped[p] := p_shipped[p] + units;
          r_state[r] := 'SHIPPED'; j_movement[i] := 'SHIP';
        ELSE
          p_held[p] := p_held[p] - units; p_free[p] := p_free[p] + units;
          p_credits[p] := p_credits[p] + 1;
          r_state[r] := CASE kinds[i] WHEN 'expire' THEN 'EXPIRED' ELSE 'RELEASED' END;
          j_movement[i] := CASE kinds[i] WHEN 'expire' THEN 'EXPIRE' ELSE 'RELEASE' END;
        END CASE;
        j_quantity[i] := units; r_dirty[r] := true; p_dirty[p] := true;
        v_outcome[i] := r_state[r]; v_changed[i] := true;
      END IF;

    WHEN 'grant' THEN
      v_total[i] := c_granted[c];
      IF own_state = 'RECOVERING' THEN
        v_outcome[i] := 'NOT_ACTIVE';
      ELSIF ackeds[i] > c_granted[c] THEN
        v_outcome[i] := 'REGRESSED';
      ELSE
        IF ackeds[i] > c_acked[c] THEN
          c_acked[c] := ackeds[i]; c_dirty[c] := true;
        END IF;
        units := least(levels[i] - c_granted[c], ceilings[i], p_free[p]);
        IF units <= 0 THEN
          v_outcome[i] := 'GRANTED';
        ELSIF NOT active THEN
          v_outcome[i] := 'NOT_ACTIVE';
        ELSE
          c_granted[c] := c_granted[c] + units; c_grants[c] := c_grants[c] + 1;
          c_dirty[c] := true; p_dirty[p] := true;
          p_free[p] := p_free[p] - units; p_granted[p] := p_granted[p] + units;
          v_outcome[i] := 'GRANTED'; v_changed[i] := true; v_total[i] := c_granted[c];
          g_number[i] := c_grants[c]; j_movement[i] := 'GRANT'; j_quantity[i] := units;
        END IF;
      END IF;

    WHEN 'apply' THEN
      v_total[i] := c_applied[c];
      units := totals[i] - c_applied[c]; e_ix := array_position(e_peer, peers[i]);
      IF coalesce(p_home[p], homes[i]) <> homes[i] THEN
        v_outcome[i] := 'CONFLICT';
      ELSIF epochs[i] < e_epoch[e_ix] THEN
        v_outcome[i] := 'STALE_EPOCH';
      ELSIF units <= 0 THEN
        v_outcome[i] := 'APPLIED';
      ELSIF NOT active THEN
        v_outcome[i] := 'NOT_ACTIVE';
      ELSE
        c_applied[c] := totals[i]; e_dirty := e_dirty OR epochs[i] > e_epoch[e_ix];
        e_epoch[e_ix] := epochs[i];
        c_dirty[c] := true; p_dirty[p] := true;
        p_applied[p] := p_applied[p] + units; p_free[p] := p_free[p] + units;
        p_credits[p] := p_credits[p] + 1;
        v_outcome[i] := 'APPLIED'; v_changed[i] := true; v_total[i] := totals[i];
        j_movement[i] := 'APPLY'; j_quantity[i] := units;
      END IF;

    WHEN 'ack' THEN
      IF totals[i] > c_granted[c] THEN
        v_outcome[i] := 'REGRESSED'; v_total[i] := c_granted[c];
      ELSIF totals[i] <= c_acked[c] THEN
        v_outcome[i] := 'ACKED'; v_total[i] := c_acked[c];
      ELSE
        c_acked[c] := totals[i]; c_dirty[c] := true;
        v_outcome[i] := 'ACKED'; v_changed[i] := true; v_total[i] := totals[i];
      END IF;

    WHEN 'mint', 'writeOff', 'setAside', 'clear', 'keepSafe', 'transfer', 'count', 'dispatch',
      'resolve' THEN
      said := commands -> (i - 1);
      deed := ROW(refs[i], pools[i], kinds[i], coalesce(said ->> 'into', said ->> 'from'),
        coalesce(quantities[i], levels[i], (said ->> 'counted')::bigint),
        (said ->> 'position')::bigint, started);
      books := p_books[p]; books.free := p_free[p];
      row := inventory.plan_document(deed, d_written[r], books,
        coalesce(p_home[p], homes[i]) = own_cell, own_state);
      v_outcome[i] := row.outcome; movements := row.movements; units_moved := row.quantities;
      v_total[i] := coalesce(books.documents, 0);
      IF movements IS NOT NULL THEN
        v_changed[i] := true; v_total[i] := v_total[i] + 1; p_books[p].documents := v_total[i];
        IF kinds[i] = 'dispatch' THEN
          p_books[p].dispatched := books.dispatched + deed.quantity;
        END IF;
        d_written[r] := deed; d_new := d_new || deed;
      END IF;

    WHEN 'repair' THEN
      said := commands -> (i - 1);
      units_moved := ARRAY[greatest((said ->> 'applied')::bigint - c_granted[c], 0),
        greatest((said ->> 'granted')::bigint - c_applied[c], 0)];
      IF own_state <> 'RECOVERING' THEN
        v_outcome[i] := 'NOT_RECOVERING';
      ELSIF coalesce(p_home[p], homes[i]) <> homes[i] THEN
        v_outcome[i] := 'CONFLICT'; v_total[i] := c_granted[c];
      ELSIF units_moved[1] + units_moved[2] = 0 THEN
        v_outcome[i] := 'REPAIRED'; v_total[i] := c_granted[c];
      ELSE
        c_granted[c] := c_granted[c] + units_moved[1];
        c_applied[c] := c_applied[c] + units_moved[2];
        c_dirty[c] := true;
        movements := ARRAY['GRANT', 'GRANT_FROM_SUSPENSE', 'GRANT_FROM_DEFICIT',
          'APPLY_TO_SUSPENSE'];
        units_moved := inventory.share(units_moved[1], ARRAY[p_free[p], (p_books[p]).suspense])
          || units_moved[2];
        v_outcome[i] := 'REPAIRED'; v_changed[i] := true; v_total[i] := c_granted[c];
      END IF;

    WHEN 'readopt' THEN
      said := commands -> (i - 1);
      IF r_state[r] IS NOT NULL AND NOT (r_pool[r] = pools[i] AND r_order[r] = orders[i]
        AND r_quantity[r] = quantities[i]) THEN
        v_outcome[i] := 'CONFLICT';
      ELSIF coalesce(cardinality(inventory.way_to(said ->> 'state', r_state[r])), 0) = 0
        AND r_state[r] IS NOT NULL THEN
        v_outcome[i] := r_state[r];
      ELSIF coalesce(p_home[p], homes[i]) <> homes[i] THEN
        v_outcome[i] := 'CONFLICT';
      ELSIF own_state <> 'RECOVERING' THEN
        v_outcome[i] := 'NOT_RECOVERING';
      ELSE
        books := p_books[p]; books.free := p_free[p];
        row := inventory.plan_readopt(said ->> 'state', r_state[r], quantities[i], books);
        movements := row.movements; units_moved := row.quantities;
        IF r_state[r] IS NULL THEN
          r_pool[r] := pools[i]; r_order[r] := orders[i]; r_quantity[r] := quantities[i];
          r_is_new[r] := true;
          -- readoptedHoldSeconds in src/domain/recovery.ts
          r_expires[r] := date_trunc('milliseconds', started) + interval '1200 seconds';
        END IF;
        r_state[r] := said ->> 'state'; r_dirty[r] := true;
        v_outcome[i] := r_state[r]; v_changed[i] := true;
      END IF;

    ELSE
      RAISE EXCEPTION 'no stock command is called %', kinds[i]
        USING ERRCODE = 'invalid_parameter_value';
    END CASE;
    IF movements IS NOT NULL OR owing AND p_free[p] > 0 THEN
      books := p_books[p];
      books.free := p_free[p]; books.held := p_held[p]; books.sold := p_sold[p];
      books.shipped := p_shipped[p];
      books.applied := p_applied[p]; books.granted := p_granted[p]; books.credits := p_credits[p];
      p_dirty[p] := p_dirty[p] OR movements IS NOT NULL;
      row := inventory.post(books, coalesce(movements, '{}'), units_moved);
      books := row.books;
      x_i := x_i || array_fill(i, ARRAY[cardinality(row.movements)]);
      x_movement := x_movement || row.movements; x_quantity := x_quantity || row.quantities;
      owing := owing OR books.deficit > 0;
      p_free[p] := books.free; p_held[p] := books.held; p_sold[p] := books.sold;
      p_shipped[p] := books.shipped;
      p_applied[p] := books.applied; p_granted[p] := books.granted; p_credits[p] := books.credits;
      p_books[p] := books; movements := NULL;
    END IF;
    v_free[i] := p_free[p];
  END LOOP;

  IF p_books IS NULL THEN
    UPDATE inventory.escrow e
    SET free = u.free, held = u.held, sold = u.sold, shipped = u.shipped, applied = u.applied,
      granted = u.granted, credits = u.credits
    FROM unnest(p_id, p_free, p_held, p_sold, p_shipped, p_applied, p_granted, p_credits, p_dirty)
      AS u(pool_id, free, held, sold, shipped, applied, granted, credits, dirty)
    WHERE u.dirty AND e.pool_id = u.pool_id AND e.stripe = 0;
  ELSE
    UPDATE inventory.escrow e
    SET free = u.free, held = u.held, sold = u.sold, shipped = u.shipped, applied = u.applied,
      granted = u.granted, credits = u.credits, minted = (p_books[u.p]).minted,
      written_off = (p_books[u.p]).written_off, transferred = (p_books[u.p]).transferred,
      deficit = (p_books[u.p]).deficit, safety = (p_books[u.p]).safety,
      quarantine = (p_books[u.p]).quarantine, suspense = (p_books[u.p]).suspense,
      dispatched = (p_books[u.p]).dispatched, documents = (p_books[u.p]).documents
    FROM unnest(p_id, p_free, p_held, p_sold, p_shipped, p_applied, p_granted, p_credits, p_dirty)
      WITH ORDINALITY
      AS u(pool_id, free, held, sold, shipped, applied, granted, credits, dirty, p)
    WHERE u.dirty AND e.pool_id = u.pool_id AND e.stripe = 0;
  END IF;

  IF true = ANY (r_is_new) THEN
    INSERT INTO inventory.reservation
      (reservation_id, pool_id, order_id, quantity, state, expires_at, held_at, changed_at)
    SELECT u.id, r_pool[u.r], r_order[u.r], r_quantity[u.r], r_state[u.r], r_expires[u.r], started,
      started
    FROM (SELECT DISTINCT w.id, w.r FROM unnest(refs, ref_ix) AS w(id, r)) u
    WHERE r_is_new[u.r];
  END IF;
  IF true = ANY (r_dirty) THEN
    UPDATE inventory.reservation v SET state = r_state[u.r], changed_at = started
    FROM (SELECT DISTINCT w.id, w.r FROM unnest(refs, ref_ix) AS w(id, r)) u
    WHERE r_dirty[u.r] AND NOT r_is_new[u.r] AND v.reservation_id = u.id;
  END IF;
  IF d_new IS NOT NULL THEN
    INSERT INTO inventory.stock_document
      (document_id, pool_id, kind, place, quantity, position, recorded_at)
    SELECT d.document_id, d.pool_id, d.kind, d.place, d.quantity, d.position, d.recorded_at
    FROM unnest(d_new) d;
  END IF;
  IF true = ANY (c_dirty) THEN
    INSERT INTO inventory.quota_channel AS q (pool_id, peer, granted_total, applied_total,
      peer_acked_total, grants, changed_at)
    SELECT u.pool, u.peer, c_granted[u.c], c_applied[u.c], c_acked[u.c], c_grants[u.c], started
    FROM (SELECT DISTINCT w.pool, w.peer, w.c FROM unnest(pools, peers, channel_ix)
      AS w(pool, peer, c)) u
    WHERE c_dirty[u.c]
    ON CONFLICT (pool_id, peer) DO UPDATE
    SET granted_total = excluded.granted_total, applied_total = excluded.applied_total,
      peer_acked_total = excluded.peer_acked_total, grants = excluded.grants,
      changed_at = excluded.changed_at;
  END IF;
  IF e_dirty THEN
    INSERT INTO inventory.peer_epoch AS h (peer, epoch)
    SELECT u.peer, u.epoch FROM unnest(e_peer, e_epoch) AS u(peer, epoch)
    WHERE u.epoch > 1 ORDER BY u.peer
    ON CONFLICT (peer) DO UPDATE SET epoch = greatest(h.epoch, excluded.epoch), heard_at = started
    WHERE excluded.epoch > h.epoch;
  END IF;

  INSERT INTO inventory.escrow_journal (pool_id, movement, quantity, reference, recorded_at)
  SELECT u.pool, u.movement, u.quantity, coalesce(u.ref::text, u.peer), started
  FROM (
    SELECT m.*, 0 AS k
    FROM unnest(pools, j_movement, j_quantity, refs, peers) WITH ORDINALITY
      AS m(pool, movement, quantity, ref, peer, i)
    UNION ALL
    SELECT pools[x.i], x.movement, x.quantity, refs[x.i], peers[x.i], x.i, x.k
    FROM unnest(x_i, x_movement, x_quantity) WITH ORDINALITY AS x(i, movement, quantity, k)
  ) u
  WHERE u.movement IS NOT NULL ORDER BY u.i, u.k;

  IF kinds && ARRAY['grant'] THEN
    PERFORM inventory.announce_grants(jsonb_agg(jsonb_build_object(
      'sku', split_part(u.pool, '/', 2), 'warehouse', split_part(u.pool, '/', 1),
      'donor', own_cell, 'receiver', u.peer, 'epoch', own_epoch, 'grantedTotal', u.total,
      'donorFree', u.free, 'grantNumber', u.number) ORDER BY u.i))
    FROM unnest(pools, peers, v_total, v_free, g_number) WITH ORDINALITY
      AS u(pool, peer, total, free, number, i)
    WHERE u.number > 0
    HAVING count(*) > 0;
  END IF;

  IF NOT (true = ANY (v_changed)) THEN
    -- Every answer may repeat what another call committed and no standby has yet. A commit that
    -- writes waits for the standby, so what is repeated here is proven to be safe.
    PERFORM pg_logical_emit_message(true, 'inventory', '');
  END IF;

  -- Whoever came short, or asked how we stand, learns the whole position after the batch.
  SELECT array_agg(DISTINCT u.pool) INTO p_id FROM unnest(pools, kinds, v_outcome) AS u(pool, kind, outcome)
  WHERE u.outcome IN ('SHORT', 'DEFERRED') OR u.kind = 'grant';
  IF p_id IS NOT NULL THEN
    positions := inventory.positions_of(p_id);
  END IF;

  RETURN jsonb_build_object('outcomes', to_jsonb(v_outcome), 'changed', to_jsonb(v_changed),
    'free', to_jsonb(v_free), 'totals', to_jsonb(v_total), 'positions', positions);
END $$;
