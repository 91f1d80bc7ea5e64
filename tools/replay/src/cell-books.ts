import pg from 'pg';

/** The stock of a cell at one instant, in units; grants are counted, ever. */
export interface StockSample {
  readonly free: number;
  readonly granted: number;
  readonly applied: number;
  readonly grants: number;
}

/** An order under way, as its cell's books show it. */
export interface OpenOrder {
  readonly status: string;
  /** Null before the first attempt. */
  readonly payment: string | null;
  readonly hasStock: boolean;
}

const sampleSql = `
SELECT (SELECT coalesce(sum(free), 0)::float8 FROM inventory.escrow) AS free,
  coalesce(sum(granted_total), 0)::float8 AS granted,
  coalesce(sum(applied_total), 0)::float8 AS applied, coalesce(sum(grants), 0)::float8 AS grants
FROM inventory.quota_channel`;

const openOrdersSql = `
SELECT o.status, p.state AS payment,
  EXISTS (SELECT FROM inventory.reservation r
          WHERE r.state = 'HELD' AND r.expires_at > now() AND r.order_id = o.order_id) AS "hasStock"
FROM orders."order" o
LEFT JOIN payments.payment p ON p.order_id = o.order_id AND p.attempt = o.payment_attempt
WHERE o.status IN ('placing', 'requires_action', 'pending')`;

/** What a replay looks up in a cell beside being its client; the auditor's login suffices. */
export class CellBooks {
  private readonly pool: pg.Pool;

  constructor(
    readonly cell: string,
    url: string,
  ) {
    this.pool = new pg.Pool({ connectionString: url, max: 2, application_name: 'replay' });
    // a primary that is restarted on purpose breaks idle connections; the next query opens another
    this.pool.on('error', () => undefined);
  }

  async free(): Promise<{ pool: string; free: number }[]> {
    const sql = 'SELECT pool_id AS pool, free::float8 FROM inventory.escrow WHERE stripe = 0';
    return (await this.pool.query<{ pool: string; free: number }>(sql)).rows;
  }

  async channels(): Promise<{ pool: string; peer: string; granted: number }[]> {
    const sql = `SELECT pool_id AS pool, peer, granted_total::float8 AS granted
                 FROM inventory.quota_channel`;
    return (await this.pool.query<{ pool: string; peer: string; granted: number }>(sql)).rows;
  }

  /** Undefined while the database does not answer. */
  sample(): Promise<StockSample | undefined> {
    return this.orNothing<StockSample>(sampleSql).then((rows) => rows?.[0]);
  }

  async openOrders(): Promise<readonly OpenOrder[]> {
    return (await this.orNothing<OpenOrder>(openOrdersSql)) ?? [];
  }

  close(): Promise<void> {
    return this.pool.end();
  }

  private async orNothing<Row extends object>(sql: string): Promise<Row[] | undefined> {
    try {
      return (await this.pool.query<Row>(sql)).rows;
    } catch {
      return undefined;
    }
  }
}
