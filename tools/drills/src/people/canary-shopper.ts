import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Canaries } from '@entrepot/border-scan';
import { newCanaries } from '@entrepot/border-scan';
import { EntrepotClient } from '@entrepot/client';
import type { NodeFetch } from '@entrepot/client/node';
import type { GiftBody, OrderView, PlaceOrderBody } from '@entrepot/contracts/api/orders';
import type { ExportView, IssuedExportView } from '@entrepot/contracts/api/rights';
import type { DescribedCell } from '@entrepot/stack';

import { GiftRecipient } from './gift-recipient.ts';
import { settleOrder } from './settle-order.ts';

/** By region: where the person lives and how the person pays. */
const habits: Readonly<Record<string, Habits>> = {
  eu: {
    country: 'DE',
    postalCode: '10115',
    payment: { method: 'card', token: 'pm_card_visa' },
  },
  in: { country: 'IN', postalCode: '560001', payment: { method: 'upi' } },
};

export interface Habits {
  readonly country: string;
  readonly postalCode: string;
  readonly payment: PlaceOrderBody['payment'];
}

/** How long a copy of somebody's data may take to be made. */
const copyTimeoutMs = 60_000;
const pollMs = 250;

const typed = ['email', 'password', 'fullName', 'recipient', 'line1', 'line2', 'city'] as const;

export interface Read {
  readonly call: string;
  readonly status: number;
  readonly text: string;
}

/** A shopper of whom every typed text is like no other, and who uses every way to read it back. */
export class CanaryShopper {
  accountId = '';
  order: OrderView | undefined;
  /** The copy of the data that was asked for last. */
  copy: IssuedExportView | undefined;
  private readonly texts = newCanaries();
  private readonly habits: Habits;
  private cartId = '';
  private accessToken = '';
  private refreshToken = '';

  constructor(
    private readonly node: NodeFetch,
    private readonly home: DescribedCell,
  ) {
    const found = habits[home.region];
    if (found === undefined) throw new RangeError(`nobody knows how people live in ${home.region}`);
    this.habits = found;
  }

  /** What was typed and must never lie anywhere in the clear. */
  get canaries(): Canaries {
    return Object.fromEntries(typed.map((field) => [field, this.text(field)]));
  }

  /** The cart that was opened last. */
  get cart(): string {
    return this.cartId;
  }

  text(field: (typeof typed)[number]): string {
    return this.texts[field] ?? '';
  }

  /** Registers, keeps an address and pays for an order. */
  async live(sku: string): Promise<OrderView> {
    await this.signUp();
    this.order = await this.buy(sku);
    return this.order;
  }

  /** Fills a cart and pays for it. */
  buy(sku: string, quantity = 2): Promise<OrderView> {
    return this.placeOrder(sku, quantity);
  }

  /** Buys something that goes to somebody else, who has no account. */
  async give(sku: string): Promise<{ readonly order: OrderView; readonly to: GiftRecipient }> {
    const to = new GiftRecipient(this.habits);
    return { order: await this.placeOrder(sku, 1, to.gift), to };
  }

  private async placeOrder(sku: string, quantity: number, gift?: GiftBody): Promise<OrderView> {
    const shopper = this.shopper();
    const filled = await this.fillCart(sku, quantity);
    const body: PlaceOrderBody = {
      ...{ cartId: this.cartId, cartVersion: filled, address: this.address },
      ...{ payment: this.habits.payment, onShortage: 'refuse' },
      ...(gift !== undefined && { gift }),
    };
    return settleOrder(
      { shopper, body, key: randomUUID() },
      { approve: (url) => this.approve(url) },
    );
  }

  /** Opens a cart that is not ordered; answers its version. */
  async fillCart(sku: string, quantity = 1): Promise<string> {
    const shopper = this.shopper();
    const { body: cart } = await shopper.openCart(this.habits.country);
    this.cartId = cart.id;
    const op = { type: 'add', sku, quantity } as const;
    const edits = [{ replica: randomBytes(8).toString('hex'), seq: 1, op }];
    return (await shopper.editCart(cart.id, edits)).body.cartVersion;
  }

  /** Registers and keeps an address. */
  async signUp(): Promise<void> {
    const [email, password, fullName] = [
      this.text('email'),
      this.text('password'),
      this.text('fullName'),
    ];
    const account = await this.must('POST', '/v1/accounts', {
      ...{ email, password, fullName, ageDeclaration: 'adult' },
    });
    this.accountId = account['id'] as string;
    await this.signIn();
    await this.must('POST', '/v1/me/addresses', this.address);
  }

