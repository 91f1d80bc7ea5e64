import { randomUUID } from 'node:crypto';
import type { CreatedCartView, CartView } from '@entrepot/contracts/api/carts';
import type { OrderView } from '@entrepot/contracts/api/orders';
import { Agent, request } from 'undici';
import type { Dispatcher } from 'undici';
import type { Round } from './figure.ts';
import { percentile } from './figure.ts';

export interface CheckoutLoad {
  /** The API of one cell, without a path. */
  readonly url: string;
  /** A country whose residents are at home there. */
  readonly country: string;
  readonly shoppers: number;
  /** What the next shopper buys, one of each; asked for each cart. */
  readonly nextSkus: () => readonly string[];
}

const answersPerOrderMax = 20;
const pauseMs = 100;

/** What ended a checkout before its order was confirmed. */
class CheckoutFailure extends Error {
  override readonly name = 'CheckoutFailure';
}

interface Answer<T> {
  readonly status: number;
  readonly body: T;
  readonly bytes: number;
}

/** Shoppers without think time: a new guest cart, its lines, an address, and the order to its end. */
export class CheckoutShoppers {
  private readonly agent: Agent;
  /** Answers that said "not yet", by status, and visits to the provider's page. */
  readonly waits: Record<string, number> = {};
  confirmed = 0;
  /** Size of the last answer that confirmed an order. */
  answerBytes = 0;

  constructor(private readonly load: CheckoutLoad) {
    this.agent = new Agent({ connections: load.shoppers });
  }

  /** Orders that begin within the time are counted to their end; the rate is over that longer time. */
  async shopFor(seconds: number): Promise<Round> {
    const startedAt = performance.now();
    const until = startedAt + seconds * 1_000;
    const latencies: number[] = [];
    const failures: Record<string, number> = {};
    const shop = async (): Promise<void> => {
      while (performance.now() < until) {
        const beganAt = performance.now();
        const failure = await this.tryOnce();
        if (failure === undefined) latencies.push(performance.now() - beganAt);
        else failures[failure] = (failures[failure] ?? 0) + 1;
      }
    };
    await Promise.all(Array.from({ length: this.load.shoppers }, shop));
    this.confirmed += latencies.length;
    return {
      perSecond: (latencies.length * 1_000) / (performance.now() - startedAt),
      p50Ms: percentile(latencies, 50),
      p99Ms: percentile(latencies, 99),
      failures,
    };
  }

  close(): Promise<void> {
    return this.agent.close();
  }

  private async tryOnce(): Promise<string | undefined> {
    try {
      await this.buy();
      return undefined;
    } catch (error) {
      if (error instanceof CheckoutFailure) return error.message;
      return error instanceof Error && 'code' in error ? String(error.code) : 'NO_ANSWER';
    }
  }

  private async buy(): Promise<void> {
    const residence = { 'entrepot-residence': this.load.country };
    const cart = await this.done<CreatedCartView>('POST', '/v1/carts', {}, residence);
    const token = cart.guestCart?.token ?? '';
    const bearer = { authorization: `Bearer ${token}` };
    const edits = this.load.nextSkus().map((sku, index) => ({
      replica: cart.replica,
      seq: index + 1,
      op: { type: 'add', sku, quantity: 1 },
    }));
    const lines = `/v1/carts/${cart.id}/lines`;
    const filled = await this.done<CartView>('PATCH', lines, { edits }, bearer);
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
      const answer = await this.send<OrderView>('POST', '/v1/orders', order, headers);
      if (answer.status === 201) {
        this.answerBytes = answer.bytes;
        return;
      }
      const { nextAction, status } = answer.body;
      if (answer.status === 202 && nextAction?.url !== undefined) await this.visit(nextAction.url);
      else if (answer.status === 202) await this.wait(status);
      else throw new CheckoutFailure(`order ${answer.status} ${codeOf(answer.body)}`);
    }
    throw new CheckoutFailure('order still open');
  }

  /** What the shopper's browser does at the provider. */
  private async visit(url: string): Promise<void> {
    this.note('approved at the provider');
    const { statusCode, body } = await request(url, { dispatcher: this.agent });
    await body.dump();
    if (statusCode >= 300) throw new CheckoutFailure(`provider ${statusCode}`);
  }

  private async wait(status: string): Promise<void> {
    this.note(status);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }

  private note(what: string): void {
    this.waits[what] = (this.waits[what] ?? 0) + 1;
  }

  private async done<T>(
    method: Dispatcher.HttpMethod,
    path: string,
    body: object,
    headers: Headers,
  ): Promise<T> {
    const answer = await this.send<T>(method, path, body, headers);
    if (answer.status < 300) return answer.body;
    throw new CheckoutFailure(`${method} ${path.split('/')[2] ?? ''} ${answer.status}`);
  }

  private async send<T>(
    method: Dispatcher.HttpMethod,
    path: string,
    body: object,
    headers: Headers,
  ): Promise<Answer<T>> {
    const { statusCode, body: answer } = await request(`${this.load.url}${path}`, {
      dispatcher: this.agent,
      method,
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    return { status: statusCode, body: JSON.parse(text) as T, bytes: Buffer.byteLength(text) };
  }
}

type Headers = Readonly<Record<string, string>>;

/** An error's code, where the answer is a problem and not an order. */
const codeOf = (body: object): string => ('code' in body ? String(body.code) : '');

const address = {
  recipient: 'Measured Shopper',
  line1: '1 Harbour Road',
  city: 'Porttown',
  postalCode: '110001',
};
