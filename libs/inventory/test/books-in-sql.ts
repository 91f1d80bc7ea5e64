import { statement, type Queryable } from '@entrepot/platform-database';

const readBooks = statement(
  'inventory_test.books',
  `SELECT coalesce(jsonb_object_agg(e.pool_id, jsonb_build_object(
     'home', s.home_cell, 'credits', e.credits, 'SUPPLY', e.minted, 'APPLIED', e.applied,
     'DEFICIT', e.deficit, 'FREE', e.free, 'HELD', e.held, 'SOLD', e.sold, 'SHIPPED', e.shipped,
     'SAFETY', e.safety, 'QUARANTINE', e.quarantine, 'SUSPENSE', e.suspense,
     'GRANTED', e.granted, 'WRITTEN_OFF', e.written_off, 'TRANSFERRED', e.transferred,
     'dispatched', e.dispatched, 'documents', e.documents)), '{}') AS answer
   FROM inventory.escrow e JOIN inventory.stock_pool s USING (pool_id)
   WHERE e.minted + e.applied + e.deficit + e.credits + e.documents > 0`,
);
const readReservations = statement(
  'inventory_test.reservations',
  `SELECT coalesce(jsonb_object_agg(reservation_id, jsonb_build_object('pool', pool_id,
     'order', order_id, 'quantity', quantity, 'state', state)), '{}') AS answer
   FROM inventory.reservation`,
);
const readDocuments = statement(
  'inventory_test.documents',
  `SELECT coalesce(jsonb_object_agg(document_id, jsonb_strip_nulls(jsonb_build_object('pool',
     pool_id, 'kind', kind, 'place', place, 'quantity', quantity, 'position', position))), '{}')
     AS answer
   FROM inventory.stock_document`,
);
const readChannels = statement(
  'inventory_test.channels',
  `SELECT coalesce(jsonb_object_agg(pool_id || ' ' || peer, jsonb_build_object(
     'granted', granted_total, 'applied', applied_total, 'acked', peer_acked_total,
     'grants', grants)), '{}') AS answer
   FROM inventory.quota_channel`,
);
const readJournal = statement(
  'inventory_test.journal',
  `SELECT coalesce(jsonb_agg(jsonb_build_object('pool', pool_id, 'movement', movement,
     'quantity', quantity, 'reference', reference) ORDER BY seq), '[]') AS answer
   FROM inventory.escrow_journal`,
);
const readBreaches = statement(
  'inventory_test.breaches',
  'SELECT pool_id AS pool, breach, found FROM inventory.breach ORDER BY 1, 2',
);

const readStanding = statement(
  'inventory_test.standing',
  `SELECT jsonb_build_object('state', coalesce(c.state, 'ACTIVE'), 'epoch', coalesce(c.epoch, 1),
     'peers', (SELECT coalesce(jsonb_object_agg(peer, epoch), '{}') FROM inventory.peer_epoch))
     AS answer
   FROM cell.identity i LEFT JOIN inventory.cell_epoch c USING (cell)`,
);

export interface BooksInSql {
  readonly standing: unknown;
  readonly pools: unknown;
  readonly reservations: unknown;
  readonly documents: unknown;
  readonly channels: unknown;
  readonly journal: unknown;
}

/** Everything `inventory.apply` keeps, in the shape that `booksOf` gives the reducer's state. */
export async function readAll(database: Queryable): Promise<BooksInSql> {
  const one = async (sql: ReturnType<typeof statement>): Promise<unknown> =>
    (await database.query<{ answer: unknown }>(sql))[0]?.answer;
  return {
    standing: await one(readStanding),
    pools: await one(readBooks),
    reservations: await one(readReservations),
    documents: await one(readDocuments),
    channels: await one(readChannels),
    journal: await one(readJournal),
  };
}

/** What the database itself finds wrong with its books. */
export const findBreachesInSql = (database: Queryable): Promise<unknown[]> =>
  database.query(readBreaches);