  async signIn(): Promise<void> {
    const [email, password] = [this.text('email'), this.text('password')];
    const session = await this.must('POST', '/v1/sessions', { email, password });
    this.accessToken = session['accessToken'] as string;
    this.refreshToken = session['refreshToken'] as string;
  }

  /** Asks for a copy of everything and waits until it lies ready; does not fetch it. */
  async askForCopy(): Promise<IssuedExportView> {
    const asked = (await this.must('POST', '/v1/me/exports', {})) as unknown as IssuedExportView;
    const end = performance.now() + copyTimeoutMs;
    for (;;) {
      const { text } = await this.send('GET', `/v1/me/exports/${asked.id}`);
      if ((JSON.parse(text) as ExportView).status === 'ready') break;
      if (performance.now() > end) throw new Error('nobody makes the copy of the data');
      await sleep(pollMs);
    }
    this.copy = asked;
    return asked;
  }

  /** A cart and an order as raw calls, whatever each of them is answered with. */
  async tryToBuy(sku: string): Promise<Read[]> {
    const opened = await this.send('POST', '/v1/carts', {});
    const cartId = String(jsonOf(opened)['id']);
    const op = { type: 'add', sku, quantity: 1 };
    const edits = [{ replica: randomBytes(8).toString('hex'), seq: 1, op }];
    const filled = await this.send('PATCH', `/v1/carts/${cartId}/lines`, { edits });
    const placed = await this.send('POST', '/v1/orders', {
      ...{ cartId, cartVersion: jsonOf(filled)['cartVersion'], address: this.address },
      ...{ payment: this.habits.payment, onShortage: 'refuse' },
    });
    return [opened, filled, placed];
  }

  /** Any call with the person's own token, also one that is none any more. */
  async call(method: string, path: string, body?: object): Promise<Read> {
    return this.send(method, path, body);
  }

  /** Every call that could show something of the person. */
  async readEverything(): Promise<Read[]> {
    const reads = [await this.send('GET', '/v1/me'), await this.send('GET', '/v1/me/addresses')];
    reads.push(await this.send('GET', '/v1/me/orders'));
    reads.push(await this.send('GET', `/v1/orders/${this.order?.id ?? ''}`));
    reads.push(await this.send('GET', `/v1/carts/${this.cartId}`));
    if (this.copy !== undefined) {
      reads.push(await this.send('GET', `/v1/me/exports/${this.copy.id}`));
    }
    return reads;
  }

  /** Every call by which the person could come back or write again. */
  async comeBack(): Promise<Read[]> {
    const { email, password, refreshToken } = {
      ...{ email: this.text('email'), password: this.text('password') },
      refreshToken: this.refreshToken,
    };
    const reads = [await this.send('POST', '/v1/sessions', { email, password })];
    reads.push(await this.send('POST', '/v1/sessions/refresh', { refreshToken }));
    reads.push(await this.send('PATCH', '/v1/me', { fullName: this.text('fullName') }));
    reads.push(await this.send('POST', '/v1/me/addresses', this.address));
    return reads;
  }

  private get address() {
    return {
      recipient: this.text('recipient'),
      line1: this.text('line1'),
      line2: this.text('line2'),
      city: this.text('city'),
      ...{ postalCode: this.habits.postalCode, country: this.habits.country },
    };
  }

  private shopper() {
    const home = { cell: this.home.id, origin: this.home.origin };
    const client = new EntrepotClient({ homes: [home], fetch: this.node.fetch, timeoutMs: 20_000 });
    return client.actingFor({ home, token: this.accessToken });
  }

  private async approve(url: string): Promise<void> {
    const { ok, status } = await this.node.fetch(url, { method: 'POST' });
    if (!ok) throw new Error(`the provider answered the approval with ${status}`);
  }

  private async must(method: string, path: string, body: object): Promise<Record<string, unknown>> {
    const { status, text } = await this.send(method, path, body);
    if (status >= 300) throw new Error(`${method} ${path} was answered with ${status}`);
    return JSON.parse(text) as Record<string, unknown>;
  }

  private async send(method: string, path: string, body?: object): Promise<Read> {
    const answer = await this.node.fetch(`${this.home.origin}${path}`, {
      method,
      headers: {
        'entrepot-residence': this.habits.country,
        'idempotency-key': randomUUID(),
        ...(this.accessToken !== '' && { authorization: `Bearer ${this.accessToken}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { call: `${method} ${path}`, status: answer.status, text: await answer.text() };
  }
}

/** What is no JSON has no members. */
function jsonOf({ text }: Read): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}
