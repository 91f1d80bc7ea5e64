import { DomainError, newCellId, type CellId, type OrderId, type Sku } from '@entrepot/kernel';
import type { ShopDatabase } from '@entrepot/platform-database';
import { HttpBorderClient, PeerUnreachableError, type CellCall } from '@entrepot/platform-http';
import { testDatabase, type TestDatabase } from '@entrepot/testing';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fastify, type FastifyInstance } from 'fastify';
import { BorderDemandListener } from '../src/adapters/border-demand-listener.ts';
import { BorderPeerInventory, CellPeerInventory } from '../src/adapters/http-peer-inventory.ts';
import { CellRecoveryPeers } from '../src/adapters/http-recovery-peers.ts';
import { PgStockHints } from '../src/adapters/pg-stock-hints.ts';
import { cellInventoryRoutes, internalInventoryRoutes } from '../src/api/cell-inventory.routes.ts';
import { cellRecoveryRoutes, internalRecoveryRoutes } from '../src/api/recovery.routes.ts';
import { HeardPeers } from '../src/application/heard-peers.ts';
import { PeerReportWriter } from '../src/application/peer-report-writer.ts';
import type { ReserveLinesResult } from '../src/application/reserve-lines.ts';
import type { InventoryOptions, Inventory } from '../src/inventory.ts';
import { openInventory } from '../src/inventory.ts';
import { openRecovery } from '../src/open-recovery.ts';

export const india = 'in-1' as CellId;
export const europe = 'eu-1' as CellId;
export const directory = {
  cells: [
    { id: india, warehouses: [{ id: 'blr' }] },
    { id: europe, warehouses: [{ id: 'rtm' }] },
  ],
} as unknown as InventoryOptions['directory'];

const secret = 'a secret of this spec';

/** One cell with its own database, a border process's inventory behind HTTP, and two API processes'. */
export interface CellUnderTest {
  readonly cell: CellId;
  readonly database: TestDatabase<'shop'>;
  readonly auditor: ShopDatabase;
  readonly borderShop: ShopDatabase;
  readonly border: Inventory;
  readonly reports: PeerReportWriter;
  readonly apis: readonly Inventory[];
  /** The border process, as the cell's own processes call it. */
  readonly client: HttpBorderClient;
  readonly origin: string;
  /** While true, calls of other cells are cut. */
  isCut: boolean;
  /** What other cells called, with what they were answered. */
  readonly heard: { readonly path: string; readonly body: unknown; readonly answer: unknown }[];
  close(): Promise<void>;
}

export interface CellsUnderTest {
  readonly in: CellUnderTest;
  readonly eu: CellUnderTest;
  close(): Promise<void>;
}

export interface CellsOptions {
  /** Whether border processes plan by demand, which API processes then tell them. */
  readonly rebalancing?: boolean;
}

/** Two cells in this process; between them real HTTP with the routes of the border process. */
export async function openTwoCells(options: CellsOptions = {}): Promise<CellsUnderTest> {
  const cells = new Map<CellId, CellUnderTest>();
  const [home, other] = [
    await openCell(india, cells, options),
    await openCell(europe, cells, options),
  ];
  return {
    in: home,
    eu: other,
    close: async () => {
      await Promise.all([home.close(), other.close()]);
    },
  };
}

