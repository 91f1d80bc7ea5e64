import { setTimeout as sleep } from 'node:timers/promises';
import type { Inventory, InventoryOptions } from '@entrepot/inventory';
import {
  BorderPeerInventory,
  cellInventoryRoutes,
  CellPeerInventory,
  internalInventoryRoutes,
  openInventory,
} from '@entrepot/inventory';
import type { CellId } from '@entrepot/kernel';
import { DomainError } from '@entrepot/kernel';
import type { ShopDatabase } from '@entrepot/platform-database';
import type { CellCall } from '@entrepot/platform-http/border';
import { HttpBorderClient, PeerUnreachableError } from '@entrepot/platform-http/border';
import { statement } from '@entrepot/platform-database';
import { testDatabase } from '@entrepot/testing';
import type { TestDatabase } from '@entrepot/testing';
import Fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { Agent, request } from 'undici';
import type { StockBenchOptions } from './stock-figures.ts';

export const home = 'in-1' as CellId;
export const abroad = 'eu-1' as CellId;
/** Its home is `home`. */
export const warehouse = 'blr';

const directory = {
  cells: [
    { id: home, warehouses: [{ id: warehouse }] },
    { id: abroad, warehouses: [{ id: 'rtm' }] },
  ],
} as unknown as InventoryOptions['directory'];
const secret = 'a secret of this bench';
/** As many as a plain client of the baselines needs. */
export const plainClients = 32;

/** The shop database of a cell, on a server with a synchronous standby; several share the server. */
export function stockDatabase(cell: CellId, standbyAwayMs: number): Promise<TestDatabase<'shop'>> {
  return testDatabase('shop', { cell, ownServer: 'bench', hasStandby: true, standbyAwayMs });
}

/** Two gigabytes of 16 MiB each. */
const logFiles = 128;
const fillLogFile = statement(
  'bench.fill_log_file',
  `SELECT pg_logical_emit_message(false, 'bench', 'a file of the log'), pg_switch_wal()`,
);
const checkpoint = statement('bench.checkpoint', 'CHECKPOINT');

/**
 * Has the servers make the files of their log, which they use again from then on as one does that has sold for a while:
 * to make one holds up whoever commits meanwhile.
 */
export async function makeLogFiles({
  standbyAwayMs,
}: Pick<StockBenchOptions, 'standbyAwayMs'>): Promise<void> {
  const database = await stockDatabase(home, standbyAwayMs);
  try {
    const superuser = database.open('superuser');
    for (let made = 0; made < logFiles; made += 1) await superuser.query(fillLogFile);
    await superuser.execute(checkpoint);
  } finally {
    await database.drop();
  }
}

export interface ShopOfBench {
  readonly shop: ShopDatabase;
  /** May make tables; has a connection for each plain client. */
  readonly owner: ShopDatabase;
}

export async function withShop<T>(
  { standbyAwayMs }: Pick<StockBenchOptions, 'standbyAwayMs'>,
  work: (shop: ShopOfBench) => Promise<T>,
): Promise<T> {
  const database = await stockDatabase(home, standbyAwayMs);
  try {
    return await work({
      shop: database.open('api'),
      owner: database.open('owner', { connectionsMax: plainClients }),
    });
  } finally {
    await database.drop();
  }
}

interface Ways extends Pick<StockBenchOptions, 'standbyAwayMs'> {
  readonly oneWayMs?: number;
}

/** One cell: an API process's stock, and its border process behind HTTP. */
export interface StockCell {
  readonly cell: CellId;
  readonly api: Inventory;
  readonly border: Inventory;
  readonly owner: ShopDatabase;
}

/**
 * Two cells that share their stock over the routes of their border processes, all within this process.
 * @param ways oneWayMs: added to each way between the cells, over connections that stay open.
 */
export async function withTwoCells<T>(
  ways: Ways,
  work: (cells: { readonly home: StockCell; readonly abroad: StockCell }) => Promise<T>,
): Promise<T> {
  const network = new Network(ways);
  try {
    const cells = { home: await network.open(home), abroad: await network.open(abroad) };
    return await work(cells);
  } finally {
    await network.close();
  }
}

class Network {
  private readonly origins = new Map<CellId, string>();
  private readonly agent = new Agent({ connections: plainClients, keepAliveTimeout: 60_000 });
  private readonly closers: (() => unknown)[] = [];

  constructor(private readonly ways: Ways) {}

  async open(cell: CellId): Promise<StockCell> {
    const database = await stockDatabase(cell, this.ways.standbyAwayMs);
    this.closers.push(() => database.drop());
    const peers = new CellPeerInventory({ call: (call) => this.call(cell, call) });
    const border = openInventory({ cell, directory, shop: database.open('border'), peers });
    const server = serve(border);
    this.closers.push(() => server.close());
    const origin = await server.listen({ port: 0, host: '127.0.0.1' });
    this.origins.set(cell, origin);
    const client = new HttpBorderClient({ url: origin, secret });
    this.closers.push(() => client.close());
    const api = openInventory({
      ...{ cell, directory, shop: database.open('api', { connectionsMax: 8 }) },
      peers: new BorderPeerInventory(client),
    });
    const owner = database.open('owner', { connectionsMax: plainClients });
    return { cell, api, border, owner };
  }

  async close(): Promise<void> {
    await this.agent.close();
    for (const close of this.closers.toReversed()) await close();
  }

  /** What the mutual TLS client does, with the caller's name where the certificate would be. */
  private async call(caller: CellId, { cell, path, body, deadlineMs }: CellCall): Promise<unknown> {
    await sleep(this.ways.oneWayMs ?? 0);
    const answer = await request(`${this.origins.get(cell) ?? ''}${path}`, {
      ...{ dispatcher: this.agent, method: 'POST', body: JSON.stringify(body) },
      headers: { 'content-type': 'application/json', 'x-cell': caller },
      signal: AbortSignal.timeout(deadlineMs),
    }).catch((cause: unknown) => {
      throw new PeerUnreachableError('no answer', { cause });
    });
    const text = await answer.body.text();
    await sleep(this.ways.oneWayMs ?? 0);
    if (answer.statusCode >= 300) throw new PeerUnreachableError(`status ${answer.statusCode}`);
    return JSON.parse(text) as unknown;
  }
}

function serve({
  grantStock,
  applyGrants,
  lanes,
  forwardBorrow,
  demand,
}: Inventory): FastifyInstance {
  const server = Fastify();
  for (const route of cellInventoryRoutes(grantStock, applyGrants, lanes)) {
    server.post(route.path, (asked) =>
      route.answer(asked.headers['x-cell'] as CellId, route.body.parse(asked.body)),
    );
  }
  for (const route of internalInventoryRoutes(forwardBorrow, demand)) {
    server.post(route.path, async (asked, reply) => {
      try {
        return await route.answer(undefined, route.body.parse(asked.body));
      } catch (error) {
        if (!(error instanceof DomainError)) throw error;
        return reply.status(503).send({ code: error.code });
      }
    });
  }
  return server;
}
