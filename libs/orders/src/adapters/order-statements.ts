import { statement } from '@entrepot/platform-database';

const columns = `o.order_id, o.subject_id, o.sales_channel_id, o.currency, o.cart_id, o.status,
  o.on_shortage, o.reserve_round, o.has_round_ended, o.payment_attempt, o.fencing_token, o.version,
  o.total_minor,
  o.tax_minor, o.address, o.payment_method, o.payment_token, o.action_until, o.refusal_code, o.placed_at,
  o.attempted_at, o.confirmed_at`;

/** All lines of an order as one JSON array, so that reading an order is one statement whatever its size. */
const lines = `(
  SELECT coalesce(json_agg(json_build_object(
    'line_number', l.line_number, 'sku', l.sku, 'quantity', l.quantity,
    'unit_price_minor', l.unit_price_minor, 'tax_rate_basis_points', l.tax_rate_basis_points,
    'tax_minor', l.tax_minor, 'price_version', l.price_version,
    'shortage_reason', l.shortage_reason, 'available_quantity', l.available_quantity
  ) ORDER BY l.line_number), '[]'::json)
  FROM orders.order_line l WHERE l.order_id = o.order_id) AS lines`;

/** Who gets the order instead of the buyer, as one JSON object; null where it is no gift. */
const recipient = `(
  SELECT json_build_object('subject_id', r.subject_id, 'address', r.address, 'message', r.message)
  FROM orders.order_recipient r WHERE r.order_id = o.order_id) AS recipient`;

/** A guest is a subject from the first order on; a shopper has been one since registering. */
export const insertOrder = statement(
  'orders.insert',
  `WITH admitted AS MATERIALIZED (SELECT privacy.admit_subject($2)),
   placed AS (
     INSERT INTO orders."order" (order_id, subject_id, sales_channel_id, currency, cart_id, status,
       on_shortage, total_minor, tax_minor, address, payment_method, payment_token, lease_until)
     SELECT $1, $2, $3, $4, $5, 'placing', $6, $7, $8, $9, $10, $11,
       clock_timestamp() + make_interval(secs => $12)
     FROM admitted
     RETURNING order_id, placed_at),
   lines AS (
     INSERT INTO orders.order_line (order_id, line_number, sku, quantity, unit_price_minor,
       tax_rate_basis_points, tax_minor, price_version)
     SELECT placed.order_id, l.line_number, l.sku, l.quantity, l.unit_price_minor,
       l.tax_rate_basis_points, l.tax_minor, l.price_version
     FROM placed, json_to_recordset($13::json) AS l(line_number int, sku text, quantity int,
       unit_price_minor bigint, tax_rate_basis_points int, tax_minor bigint, price_version int))
   SELECT placed_at FROM placed`,
);

/** The recipient of a gift is a subject from here on. */
export const insertRecipient = statement(
  'orders.insert_recipient',
  `WITH admitted AS MATERIALIZED (SELECT privacy.admit_subject($2))
   INSERT INTO orders.order_recipient (order_id, subject_id, address, message)
   SELECT $1, $2, $3, $4 FROM admitted`,
);

export const lockOrder = statement(
  'orders.lock',
  `SELECT ${columns}, ${lines} FROM orders."order" o WHERE o.order_id = $1 FOR UPDATE OF o`,
);

export const findOrder = statement(
  'orders.find',
  `SELECT ${columns}, ${lines}, ${recipient} FROM orders."order" o WHERE o.order_id = $1`,
);

export const findOrderPage = statement(
  'orders.page',
  `SELECT ${columns}, '[]'::json AS lines FROM orders."order" o
   WHERE o.subject_id = $1
     AND ($2::timestamptz IS NULL OR (o.placed_at, o.order_id) < ($2, $3))
   ORDER BY o.placed_at DESC, o.order_id DESC LIMIT $4`,
);

