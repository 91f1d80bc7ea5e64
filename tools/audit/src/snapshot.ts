import pg from 'pg';

export type Reader = <Row>(sql: string, values?: unknown[]) => Promise<Row[]>;

/** One snapshot of the shop database of a cell, as its auditor's role may see it. */
export async function inSnapshot<T>(url: string, work: (read: Reader) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: 'audit' });
  await client.connect();
  try {
    // an audit reads everything, which takes longer than any request may
    await client.query('SET transaction_timeout = 0; SET statement_timeout = 0');
    await client.query('SET idle_in_transaction_session_timeout = 0');
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const read: Reader = async <Row>(sql: string, values?: unknown[]) =>
      (await client.query(sql, values)).rows as Row[];
    const found = await work(read);
    await client.query('COMMIT');
    return found;
  } finally {
    await client.end();
  }
}
