import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { EntrepotClient, ProblemError } from '@entrepot/client';
import { nodeFetch } from '@entrepot/client/node';
import type { PinnedHome, ShopperClient } from '@entrepot/client';
import type { OrderView, PlaceOrderBody } from '@entrepot/contracts/api/orders';
import { worldPerson } from './world-people.ts';
import type { WorldName } from './world-people.ts';

/** What somebody buys, whoever it is. */
export interface Purchase {
  readonly country: string;
  readonly sku: string;
  readonly quantity: number;
}

export interface DayPlan {
  /** Names the orders of this day; the same in both worlds. */
  readonly seed: number;
  readonly purchases: readonly Purchase[];
}

export interface DayEnd {
  readonly confirmed: number;
  /** Orders that were refused, by code. */
  readonly refused: Readonly<Record<string, number>>;
}

const settleTimeoutMs = 60_000;
const pollMs = 100;
export const quantityMax = 3;

/** The n-th number that a seed decides, below `below`. */
const drawn = (seed: number, draw: string, below: number): number =>
  createHash('sha256').update(`${seed} ${draw}`).digest().readUInt32BE(0) % below;

/** A day that a seed decides; shoppers live in the countries in turn. */
export const seededPurchases = (
  { seed, orders }: { readonly seed: number; readonly orders: number },
  { countries, skus }: { readonly countries: readonly string[]; readonly skus: readonly string[] },
): Purchase[] =>
  Array.from({ length: orders }, (_, order) => ({
    country: countries[order % countries.length] ?? '',
    sku: skus[drawn(seed, `sku ${order}`, skus.length)] ?? '',
    quantity: 1 + drawn(seed, `quantity ${order}`, quantityMax),
  }));

/** An order's key is random in life; here both worlds use the same, so that it cannot tell them apart. */
const keyOf = (seed: number, order: number): string =>
  `two-worlds-${createHash('sha256').update(`${seed} key ${order}`).digest('hex').slice(0, 32)}`;

/** Lives one day, one order after another: people sign up, sign in, buy, and come back from the provider. */
export async function liveDay(
  world: WorldName,
  homes: readonly PinnedHome[],
  plan: DayPlan,
): Promise<DayEnd> {
  const node = nodeFetch();
  const client = new EntrepotClient({ homes, fetch: node.fetch, timeoutMs: 20_000, retryForMs: 0 });
  const refused: Record<string, number> = {};
  let confirmed = 0;
  try {
    for (const [order, purchase] of plan.purchases.entries()) {
      const visit = visitor(node.fetch);
      const code = await buy(world, {
        ...purchase,
        client,
        order,
        key: keyOf(plan.seed, order),
        visit,
      });
      if (code === undefined) confirmed += 1;
      else refused[code] = (refused[code] ?? 0) + 1;
    }
  } finally {
    await node.close();
  }
  return { confirmed, refused };
}

interface Visit extends Purchase {
  readonly client: EntrepotClient;
  readonly order: number;
  readonly key: string;
  readonly visit: (url: string) => Promise<void>;
}

/** Undefined once the order is confirmed, or the code of its refusal. */
async function buy(world: WorldName, visit: Visit): Promise<string | undefined> {
  const { client, order, country, sku, quantity } = visit;
  const person = worldPerson(world, order);
  const { email, password, fullName } = person;
  await client.register(country, { email, password, fullName, ageDeclaration: 'adult' });
  const shopper = await client.signIn(country, { email, password });
  const cart = (await shopper.openCart(country)).body;
  const op = { type: 'add' as const, sku, quantity };
  const { body: filled } = await shopper.editCart(cart.id, [{ replica: cart.replica, seq: 1, op }]);
  const body: PlaceOrderBody = {
    cartId: cart.id,
    cartVersion: filled.cartVersion,
    address: { ...person.address, country },
    payment: { method: 'card' },
    onShortage: 'partial',
  };
  try {
    await settled(shopper, { body, key: visit.key, visit: visit.visit });
    return undefined;
  } catch (error) {
    if (error instanceof ProblemError && error.status < 500) return error.code;
    throw error;
  }
}

interface Settling {
  readonly body: PlaceOrderBody;
  readonly key: string;
  readonly visit: (url: string) => Promise<void>;
}

async function settled(shopper: ShopperClient, { body, key, visit }: Settling): Promise<OrderView> {
  const end = performance.now() + settleTimeoutMs;
  for (;;) {
    const answer = await shopper.placeOrder(body, key).catch(passingOr);
    if (answer?.status === 201) return answer.body;
    if (performance.now() > end) throw new Error('an order does not come to an end');
    const url = answer?.body.nextAction?.url;
    if (url === undefined) await delay(pollMs);
    else await visit(url);
  }
}

const passingCodes = new Set(['STOCK_UNDECIDED', 'REQUEST_IN_FLIGHT', 'OUTCOME_UNKNOWN']);

/** Undefined for what is not the last word; the same request may be answered otherwise a little later. */
function passingOr(error: unknown): undefined {
  const isPassing =
    error instanceof ProblemError && (passingCodes.has(error.code) || error.status >= 500);
  if (!isPassing) throw error;
  return undefined;
}

/** Approves at the provider as a browser would. */
const visitor =
  (ask: ReturnType<typeof nodeFetch>['fetch']) =>
  async (url: string): Promise<void> => {
    const answer = await ask(url, { method: 'POST' });
    await answer.text();
  };
