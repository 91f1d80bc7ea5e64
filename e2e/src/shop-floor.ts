import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

import { seedStock } from '@entrepot/cli';
import type { ShopperClient } from '@entrepot/client';
import { EntrepotClient, NoAnswerError, ProblemError } from '@entrepot/client';
import type { NodeFetch } from '@entrepot/client/node';
import { nodeFetch } from '@entrepot/client/node';
import type { OrderView, PlaceOrderBody } from '@entrepot/contracts/api/orders';
import { settleOrder } from '@entrepot/drills';
import type { DemoStaff, DescribedCell, StackDescription } from '@entrepot/stack';
import { requireDescription, StackPaths } from '@entrepot/stack';

/** A payment as the provider's own books have it. */
export interface ProviderCapture {
  readonly account: string;
  readonly reference: string;
  readonly captures: number;
}

interface WantedLine {
  readonly country: string;
  readonly sku: string;
  readonly quantity: number;
}

export interface FilledCart {
  readonly country: string;
  readonly shopper: ShopperClient;
  readonly token: string;
  readonly body: PlaceOrderBody;
}

const visibleTimeoutMs = 30_000;
const settleTimeoutMs = 60_000;
const pollMs = 100;

/** Of Stripe's test cards the one for which the provider always asks the shopper. */
export const cardThatAsks = 'pm_card_threeDSecure2Required';

/** Turned away, or not answered in time; a cart that nobody heard of is nobody's. */
const isBusy = (error: unknown): boolean =>
  error instanceof NoAnswerError || (error instanceof ProblemError && error.status === 503);

/** The running stack as its users see it: shoppers, staff and the payment provider. */
export class ShopFloor {
  readonly description: StackDescription = requireDescription(new StackPaths().description);
  private readonly node: NodeFetch = nodeFetch();

  close(): Promise<void> {
    return this.node.close();
  }

  /** A client that speaks to the n-th API process of every cell; repeats a call with a key for so long. */
  clientAt(process: number, retryForMs = 60_000): EntrepotClient {
    const homes = this.description.cells.map(({ id, origin, apiOrigins }) => ({
      cell: id,
      origin: apiOrigins[process % apiOrigins.length] ?? origin,
    }));
    return new EntrepotClient({ homes, fetch: this.node.fetch, timeoutMs: 20_000, retryForMs });
  }

  cell(id: string): DescribedCell {
    const found = this.description.cells.find((cell) => cell.id === id);
    if (found === undefined) throw new RangeError(`no cell ${id} is running`);
    return found;
  }

  /** A new product on sale everywhere, with so many units in one warehouse, split evenly. */
  async newArticle(units: number, warehouse = 'blr'): Promise<string> {
    const sku = `E2E-X${randomBytes(6).toString('hex').toUpperCase()}`;
    const slug = sku.toLowerCase();
    const leader = this.cell('in-1');
    const categories = await this.clientAt(0).categories();
    const token = await this.staffToken(leader, 'merchandiser');
    await this.call(leader, token, {
      path: '/admin/v1/products',
      body: {
        slug,
        categoryId: categories.items[0]?.id,
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
      },
    });
    await seedStock(this.description, sku, [{ sku, warehouse, quantity: units }]);
    await this.untilOnSale(slug);
    return sku;
  }

  /** A guest's cart with one line, ready to be ordered; a new one as long as the cell is too busy. */
  async fillCart(client: EntrepotClient, want: WantedLine): Promise<FilledCart> {
    const end = performance.now() + settleTimeoutMs;
    for (;;) {
      try {
        return await this.fillOneCart(client, want);
      } catch (error) {
        if (!isBusy(error) || performance.now() > end) throw error;
        await sleep(pollMs);
      }
    }
  }

  private async fillOneCart(client: EntrepotClient, want: WantedLine): Promise<FilledCart> {
    const { cart, shopper } = await client.openGuestCart(want.country);
    const op = { type: 'add', sku: want.sku, quantity: want.quantity } as const;
    const edited = await shopper.editCart(cart.id, [{ replica: cart.replica, seq: 1, op }]);
    const body: PlaceOrderBody = {
      cartId: cart.id,
      cartVersion: edited.body.cartVersion,
      address: {
        recipient: 'Test Shopper',
        line1: '1 Harbour Road',
        city: 'Port',
        postalCode: '10115',
        country: want.country,
      },
      payment: { method: 'card', token: 'pm_card_visa' },
      onShortage: 'refuse',
    };
    return { country: want.country, shopper, token: cart.guestCart?.token ?? '', body };
  }

  /** The same guest and cart, speaking to another API process of the same cell. */
  through(filled: FilledCart, process: number, retryForMs?: number): FilledCart {
    const { id, origin, apiOrigins } = this.cell(filled.shopper.cell);
    const home = { cell: id, origin: apiOrigins[process % apiOrigins.length] ?? origin };
    return {
      ...filled,
      shopper: this.clientAt(process, retryForMs).actingFor({ home, token: filled.token }),
    };
  }

