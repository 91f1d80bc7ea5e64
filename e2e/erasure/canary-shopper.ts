import { randomBytes } from 'node:crypto';
import type { Canaries } from '@entrepot/border-scan';
import { newCanaries } from '@entrepot/border-scan';
import type { NodeFetch } from '@entrepot/client/node';
import type { OrderView } from '@entrepot/contracts/api/orders';
import type { DescribedCell } from '@entrepot/stack';
import type { ShopFloor } from '../src/shop-floor.ts';

const country = 'DE';
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
  private readonly texts = newCanaries();
  private cartId = '';
  private accessToken = '';
  private refreshToken = '';

  constructor(
    private readonly floor: ShopFloor,
    private readonly node: NodeFetch,
    private readonly home: DescribedCell,
  ) {}

  /** What was typed and must never lie anywhere in the clear. */
  get canaries(): Canaries {
    return Object.fromEntries(typed.map((field) => [field, this.text(field)]));
  }

  text(field: (typeof typed)[number]): string {
    return this.texts[field] ?? '';
  }

  /** Registers, keeps an address and pays for an order. */
  async live(sku: string): Promise<OrderView> {
    await this.signUp();
    const { id, origin } = this.home;
    const shopper = this.floor
      .clientAt(0)
      .actingFor({ home: { cell: id, origin }, token: this.accessToken });
    const { body: cart } = await shopper.openCart(country);
    this.cartId = cart.id;
    const op = { type: 'add', sku, quantity: 2 } as const;
    const edits = [{ replica: randomBytes(8).toString('hex'), seq: 1, op }];
    const { body: filled } = await shopper.editCart(cart.id, edits);
    this.order = await this.floor.settle({
      ...{ country, shopper, token: this.accessToken },
      body: {
        ...{ cartId: cart.id, cartVersion: filled.cartVersion, address: this.address },
        payment: { method: 'card', token: 'pm_card_visa' },
        onShortage: 'refuse',
      },
    });
    return this.order;
  }

  /** Registers and keeps an address. */
  async signUp(): Promise<void> {
    const [email, password, fullName] = [
      this.text('email'),
      this.text('password'),
      this.text('fullName'),
    ];
    const account = await this.must('POST', '/v1/accounts', { email, password, fullName });
    this.accountId = account['id'] as string;
    const session = await this.must('POST', '/v1/sessions', { email, password });
    this.accessToken = session['accessToken'] as string;
    this.refreshToken = session['refreshToken'] as string;
    await this.must('POST', '/v1/me/addresses', this.address);
  }

  /** Every call that could show something of the person. */
  async readEverything(): Promise<Read[]> {
    const reads = [await this.send('GET', '/v1/me'), await this.send('GET', '/v1/me/addresses')];
    reads.push(await this.send('GET', '/v1/me/orders'));
    reads.push(await this.send('GET', `/v1/orders/${this.order?.id ?? ''}`));
    reads.push(await this.send('GET', `/v1/carts/${this.cartId}`));
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
      ...{ postalCode: '10115', country },
    };
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
        'entrepot-residence': country,
        ...(this.accessToken !== '' && { authorization: `Bearer ${this.accessToken}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { call: `${method} ${path}`, status: answer.status, text: await answer.text() };
  }
}
