import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { EntrepotClient } from '@entrepot/client';
import { nodeFetch } from '@entrepot/client/node';
import { CellDirectory } from '@entrepot/platform-config';
import { CatalogStream, crossingsOf, liveDay, readTopics } from '@entrepot/residency';
import type {
  Crossing,
  DayEnd,
  Purchase,
  TappedChunk,
  WorldName,
  WorldTraffic,
} from '@entrepot/residency';
import { clustersOfStack, SecretStore, StackError } from '@entrepot/stack';
import type { StackDescription, StackPaths } from '@entrepot/stack';

import { SupervisorRun } from '../start/run-supervisor.ts';
import { seedStock } from '../stock-seeding.ts';

const articles = 4;
/** Past the next round of everything that a clock starts. */
const quietMs = 35_000;
const pollMs = 200;
const visibleTimeoutMs = 60_000;

export interface WorldOrder {
  readonly paths: StackPaths;
  readonly world: WorldName;
  readonly seed: number;
  /** What is bought of these articles, the same in every world. */
  readonly purchasesOf: (skus: readonly string[]) => Promise<readonly Purchase[]>;
  /** Where the traffic goes, JSON: it is as secret as what might have leaked into it. */
  readonly into: string;
  readonly tell: (line: string) => void;
}

/** Starts fresh cells, lives the day of one world in them, and writes down all that crossed meanwhile. */
export async function liveWorld(order: WorldOrder): Promise<DayEnd> {
  const tap = `${order.into}.tap`;
  writeFileSync(tap, '', { mode: 0o600 });
  const run = new SupervisorRun(
    {
      cells: ['in-1', 'eu-1'],
      apiProcesses: 1,
      isFresh: true,
      isDetached: false,
      borderPreload: {
        module: fileURLToPath(import.meta.resolve('@entrepot/residency/border-tap')),
        // what follows from rates follows from the clock, which is another in every world
        env: { BORDER_TAP_FILE: tap, ENTREPOT_STOCK_REBALANCING: 'off' },
      },
    },
    order.tell,
  );
  try {
    const description = await run.description();
    const lived = await liveIn(description, order);
    await run.stop();
    const chunks = readFileSync(tap, 'utf8').trim().split('\n').filter(Boolean);
    const http = crossingsOf(chunks.map((line) => JSON.parse(line) as TappedChunk));
    const traffic: WorldTraffic = [...lived.crossings, ...http];
    writeFileSync(order.into, JSON.stringify(traffic), { mode: 0o600 });
    return lived.end;
  } finally {
    await run.stop();
  }
}

async function liveIn(
  description: StackDescription,
  { paths, world, seed, purchasesOf, tell }: WorldOrder,
): Promise<{ end: DayEnd; crossings: Crossing[] }> {
  const { cells, cellsFile } = description;
  const leader = CellDirectory.fromFile(cellsFile).cells.find((cell) => cell.catalogLeader)?.id;
  const catalog = clustersOfStack(paths).find(
    ({ cell, cluster }) => cell === leader && cluster === 'catalog',
  );
  if (leader === undefined || catalog === undefined)
    throw new StackError('Nobody leads the catalog.');
  const stream = new CatalogStream(leader, catalog.superuserUrl);
  await stream.begin();
  const skus = Array.from({ length: articles }, (_, index) => `WORLD-${index + 1}`);
  const purchases = await purchasesOf(skus);
  await makeArticles(
    description,
    leader,
    new Map(skus.map((sku) => [sku, demandOf(sku, purchases)])),
  );
  const homes = cells.map(({ id, origin }) => ({ cell: id, origin }));
  tell(`The ${world} world lives its day: ${purchases.length} orders`);
  const end = await liveDay(world, homes, { seed, purchases });
  tell(`${end.confirmed} orders are confirmed; now the clock's own rounds are waited for`);
  await delay(quietMs);
  const crossings = await stream.read();
  for (const { id, kafkaBrokers, secrets } of cells) {
    const password = new SecretStore(secrets).read(join('kafka', 'admin'));
    crossings.push(...(await readTopics({ cell: id, brokers: kafkaBrokers, password })));
  }
  return { end, crossings };
}

const demandOf = (sku: string, purchases: readonly Purchase[]): number =>
  purchases.reduce((sum, of) => (of.sku === sku ? sum + of.quantity : sum), 0);

/**
 * The same articles in every world, by the leader's staff. All that is wanted of an article is there, shared evenly: a
 * cell whose shoppers want more than half has to borrow.
 */
async function makeArticles(
  description: StackDescription,
  leader: string,
  wanted: ReadonlyMap<string, number>,
): Promise<void> {
  const skus = [...wanted.keys()];
  const node = nodeFetch();
  const homes = description.cells.map(({ id, origin }) => ({ cell: id, origin }));
  const client = new EntrepotClient({ homes, fetch: node.fetch, timeoutMs: 20_000, retryForMs: 0 });
  try {
    const categoryId = (await client.categories()).items[0]?.id;
    const ask = await staffCaller(description, leader, node.fetch);
    for (const sku of skus) await ask('/admin/v1/products', articleOf(sku, categoryId));
    const deliveries = [...wanted].map(([sku, quantity]) => ({
      ...{ sku, warehouse: 'blr', quantity: Math.max(quantity, 1) },
    }));
    await seedStock(description, 'two-worlds', deliveries);
    for (const sku of skus) {
      for (const { origin } of homes) {
        await untilThere(node.fetch, `${origin}/v1/products/${sku.toLowerCase()}`);
      }
    }
  } finally {
    await node.close();
  }
}

const articleOf = (sku: string, categoryId: string | undefined) => ({
  slug: sku.toLowerCase(),
  categoryId,
  translations: { en: { name: sku } },
  variants: [
    {
      sku,
      prices: [
        { market: 'in', salesChannelId: 'web', currency: 'INR', amountMinor: 11_800 },
        { market: 'eu', salesChannelId: 'web', currency: 'EUR', amountMinor: 119 },
      ],
    },
  ],
});

type Fetch = ReturnType<typeof nodeFetch>['fetch'];

async function staffCaller(
  { staff, cells }: StackDescription,
  leader: string,
  ask: Fetch,
): Promise<(path: string, body: unknown) => Promise<void>> {
  const origin = cells.find(({ id }) => id === leader)?.origin ?? '';
  const member = staff.find(({ cell, roles }) => cell === leader && roles.includes('merchandiser'));
  const post = async (path: string, body: unknown, headers: Record<string, string>) => {
    const answer = await ask(`${origin}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new StackError(`${path} answered ${answer.status}.`);
    return answer.json() as Promise<Record<string, unknown>>;
  };
  const login = { email: member?.login, password: member?.password };
  const { accessToken } = await post('/admin/v1/sessions', login, {});
  const authorization = `Bearer ${String(accessToken)}`;
  return async (path, body) => {
    await post(path, body, {
      authorization,
      'idempotency-key': randomUUID(),
    });
  };
}

/** The leader has written it, and every other cell has it once it was replicated. */
async function untilThere(ask: Fetch, url: string): Promise<void> {
  const end = performance.now() + visibleTimeoutMs;
  for (;;) {
    const answer = await ask(url);
    await answer.text();
    if (answer.ok) return;
    if (performance.now() > end) throw new StackError(`${url} does not go on sale.`);
    await delay(pollMs);
  }
}