  /** Orders under one key until the order rests for good; approves the payment where that is asked. */
  async settle({ shopper, body }: FilledCart, key: string = randomUUID()): Promise<OrderView> {
    return settleOrder({ shopper, body, key }, { approve: (url) => this.approve(url) });
  }

  /** Asks until the answer is final, and visits nobody: what the provider tells is taken in meanwhile. */
  async untilFinal({ shopper, body }: FilledCart, key: string): Promise<OrderView> {
    const end = performance.now() + settleTimeoutMs;
    for (;;) {
      const { status, body: order } = await shopper.placeOrder(body, key);
      if (status !== 202) return order;
      if (performance.now() > end) throw new Error(`order ${order.id} is still ${order.status}`);
      await sleep(pollMs);
    }
  }

  /**
   * Orders, approves at the provider and goes away. Resolves to the order's id, or undefined where the
   * provider asked for nothing.
   */
  async orderAndLeave({ shopper, body }: FilledCart): Promise<string | undefined> {
    const asking = { ...body, payment: { ...body.payment, token: cardThatAsks } };
    const { body: order } = await shopper.placeOrder(asking, randomUUID());
    if (order.nextAction?.url === undefined) return undefined;
    await this.approve(order.nextAction.url);
    return order.id;
  }

  /** Reads the order, which moves nothing, until it is confirmed. */
  async untilConfirmed({ shopper }: FilledCart, orderId: string): Promise<void> {
    const end = performance.now() + settleTimeoutMs;
    for (;;) {
      const { body: order } = await shopper.order(orderId);
      if (order.status === 'confirmed') return;
      if (performance.now() > end) throw new Error(`order ${orderId} is still ${order.status}`);
      await sleep(pollMs);
    }
  }

  /** What one process of a cell has counted; the pattern's first group is the number. */
  async counted(cellId: string, process: string, sample: RegExp): Promise<number> {
    const origin = this.cell(cellId).metricsOrigins[process];
    if (origin === undefined) throw new RangeError(`${cellId} has no ${process}`);
    const text = await (await this.node.fetch(`${origin}/metrics`)).text();
    return Number(sample.exec(text)?.[1] ?? 0);
  }

  /** What the provider has taken for payments of this cell, by reference. */
  async capturesOf(account: string): Promise<ReadonlyMap<string, number>> {
    const secret = readFileSync(this.description.pspAdminSecretFile, 'utf8');
    const response = await this.node.fetch(`${this.description.pspOrigin}/sandbox/v1/captures`, {
      headers: { authorization: `Bearer ${secret}` },
    });
    const { captures } = (await response.json()) as { captures: readonly ProviderCapture[] };
    const counts = new Map<string, number>();
    for (const { account: of, reference, captures: times } of captures) {
      if (of === account) counts.set(reference, times);
    }
    return counts;
  }

  /** As the shopper does who refuses on the provider's page. */
  refuse(url: string): Promise<void> {
    return this.approve(`${url}?outcome=fail`);
  }

  async approve(url: string): Promise<void> {
    const response = await this.node.fetch(url, { method: 'POST' });
    if (!response.ok) throw new Error(`the provider answered the approval with ${response.status}`);
  }

  /** Of the first person with that role, or of another one: privacy officers come in pairs. */
  async staffToken(cell: DescribedCell, role: string, person = 0): Promise<string> {
    const member = this.member(cell, role, person);
    const { accessToken } = (await this.post(`${cell.origin}/admin/v1/sessions`, {
      body: { email: member.login, password: member.password },
    })) as { accessToken: string };
    return accessToken;
  }

  member({ id }: DescribedCell, role: string, person = 0): DemoStaff {
    const members = this.description.staff.filter(
      ({ cell, roles }) => cell === id && roles.includes(role),
    );
    const member = members[person];
    if (member === undefined) throw new RangeError(`${id} has no ${role}`);
    return member;
  }

  call(
    { origin }: DescribedCell,
    token: string,
    request: { readonly path: string; readonly body: unknown },
  ): Promise<unknown> {
    return this.post(`${origin}${request.path}`, { body: request.body, token });
  }

  async read({ origin }: DescribedCell, token: string, path: string): Promise<unknown> {
    const headers = { authorization: `Bearer ${token}` };
    const response = await this.node.fetch(`${origin}${path}`, { headers });
    const answer: unknown = await response.json();
    if (!response.ok) throw new ProblemError(response.status, answer, null);
    return answer;
  }

  private async post(
    url: string,
    { body, token }: { readonly body: unknown; readonly token?: string },
  ): Promise<unknown> {
    const response = await this.node.fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'idempotency-key': randomUUID(),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
    });
    const answer: unknown = await response.json();
    if (!response.ok) throw new ProblemError(response.status, answer, null);
    return answer;
  }

  /** Until every cell quotes the product: it was written at the leader and is replicated. */
  private async untilOnSale(slug: string): Promise<void> {
    const end = performance.now() + visibleTimeoutMs;
    for (const { id, origin } of this.description.cells) {
      while (!(await this.node.fetch(`${origin}/v1/products/${slug}`)).ok) {
        if (performance.now() > end) throw new Error(`${slug} did not reach ${id}`);
        await sleep(pollMs);
      }
    }
  }
}
