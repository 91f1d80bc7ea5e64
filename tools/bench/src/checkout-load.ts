import { randomUUID } from 'node:crypto';
import type { CreatedCartView, CartView } from '@entrepot/contracts/api/carts';
import type { OrderView } from '@entrepot/contracts/api/orders';
import type { Round } from './figure.ts';
import { percentile } from './figure.ts';
import type { ShopAccount } from './shop-accounts.ts';
import { ShopAccounts } from './shop-accounts.ts';
import type { Headers } from './shop-client.ts';
import { CallRefused, ShopClient } from './shop-client.ts';

export interface CheckoutLoad {
  /** The API of one cell, without a path. */
  readonly url: string;
  /** A country whose residents are at home there. */
  readonly country: string;
  readonly shoppers: number;
  /** Shoppers who signed in once, or a new guest, and so a new key at the KMS, for every order. */
  readonly who: 'accounts' | 'guests';
  /** What the next shopper buys, one of each; asked for each cart. */
  readonly nextSkus: () => readonly string[];
}

const answersPerOrderMax = 20;
const pauseMs = 100;

/** Shoppers without think time: a new cart, its lines, an address, and the order to its end. */
export class CheckoutShoppers {
  private readonly client: ShopClient;
  private readonly registry: ShopAccounts;
  private accounts: readonly ShopAccount[] = [];
  /** Answers that said "not yet", by status, and visits to the provider's page. */
  readonly waits: Record<string, number> = {};
  confirmed = 0;
  /** Size of the last answer that confirmed an order. */
  answerBytes = 0;

  constructor(private readonly load: CheckoutLoad) {
    this.client = new ShopClient(load.url, load.shoppers);
    this.registry = new ShopAccounts(this.client, load.country);
  }

  /** Orders that begin within the time are counted to their end; the rate is over that longer time. */
  async shopFor(seconds: number): Promise<Round> {
    const buyers = await this.buyers();
    const until = performance.now() + seconds * 1_000;
    return this.shop(buyers, () => performance.now() < until);
  }

  /** The same beside other work, for as long as that takes. */
  async shopDuring(work: () => Promise<unknown>): Promise<Round> {
    const buyers = await this.buyers();
    let isOver = false;
    const [round] = await Promise.all([
      this.shop(buyers, () => !isOver),
      work().finally(() => (isOver = true)),
    ]);
    return round;
  }

  private async shop(buyers: readonly Headers[], isOpen: () => boolean): Promise<Round> {
    const startedAt = performance.now();
    const latencies: number[] = [];
    const failures: Record<string, number> = {};
    const shop = async (signedIn: Headers): Promise<void> => {
      while (isOpen()) {
        const beganAt = performance.now();
        const failure = await this.tryOnce(signedIn);
        if (failure === undefined) latencies.push(performance.now() - beganAt);
        else failures[failure] = (failures[failure] ?? 0) + 1;
      }
    };
    await Promise.all(buyers.map(shop));
    this.confirmed += latencies.length;
    return {
      perSecond: (latencies.length * 1_000) / (performance.now() - startedAt),
      p50Ms: percentile(latencies, 50),
      p99Ms: percentile(latencies, 99),
      failures,
    };
  }

  close(): Promise<void> {
    return this.client.close();
  }

  /** What each shopper's requests carry; guests carry nothing until they have a cart. */
  private async buyers(): Promise<readonly Headers[]> {
    const { shoppers, who } = this.load;
    if (who === 'guests') return Array.from({ length: shoppers }, () => ({}));
    if (this.accounts.length === 0) this.accounts = await this.registry.registerMany(shoppers);
    return this.registry.signInAll(this.accounts);
  }

  private async tryOnce(signedIn: Headers): Promise<string | undefined> {
    try {
      await this.buy(signedIn);
      return undefined;
    } catch (error) {
      if (error instanceof CallRefused) return error.message;
      return error instanceof Error && 'code' in error ? String(error.code) : 'NO_ANSWER';
    }
  }

  private async buy(signedIn: Headers): Promise<void> {
    const asking = { ...this.registry.residence, ...signedIn };
    const cart = await this.client.done<CreatedCartView>({
      ...{ method: 'POST', path: '/v1/carts', body: {}, headers: asking },
    });
    const { guestCart } = cart;
    const bearer =
      guestCart === undefined ? signedIn : { authorization: `Bearer ${guestCart.token}` };
    const edits = this.load.nextSkus().map((sku, index) => ({
      replica: cart.replica,
      seq: index + 1,
      op: { type: 'add', sku, quantity: 1 },
    }));
    const path = `/v1/carts/${cart.id}/lines`;
    const filled = await this.client.done<CartView>({
      ...{ method: 'PATCH', path, body: { edits }, headers: bearer },
    });
    const headers = { ...bearer, 'idempotency-key': randomUUID() };
    const order = {
      cartId: cart.id,
      cartVersion: filled.cartVersion,
      address: { ...address, country: this.load.country },
      payment: { method: 'card' },
    };
    await this.orderUntilConfirmed(order, headers);
  }

  private async orderUntilConfirmed(order: object, headers: Headers): Promise<void> {
    for (let asked = 0; asked < answersPerOrderMax; asked += 1) {
      const answer = await this.client.send<OrderView>({
        ...{ method: 'POST', path: '/v1/orders', body: order, headers },
      });
      if (answer.status === 201) {
        this.answerBytes = answer.bytes;
        return;
      }
      const { nextAction, status } = answer.body;
      if (answer.status === 202 && nextAction?.url !== undefined) await this.visit(nextAction.url);
      else if (answer.status === 202) await this.wait(status);
      else throw new CallRefused(`order ${answer.status} ${codeOf(answer.body)}`);
    }
    throw new CallRefused('order still open');
  }

  /** What the shopper's browser does at the provider. */
  private async visit(url: string): Promise<void> {
    this.note('approved at the provider');
    const status = await this.client.visit(url);
    if (status >= 300) throw new CallRefused(`provider ${status}`);
  }

  private async wait(status: string): Promise<void> {
    this.note(status);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }

  private note(what: string): void {
    this.waits[what] = (this.waits[what] ?? 0) + 1;
  }
}

/** An error's code, where the answer is a problem and not an order. */
const codeOf = (body: object): string => ('code' in body ? String(body.code) : '');

const address = {
  recipient: 'Measured Shopper',
  line1: '1 Harbour Road',
  city: 'Porttown',
  postalCode: '110001',
};