async function openCell(
  cell: CellId,
  cells: Map<CellId, CellUnderTest>,
  { rebalancing = false }: CellsOptions,
): Promise<CellUnderTest> {
  const database = await testDatabase('shop', { cell });
  const callCell = { call: (call: CellCall) => callPeer(cell, call, cells) };
  const shop = database.open('border');
  const reports = new PeerReportWriter(new PgStockHints(shop), (error) => {
    throw error;
  });
  const others = new CellPeerInventory(callCell);
  const peers = new HeardPeers(others, reports, () => undefined);
  const border = openInventory({ cell, directory, shop, peers, rebalancing });
  const markFile = join(tmpdir(), `entrepot-${database.name}`, 'highest.json');
  const recovery = openRecovery({ cell, directory, shop, markFile });
  const server = serve(border, [
    ...cellRecoveryRoutes(recovery.tellView),
    ...internalRecoveryRoutes(recovery.map, new CellRecoveryPeers(callCell)),
  ]);
  const origin = await server.listen({ port: 0, host: '127.0.0.1' });
  const client = new HttpBorderClient({ url: origin, secret });
  const apis = [0, 1].map(() =>
    openInventory({
      cell,
      directory,
      shop: database.open('api'),
      peers: new BorderPeerInventory(client),
      rebalancing,
      ...(rebalancing && { demandListener: new BorderDemandListener(client) }),
    }),
  );
  const opened: CellUnderTest = {
    cell,
    database,
    auditor: database.open('audit'),
    borderShop: shop,
    border,
    reports,
    apis,
    client,
    origin,
    isCut: false,
    heard: [],
    close: async () => {
      client.close();
      await server.close();
      await reports.settled();
      await database.drop();
    },
  };
  cells.set(cell, opened);
  return opened;
}

type RecoveryRoute =
  ReturnType<typeof cellRecoveryRoutes>[number] | ReturnType<typeof internalRecoveryRoutes>[number];

function serve(border: Inventory, ofRecovery: readonly RecoveryRoute[]): FastifyInstance {
  const server = fastify();
  const { grantStock, applyGrants, lanes, forwardBorrow, demand } = border;
  for (const route of cellInventoryRoutes(grantStock, applyGrants, lanes)) {
    server.post(route.path, (request) =>
      route.answer(request.headers['x-cell'] as CellId, route.body.parse(request.body)),
    );
  }
  for (const route of [...internalInventoryRoutes(forwardBorrow, demand), ...ofRecovery]) {
    server.post(route.path, async (request, reply) => {
      try {
        const caller = request.headers['x-cell'] as CellId;
        return await route.answer(caller, route.body.parse(request.body));
      } catch (error) {
        if (!(error instanceof DomainError)) throw error;
        return reply.status(503).send({ code: error.code });
      }
    });
  }
  return server;
}

/** What the mutual TLS client does, with the caller's name where the certificate would be. */
async function callPeer(
  caller: CellId,
  { cell, path, body, deadlineMs }: CellCall,
  cells: ReadonlyMap<CellId, CellUnderTest>,
): Promise<unknown> {
  const peer = cells.get(cell);
  if (peer === undefined || peer.isCut) throw new PeerUnreachableError('cut');
  const answer = await fetch(`${peer.origin}${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', 'x-cell': caller },
    signal: AbortSignal.timeout(deadlineMs),
  }).catch((cause: unknown) => {
    throw new PeerUnreachableError('no answer', { cause });
  });
  if (!answer.ok) throw new PeerUnreachableError(`status ${answer.status}`);
  const told: unknown = await answer.json();
  peer.heard.push({ path, body, answer: told });
  return told;
}

export const newOrder = (cell: CellId): OrderId => newCellId('order', cell);

/** One order of one process, asked again while the answer is not final, as a client would. */
export async function buy(
  inventory: Inventory,
  lines: readonly { readonly sku: string; readonly quantity: number }[],
  options: { readonly onShortage?: 'refuse' | 'partial'; readonly tries?: number } = {},
): Promise<ReserveLinesResult> {
  const { onShortage = 'refuse', tries = 30 } = options;
  const order = newOrder(inventory.map.cell);
  const asked = lines.map((line, at) => ({ ...line, line: String(at), sku: line.sku as Sku }));
  let result: ReserveLinesResult = { kind: 'round-spent' };
  for (let round = 1; round <= tries; round += 1) {
    result = await inventory.reserveLines.execute({ order, round, lines: asked, onShortage });
    if (result.kind === 'held') {
      await inventory.confirmReservations.execute(
        result.reservations.map((of) => ({ ...of, order })),
      );
    }
    if (result.kind === 'held' || result.kind === 'refused') return result;
  }
  return result;
}
