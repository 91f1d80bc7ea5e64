import { randomUUID } from 'node:crypto';
import type { CreatedCartView, CartView } from '@entrepot/contracts/api/carts';
import type { OrderView } from '@entrepot/contracts/api/orders';
import type { SessionView } from '@entrepot/contracts/api/identity';
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
  /** Shoppers who signed in once, or a new guest, and so a new key at the KMS, for every order. */
  readonly who: 'accounts' | 'guests';
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

/** Shoppers without think time: a new cart, its lines, an address, and the order to its end. */
export class CheckoutShoppers {
  private readonly agent: Agent;
  private readonly accounts: Account[] = [];
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
    const buyers = await this.buyers();
    const startedAt = performance.now();
    const until = startedAt + seconds * 1_000;
    const latencies: number[] = [];
    const failures: Record<string, number> = {};
    const shop = async (signedIn: Headers): Promise<void> => {
      while (performance.now() < until) {
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
    return this.agent.close();
  }

  /** What each shopper's requests carry; guests carry nothing until they have a cart. */
  private async buyers(): Promise<readonly Headers[]> {
    const { shoppers, who } = this.load;
    if (who === 'guests') return Array.from({ length: shoppers }, () => ({}));
    // one after another: hashing passwords is slow on purpose, and a cell takes only so many at once
    while (this.accounts.length < shoppers) this.accounts.push(await this.register());
    const signedIn: Headers[] = [];
    for (const account of this.accounts) signedIn.push(await this.signIn(account));
    return signedIn;
  }

  private async register(): Promise<Account> {
    const login = { email: `bench-${randomUUID()}@example.com`, password: randomUUID() };
    const account = { ...login, fullName: 'Measured Shopper' };
    await this.done('POST', '/v1/accounts', account, this.residence);
    return login;
  }

  /** Anew for every round, since an access token lives for minutes. */
  private async signIn(account: Account): Promise<Headers> {
    const session = await this.done<SessionView>('POST', '/v1/sessions', account, this.residence);
    return { authorization: `Bearer ${session.accessToken}` };
  }

  private get residence(): Headers {
    return { 'entrepot-residence': this.load.country };
  }

  private async tryOnce(signedIn: Headers): Promise<string | undefined> {
    try {
      await this.buy(signedIn);
      return undefined;
    } catch (error) {
      if (error instanceof CheckoutFailure) return error.message;
      return error instanceof Error && 'code' in error ? String(error.code) : 'NO_ANSWER';
    }
  }

  private async buy(signedIn: Headers): Promise<void> {
    const asking = { ...this.residence, ...signedIn };
    const cart = await this.done<CreatedCartView>('POST', '/v1/carts', {}, asking);
    const { guestCart } = cart;
    const bearer =
      guestCart === undefined ? signedIn : { authorization: `Bearer ${guestCart.token}` };
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

interface Account {
  readonly email: string;
  readonly password: string;
}

/** An error's code, where the answer is a problem and not an order. */
const codeOf = (body: object): string => ('code' in body ? String(body.code) : '');

const address = {
  recipient: 'Measured Shopper',
  line1: '1 Harbour Road',
  city: 'Porttown',
  postalCode: '110001',
};
