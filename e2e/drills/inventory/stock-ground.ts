import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { defaultHistory, killService, StackFaults } from '@entrepot/cli';
import { ProblemError } from '@entrepot/client';
import { History } from '@entrepot/replay';
import { clustersOfStack, withClient } from '@entrepot/stack';

import type { FilledCart } from '../../src/shop-floor.ts';
import { ShopFloor } from '../../src/shop-floor.ts';
import { healBorder } from './border-faults.ts';
import { buildGates, Gate, removeGates } from './gate.ts';
import type { GatePoint } from './gate.ts';

/** A cell as a side of a drill. */
export interface Side {
  readonly cell: string;
  /** Where its shoppers reside. */
  readonly country: string;
}

/** Has the warehouse, and gives. */
export const lender: Side = { cell: 'in-1', country: 'IN' };
/** Has none of the goods but what it was given. */
export const asker: Side = { cell: 'eu-1', country: 'DE' };
export const sides = [lender, asker] as const;
const warehouse = 'blr';

export interface Bought {
  readonly key: string;
  readonly filled: FilledCart;
  /** `open`: the client has given up before a final answer. */
  readonly end: 'confirmed' | 'refused' | 'open';
  /** Of the last answer, where it was an error. */
  readonly code: string | undefined;
}

export interface Standing {
  readonly epoch: number;
  readonly state: string;
}

interface Wanted {
  readonly sku: string;
  readonly quantity: number;
  /** How long the client asks again, in milliseconds. */
  readonly patienceMs?: number;
}

const patienceMs = 90_000;
const pollMs = 10;
const arrivalTimeoutMs = 90_000;

/** A running stack, its buyers, and what a drill may do to it. Whatever buyers are told goes into the history that an audit reads. */
export class StockGround {
  readonly floor = new ShopFloor();
  private readonly faults = new StackFaults();
  private readonly history = new History(defaultHistory);
  private readonly gates: Gate[] = [];

  async prepare(): Promise<void> {
    for (const { cell } of sides) await buildGates(cell);
  }

  /** After each drill: all gates and links are open, and everything runs. */
  async mend(): Promise<void> {
    for (const gate of this.gates.splice(0)) await gate.open();
    await healBorder();
    await this.untilWhole();
  }

  /** Until everything runs and answers. */
  untilWhole(): Promise<void> {
    return this.faults.untilWhole();
  }

  async close(): Promise<void> {
    for (const { cell } of sides) await removeGates(cell);
    this.history.close();
    await this.floor.close();
  }

  /** A new article whose units are the lender's, shared evenly; resolves once the asker has its share. */
  async article(units: number): Promise<string> {
    const sku = await this.floor.newArticle(units, warehouse);
    await this.untilArrived(sku, Math.floor(units / 2));
    return sku;
  }

  poolOf(sku: string): string {
    return `${warehouse}/${sku}`;
  }

  /** One order of one line, asked for until the answer is final or patience ends. */
  async buy(
    side: Side,
    { sku, quantity, patienceMs: given = patienceMs }: Wanted,
  ): Promise<Bought> {
    const client = this.floor.clientAt(0, given);
    const { country } = side;
    return this.order(side, await this.floor.fillCart(client, { country, sku, quantity }));
  }

  /** The same cart and, where one is given, the same key: the same order again. */
  async order({ cell }: Side, filled: FilledCart, key: string = randomUUID()): Promise<Bought> {
    const told = { key, cell };
    try {
      const { id, lines } = await this.floor.settle(filled, key);
      const units = lines.reduce((sum, { quantity }) => sum + quantity, 0);
      this.history.add({ ...told, orderId: id, status: 201, units });
      return { key, filled, end: 'confirmed', code: undefined };
    } catch (error) {
      const problem = error instanceof ProblemError ? error : undefined;
      const isFinal = problem?.code === 'STOCK_SHORT';
      const { orderId } = (problem?.problem ?? {}) as { readonly orderId?: string };
      this.history.add({ ...told, orderId, status: isFinal ? 409 : 0, units: 0 });
      const code = problem?.code ?? (error instanceof Error ? error.name : 'UNKNOWN');
      return { key, filled, end: isFinal ? 'refused' : 'open', code };
    }
  }

  /**
   * Judges by orders alone: what should be left can be had at once from the asker, and then neither side has one more.
   * Resolves to how the orders ended; `confirmed, refused, refused` is what has to be.
   */
  async sellOut(sku: string, left: number): Promise<string> {
    const last = left === 0 ? [] : [await this.buy(asker, { sku, quantity: left })];
    const more = [];
    for (const side of sides) more.push(await this.buy(side, { sku, quantity: 1 }));
    return [...last, ...more]
      .map(({ end, code }) => (end === 'open' ? `open ${code}` : end))
      .join();
  }