/** Nothing is written where somebody took the order up after the caller did. */
export const saveOrder = statement(
  'orders.save',
  `WITH saved AS (
     UPDATE orders."order" SET status = $3, reserve_round = $4, payment_attempt = $5,
       total_minor = $6, tax_minor = $7, refusal_code = $8, payment_method = $11,
       payment_token = $12, version = version + 1,
       action_until = CASE WHEN $3 = 'requires_action' THEN coalesce(action_until,
         clock_timestamp() + make_interval(secs => $13)) END,
       confirmed_at = CASE WHEN $3 = 'confirmed' THEN coalesce(confirmed_at, clock_timestamp()) END,
       settled_at = CASE WHEN $3 IN ('confirmed', 'declined', 'refused')
         THEN coalesce(settled_at, clock_timestamp()) END,
       has_round_ended = has_round_ended AND reserve_round = $4,
       attempted_at = CASE WHEN payment_attempt < $5 THEN clock_timestamp() ELSE attempted_at END,
       lease_until = CASE WHEN $3 = 'placing'
         THEN clock_timestamp() + make_interval(secs => $10) END
     WHERE order_id = $1 AND fencing_token = $2
     RETURNING order_id, version, attempted_at, confirmed_at),
   dropped AS (
     UPDATE orders.order_line l SET state = 'dropped', shortage_reason = d.shortage_reason,
       available_quantity = d.available_quantity
     FROM saved, json_to_recordset($9::json) AS d(line_number int, shortage_reason text,
       available_quantity int)
     WHERE l.order_id = saved.order_id AND l.line_number = d.line_number)
   SELECT version, attempted_at, confirmed_at FROM saved`,
);

export const raiseFence = statement(
  'orders.raise_fence',
  `UPDATE orders."order" SET fencing_token = fencing_token + 1 WHERE order_id = $1
   RETURNING fencing_token`,
);

export const takeUpOrder = statement(
  'orders.take_up',
  `UPDATE orders."order" o SET fencing_token = fencing_token + 1,
     lease_until = clock_timestamp() + make_interval(secs => $2)
   WHERE order_id = $1 AND status IN ('placing', 'requires_action', 'pending')
     AND (lease_until IS NULL OR lease_until < clock_timestamp())
   RETURNING ${columns}, ${lines}`,
);

export const findRestingOrders = statement(
  'orders.resting',
  `SELECT order_id FROM orders."order"
   WHERE status IN ('placing', 'requires_action', 'pending')
     AND (lease_until IS NULL OR lease_until < clock_timestamp())
     AND placed_at < clock_timestamp() - make_interval(secs => $1)
   ORDER BY status = 'placing' DESC, random() LIMIT $2`,
);

export const oldestOpenOrder = statement(
  'orders.oldest_open',
  `SELECT greatest(0, extract(epoch FROM clock_timestamp() - min(attempted_at)))::float8 AS "seconds"
   FROM orders."order" WHERE status IN ('placing', 'requires_action', 'pending')`,
);

/** In no order, so that the sequence in which they are forgotten tells nothing. */
export const findOrdersOfPerson = statement(
  'orders.of_person',
  `SELECT order_id FROM orders."order" WHERE subject_id = $1 ORDER BY random()`,
);

export const forgetPerson = statement(
  'orders.forget_person',
  `UPDATE orders."order" SET subject_id = NULL, cart_id = NULL, address = NULL, payment_token = NULL,
     fencing_token = fencing_token + 1, lease_until = NULL
   WHERE order_id = $1 AND subject_id = $2`,
);

export const forgetRecipient = statement(
  'orders.forget_recipient',
  `UPDATE orders.order_recipient SET subject_id = NULL, address = NULL, message = NULL
   WHERE subject_id = $1`,
);

export const recipientOfOrder = statement(
  'orders.recipient_of_order',
  `SELECT subject_id AS "subject" FROM orders.order_recipient WHERE order_id = $1`,
);

export const putDownOrder = statement(
  'orders.put_down',
  `UPDATE orders."order" SET lease_until = NULL WHERE order_id = $1 AND fencing_token = $2`,
);

export const endRound = statement(
  'orders.end_round',
  `UPDATE orders."order" SET has_round_ended = true, lease_until = NULL
   WHERE order_id = $1 AND fencing_token = $2`,
);
