import { setTimeout as sleep } from 'node:timers/promises';

import { clustersOfStack } from '@entrepot/stack';
import pg from 'pg';

const reachedTimeoutMs = 30_000;
const pollMs = 5;

/** Where a transaction about a pool can be stopped before it commits. */
export const gatePoints = {
  /** A grant is given, or taken in; an acknowledgement passes. */
  channel: {
    ...{ number: 1, on: 'UPDATE', table: 'inventory.quota_channel' },
    when: '(NEW.granted_total, NEW.applied_total) <> (OLD.granted_total, OLD.applied_total)',
  },
  /** Units are held for an order. */
  hold: { number: 2, on: 'INSERT', table: 'inventory.reservation', when: 'true' },
  /** Held units are sold or let go. */
  ending: { number: 3, on: 'UPDATE', table: 'inventory.reservation', when: 'true' },
} as const;
export type GatePoint = keyof typeof gatePoints;

const triggers = Object.entries(gatePoints).map(([name, { number, on, table, when }]) => ({
  name: `drill_gate_${name}`,
  table,
  create: `CREATE TRIGGER drill_gate_${name} BEFORE ${on} ON ${table} FOR EACH ROW WHEN (${when})
    EXECUTE FUNCTION public.drill_gate('${number}')`,
}));
const buildSql = `
  CREATE FUNCTION public.drill_gate() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    PERFORM pg_catalog.pg_advisory_xact_lock_shared(TG_ARGV[0]::int, pg_catalog.hashtext(NEW.pool_id));
    RETURN NEW;
  END $$;
  ${triggers.map(({ create }) => create).join(';\n')}`;
const removeSql = `
  ${triggers.map(({ name, table }) => `DROP TRIGGER IF EXISTS ${name} ON ${table}`).join(';\n')};
  DROP FUNCTION IF EXISTS public.drill_gate()`;
const waitingSql = `SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objsubid = 2
  AND classid = $1 AND objid = (hashtext($2)::bigint & 4294967295)::oid`;

function urlOf(cell: string): string {
  const found = clustersOfStack().find((of) => of.cell === cell && of.cluster === 'shop');
  if (found === undefined) throw new RangeError(`${cell} has no shop`);
  return found.superuserUrl;
}

async function within(cell: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: urlOf(cell) });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}

export const buildGates = (cell: string): Promise<void> =>
  within(cell, `${removeSql};\n${buildSql}`);
export const removeGates = (cell: string): Promise<void> => within(cell, removeSql);

/** A commit point of one pool in one cell, shut until it is opened: whoever comes there waits, and has not committed. */
export class Gate {
  private isOpen = false;

  private constructor(
    private readonly client: pg.Client,
    private readonly lock: readonly [number, string],
  ) {}

  static async shut(cell: string, point: GatePoint, pool: string): Promise<Gate> {
    const client = new pg.Client({ connectionString: urlOf(cell) });
    await client.connect();
    const lock = [gatePoints[point].number, pool] as const;
    await client.query('SELECT pg_advisory_lock($1, hashtext($2))', [...lock]);
    return new Gate(client, lock);
  }

  /** Resolves once somebody waits here. */
  async reached(): Promise<void> {
    const end = performance.now() + reachedTimeoutMs;
    while ((await this.waiting()).length === 0) {
      if (performance.now() > end) throw new Error('nobody came to the gate');
      await sleep(pollMs);
    }
  }

  /** Ends whoever waits: a server does not notice that its client has died, and would commit for it. */
  async turnAway(): Promise<void> {
    for (const pid of await this.waiting()) {
      await this.client.query('SELECT pg_terminate_backend($1)', [pid]);
    }
  }

  /** Again does nothing. */
  async open(): Promise<void> {
    if (this.isOpen) return;
    this.isOpen = true;
    await this.client.end();
  }

  private async waiting(): Promise<readonly number[]> {
    const { rows } = await this.client.query<{ pid: number }>(waitingSql, [...this.lock]);
    return rows.map(({ pid }) => pid);
  }
}