  async shut(side: Side, point: GatePoint, sku: string): Promise<Gate> {
    const gate = await Gate.shut(side.cell, point, this.poolOf(sku));
    this.gates.push(gate);
    return gate;
  }

  /** With SIGKILL; its supervisor starts it again. */
  kill({ cell }: Side, service: string): Promise<void> {
    return killService(`${cell} ${service}`, 'SIGKILL');
  }

  /** What the lender has given to the asker of a pool, ever. */
  granted(sku: string): Promise<number> {
    return this.total(lender, asker, { sku, column: 'granted_total' });
  }

  /** What the asker has taken in from the lender of a pool, ever. */
  applied(sku: string): Promise<number> {
    return this.total(asker, lender, { sku, column: 'applied_total' });
  }

  async untilGranted(sku: string, moreThan: number): Promise<void> {
    await this.until(async () => (await this.granted(sku)) > moreThan, 'nothing was given');
  }

  /** Until the asker has taken in so many units, and all that it was given. */
  async untilArrived(sku: string, atLeast: number): Promise<void> {
    await this.until(async () => {
      const applied = await this.applied(sku);
      return applied >= atLeast && applied === (await this.granted(sku));
    }, 'what was given did not arrive');
  }

  async unitsHeld({ cell }: Side, sku: string): Promise<number> {
    const sql = `SELECT coalesce(sum(held), 0)::int AS "units" FROM inventory.escrow WHERE pool_id = $1`;
    return this.number(cell, sql, [this.poolOf(sku)]);
  }

  async unitsOwed({ cell }: Side, sku: string): Promise<number> {
    const sql = `SELECT coalesce(sum(deficit), 0)::int AS "units" FROM inventory.escrow WHERE pool_id = $1`;
    return this.number(cell, sql, [this.poolOf(sku)]);
  }

  async until(isSo: () => Promise<boolean>, otherwise: string): Promise<void> {
    const end = performance.now() + arrivalTimeoutMs;
    while (!(await isSo())) {
      if (performance.now() > end) throw new Error(otherwise);
      await sleep(pollMs);
    }
  }

  /** A document of the lender's warehouse. */
  async document(path: string, line: object): Promise<void> {
    const cell = this.floor.cell(lender.cell);
    const token = await this.floor.staffToken(cell, 'warehouse');
    const lines = [{ warehouse, ...line }];
    await this.floor.call(cell, token, { path: `/admin/v1/stock/${path}`, body: { lines } });
  }

  /** The newest epoch of a side, and whether it sells. */
  async standing({ cell }: Side): Promise<Standing> {
    return this.inShop(cell, async (client) => {
      const sql = 'SELECT epoch, state FROM inventory.cell_epoch JOIN cell.identity USING (cell)';
      return (await client.query<Standing>(sql)).rows[0] ?? { epoch: 1, state: 'ACTIVE' };
    });
  }

  /** Until a side sells again, in a later epoch if one is given. */
  untilActive(side: Side, after = 0): Promise<void> {
    return this.until(async () => {
      const { epoch, state } = await this.standing(side);
      return state === 'ACTIVE' && epoch > after;
    }, `${side.cell} does not sell again`);
  }

  /** Runs in the database of a side's shop, as its superuser. */
  inShop<T>(cell: string, work: Parameters<typeof withClient<T>>[1]): Promise<T> {
    const found = clustersOfStack().find((of) => of.cell === cell && of.cluster === 'shop');
    return withClient(found?.superuserUrl ?? '', work);
  }

  private total(
    side: Side,
    peer: Side,
    { sku, column }: { readonly sku: string; readonly column: 'granted_total' | 'applied_total' },
  ): Promise<number> {
    const sql = `SELECT coalesce(sum(${column}), 0)::int AS "units" FROM inventory.quota_channel
      WHERE pool_id = $1 AND peer = $2`;
    return this.number(side.cell, sql, [this.poolOf(sku), peer.cell]);
  }

  private async number(cell: string, sql: string, values: readonly string[]): Promise<number> {
    return this.inShop(cell, async (client) => {
      const { rows } = await client.query<{ units: number }>(sql, [...values]);
      return rows[0]?.units ?? 0;
    });
  }
}

/** How `sellOut` ends where every unit could be sold once. */
export const soldToTheLast = (left: number): string =>
  left === 0 ? 'refused,refused' : 'confirmed,refused,refused';
