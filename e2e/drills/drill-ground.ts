import { clustersOfStack, requireDescription, StackPaths, withClient } from '@entrepot/stack';
import type { DescribedCell, StackDescription } from '@entrepot/stack';
import type { NodeFetch } from '@entrepot/client/node';
import { nodeFetch } from '@entrepot/client/node';
import { articleInStock, CanaryShopper, PrivacyOfficers } from '@entrepot/drills';

type Client = Parameters<Parameters<typeof withClient>[1]>[0];
type Row = Readonly<Record<string, unknown>>;

const subjectTables = `SELECT format('%I.%I', table_schema, table_name) AS "table"
  FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
  WHERE column_name = 'subject_id' AND table_type = 'BASE TABLE' ORDER BY 1`;

/** Where an erased person may still be named: the tombstone, the record and what ends a key. */
export const tablesOfErased = ['privacy.erasure_request', 'privacy.subject'];

/** One cell of the running stack, its officers, and whoever a drill lets live in it. */
export class DrillGround {
  readonly node: NodeFetch = nodeFetch();
  readonly description: StackDescription = requireDescription(new StackPaths().description);
  readonly home: DescribedCell;
  readonly officers: PrivacyOfficers;

  constructor(cellId = 'eu-1') {
    const home = this.description.cells.find(({ id }) => id === cellId);
    if (home === undefined) throw new RangeError(`no cell ${cellId} is running`);
    this.home = home;
    this.officers = new PrivacyOfficers(this.node, this.description, home);
  }

  close(): Promise<void> {
    return this.node.close();
  }

  newPerson(): CanaryShopper {
    return new CanaryShopper(this.node, this.home);
  }

  article(): Promise<string> {
    return articleInStock(this.node, this.home);
  }

  /** Of the first person with that role. */
  async staffToken(role: string): Promise<string> {
    const { id, origin } = this.home;
    const member = this.description.staff.find(
      ({ cell, roles }) => cell === id && roles.includes(role),
    );
    const answer = await this.node.fetch(`${origin}/admin/v1/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: member?.login, password: member?.password }),
    });
    if (!answer.ok) throw new Error(`${id} has no ${role} who can sign in: ${answer.status}`);
    return ((await answer.json()) as { accessToken: string }).accessToken;
  }

  /** As superuser of the running cluster. */
  in<T>(cluster: 'shop' | 'vault', work: (client: Client) => Promise<T>): Promise<T> {
    const { id } = this.home;
    const found = clustersOfStack().find((of) => of.cell === id && of.cluster === cluster);
    if (found === undefined) throw new RangeError(`${id} has no ${cluster}`);
    return withClient(found.superuserUrl, work);
  }

  rows(cluster: 'shop' | 'vault', sql: string, values: readonly unknown[] = []): Promise<Row[]> {
    return this.in(cluster, async (client) => (await client.query<Row>(sql, [...values])).rows);
  }

  async subjectOf({ accountId }: CanaryShopper): Promise<string> {
    const sql = 'SELECT subject_id AS "subject" FROM identity.account WHERE account_id = $1';
    const [row] = await this.rows('shop', sql, [accountId]);
    if (typeof row?.['subject'] !== 'string') throw new RangeError('there is no such account');
    return row['subject'];
  }

  /** Tables of `shop` with rows of this subject. */
  tablesWith(subject: string): Promise<string[]> {
    return this.in('shop', async (client) => {
      const { rows } = await client.query<{ table: string }>(subjectTables);
      const found: string[] = [];
      for (const { table } of rows) {
        const sql = `SELECT FROM ${table} WHERE subject_id = $1 LIMIT 1`;
        if (((await client.query(sql, [subject])).rowCount ?? 0) > 0) found.push(table);
      }
      return found;
    });
  }
}

/** Chains of events that do not hold. */
export const brokenChains = 'SELECT request_id, seq, fault FROM privacy.broken_erasure_chains()';
