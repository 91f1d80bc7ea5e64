import { randomBytes, randomUUID } from 'node:crypto';
import { canaryMark } from '@entrepot/platform-egress';
import type { Canaries } from './forms-file.ts';

export interface CanaryPlace {
  readonly cell: string;
  /** Where the cell answers. */
  readonly url: string;
  readonly country: string;
  readonly paymentMethod: 'upi' | 'card';
  /** Where the other cells answer: there the person knocks by mistake. */
  readonly elsewhereUrls: readonly string[];
}

export interface CallMade {
  readonly call: string;
  readonly status: number;
}

/** Letters that each way of writing a text writes differently, and the mark that every border knows. */
const marked = (field: string): string =>
  `${field} "Ñü" & ß/${canaryMark}${randomBytes(9).toString('base64')}`;
const token = (): string => `${canaryMark}.${randomBytes(12).toString('hex')}`;

/** One text per field that a person can type, none of them like any other in the world. */
export const newCanaries = (): Canaries => ({
  email: `${token()}@people.example`,
  password: marked('Password'),
  fullName: marked('Name'),
  changedName: marked('Renamed'),
  recipient: marked('Recipient'),
  line1: marked('Line one'),
  line2: marked('Line two'),
  city: marked('City'),
  subdivision: marked('State'),
  userAgent: `agent-${token()}`,
  forwardedFor: `2001:db8::${randomBytes(12).toString('hex')}`,
});

/**
 * A person who exists for a scan: uses every storefront call at home, makes mistakes, and knocks at every
 * wrong cell with every value in header, path, query and body.
 */
export class CanaryPerson {
  readonly calls: CallMade[] = [];
  readonly #place: CanaryPlace;
  readonly #canaries: Canaries;
  #token: string | undefined;

  constructor(place: CanaryPlace, canaries: Canaries) {
    this.#place = place;
    this.#canaries = canaries;
  }

  async live(): Promise<void> {
    await this.#signUp();
    await this.#keepAddresses();
    await this.#shop();
    await this.#makeMistakes();
    for (const url of this.#place.elsewhereUrls) await this.#knockAt(url);
    await this.#call('DELETE', '/v1/sessions/current');
  }

  /** Calls without which the scan would prove nothing. */
  get failures(): readonly CallMade[] {
    return this.calls.filter(({ call, status }) => call.startsWith('must ') && status >= 300);
  }

  async #signUp(): Promise<void> {
    const { email, password, fullName, changedName } = this.#canaries;
    await this.#must('POST', '/v1/accounts', {
      ...{ email, password, fullName, ageDeclaration: 'adult' },
    });
    const session = await this.#must('POST', '/v1/sessions', { email, password });
    this.#token = String(session['accessToken']);
    await this.#must('PATCH', '/v1/me', { fullName: changedName });
    await this.#must('GET', '/v1/me');
    const refreshToken = session['refreshToken'];
    const fresh = await this.#must('POST', '/v1/sessions/refresh', { refreshToken });
    this.#token = String(fresh['accessToken']);
  }

  async #keepAddresses(): Promise<void> {
    const { id } = await this.#must('POST', '/v1/me/addresses', this.#address());
    await this.#must('GET', '/v1/me/addresses');
    await this.#call('PUT', `/v1/me/addresses/${String(id)}`, this.#address());
  }

  async #shop(): Promise<void> {
    const { items } = (await this.#must('GET', '/v1/products?limit=1')) as Listed;
    const product = await this.#must('GET', `/v1/products/${items?.[0]?.slug ?? ''}`);
    const { variants } = product as { variants?: readonly { sku: string }[] };
    const cart = await this.#must('POST', '/v1/carts', {});
    const replica = randomBytes(8).toString('hex');
    const op = { type: 'add', sku: variants?.[0]?.sku, quantity: 1 };
    const edits = [{ replica, seq: 1, op }];
    const cartId = String(cart['id']);
    const filled = await this.#must('PATCH', `/v1/carts/${cartId}/lines`, { edits });
    const { cartVersion } = filled;
    const payment = { method: this.#place.paymentMethod };
    const address = this.#address();
    const order = { cartId, cartVersion, address, payment, onShortage: 'partial' };
    await this.#call('POST', '/v1/orders', order);
    await this.#call('GET', '/v1/me/orders');
  }

  /** What is refused is logged, if anything is. */
  async #makeMistakes(): Promise<void> {
    const { email, fullName, line1 } = this.#canaries;
    await this.#call('POST', '/v1/sessions', { email, password: fullName });
    await this.#call('POST', '/v1/accounts', {
      ...{ email, password: fullName, fullName, ageDeclaration: 'adult' },
    });
    await this.#call('POST', '/v1/me/addresses', { ...this.#address(), unknown: line1 });
    await this.#call('GET', `/v1/orders/${encodeURIComponent(String(line1))}?q=${email ?? ''}`);
    await this.#call('POST', '/graphql', {
      query: `{ home(country: ${JSON.stringify(fullName)}) }`,
    });
  }

  async #knockAt(at: string): Promise<void> {
    const { email, password, fullName } = this.#canaries;
    const query = `?email=${encodeURIComponent(email ?? '')}`;
    await this.#call('POST', `/v1/accounts${query}`, { email, password, fullName }, at);
    await this.#call('POST', `/v1/sessions${query}`, { email, password }, at);
    await this.#call('GET', `/v1/me${query}`, undefined, at);
    await this.#call(
      'GET',
      `/v1/orders/${encodeURIComponent(fullName ?? '')}${query}`,
      undefined,
      at,
    );
    await this.#call('POST', '/v1/me/addresses', this.#address(), at);
  }

  #address(): Record<string, unknown> {
    const { recipient, line1, line2, city, subdivision } = this.#canaries;
    const { country } = this.#place;
    return { recipient, line1, line2, city, subdivision, postalCode: '560001', country };
  }

  async #must(method: string, path: string, body?: object): Promise<Record<string, unknown>> {
    return this.#call(method, path, body, this.#place.url, 'must ');
  }

  async #call(
    method: string,
    path: string,
    ...[body, at = this.#place.url, prefix = '']: [object?, string?, string?]
  ): Promise<Record<string, unknown>> {
    const answer = await fetch(`${at}${path}`, {
      method,
      headers: {
        'entrepot-residence': this.#place.country,
        'idempotency-key': randomUUID(),
        'user-agent': this.#canaries['userAgent'] ?? '',
        'x-forwarded-for': this.#canaries['forwardedFor'] ?? '',
        traceparent: `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`,
        ...(this.#token !== undefined && { authorization: `Bearer ${this.#token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    const where = at === this.#place.url ? 'at home' : 'elsewhere';
    const route = path.replace(/\?.*/, '').slice(0, 24);
    this.calls.push({ call: `${prefix}${method} ${route} ${where}`, status: answer.status });
    return asRecord(text);
  }
}

interface Listed {
  readonly items?: readonly { readonly slug: string }[];
}

function asRecord(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}
