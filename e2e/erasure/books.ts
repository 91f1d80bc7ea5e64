import { clustersOfStack, withClient } from '@entrepot/stack';

export interface Books {
  readonly order: Readonly<Record<string, unknown>> | undefined;
  readonly lines: readonly Readonly<Record<string, unknown>>[];
  readonly payments: readonly Readonly<Record<string, unknown>>[];
  readonly entries: readonly Readonly<Record<string, unknown>>[];
  /** Per currency: what all entries of the order come to. */
  readonly sums: readonly { readonly currency: string; readonly sum: string }[];
}

type Client = Parameters<Parameters<typeof withClient>[1]>[0];

/** Whether the database still says whose the order is. */
export const ownersOf = `
  SELECT subject_id AS "subject", cart_id AS "cart", address, payment_token AS "token"
  FROM orders."order" WHERE order_id = $1
  UNION ALL
  SELECT subject_id, NULL, NULL, method_token FROM payments.payment WHERE order_id = $1`;

const entriesOf = `FROM payments.ledger_entry e JOIN payments.journal j USING (journal_id)
  JOIN payments.payment p USING (payment_id) WHERE p.order_id = $1`;

/** Amounts, goods and entries of one order, whoever's it is. */
export async function booksIn(client: Client, orderId: string): Promise<Books> {
  const rowsOf = async (sql: string) => {
    const { rows } = await client.query<Record<string, unknown>>(sql, [orderId]);
    return rows;
  };
  const [order] = await rowsOf(
    `SELECT status, currency, total_minor, tax_minor, placed_at, confirmed_at
     FROM orders."order" WHERE order_id = $1`,
  );
  return {
    order,
    lines: await rowsOf('SELECT * FROM orders.order_line WHERE order_id = $1 ORDER BY line_number'),
    payments: await rowsOf(
      `SELECT payment_id, provider_reference, currency, amount_minor, tax_minor, state
       FROM payments.payment WHERE order_id = $1 ORDER BY attempt`,
    ),
    entries: await rowsOf(
      `SELECT e.account, e.currency, e.amount_minor ${entriesOf} ORDER BY j.posted_at, e.line_number`,
    ),
    sums: (await rowsOf(
      `SELECT e.currency, sum(e.amount_minor)::text AS "sum" ${entriesOf} GROUP BY e.currency`,
    )) as unknown as Books['sums'],
  };
}

/** Asks the running `shop` of a cell. */
export const inShopOf = <T>(cell: string, work: (client: Client) => Promise<T>): Promise<T> =>
  inClusterOf(cell, 'shop', work);

/** Asks a running cluster of a cell. */
export function inClusterOf<T>(
  cell: string,
  cluster: 'shop' | 'vault',
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const found = clustersOfStack().find((of) => of.cell === cell && of.cluster === cluster);
  if (found === undefined) throw new RangeError(`${cell} has no ${cluster}`);
  return withClient(found.superuserUrl, work);
}
