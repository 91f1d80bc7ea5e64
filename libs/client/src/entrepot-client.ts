import type { CartView, CreatedCartView, EditCartBody } from '@entrepot/contracts/api/carts';
import type {
  CategoryListView,
  ProductDetailView,
  ProductListQuery,
  ProductPageView,
} from '@entrepot/contracts/api/catalog';
import type { HomeView } from '@entrepot/contracts/api/home';
import type {
  ArticleQuestion,
  AvailabilityView,
  BandEvent,
} from '@entrepot/contracts/api/inventory';
import type {
  AccountView,
  CreateAccountBody,
  CreateSessionBody,
  SessionView,
} from '@entrepot/contracts/api/identity';
import type { OrderView, PayAgainBody, PlaceOrderBody } from '@entrepot/contracts/api/orders';
import type {
  CompletedRelocationView,
  IssuedRelocationView,
  RelocationView,
  TakenInRelocationView,
  WithdrawnPacketView,
} from '@entrepot/contracts/api/relocation';
import { LivingToken } from './living-token.ts';
import type { PinnedHome } from './pinned-homes.ts';
import { PinnedHomes } from './pinned-homes.ts';
import type { Answer, Request, TransportOptions } from './transport.ts';
import { Transport } from './transport.ts';
import { watchStock, type WatchStockOptions } from './watch-stock.ts';

export interface EntrepotClientOptions extends TransportOptions {
  readonly homes: readonly PinnedHome[];
}

/** Whose cart or account a call acts on: the home cell and the bearer token it gave. */
export interface Credentials {
  readonly home: PinnedHome;
  /** A token, or what gives one that is good at the moment of the call. */
  readonly token: string | (() => Promise<string>);
}

/** What a person signs up with; a language that is left out is English. */
export type NewAccount = Omit<CreateAccountBody, 'language' | 'ageDeclaration'> & {
  readonly language?: string;
  /** Asked for where the law of the country wants it, and stored nowhere. */
  readonly ageDeclaration: 'adult' | 'minor';
};

/** What a person brings to their new home. */
export interface Arrival {
  /** From `beginRelocation` at the old home; whoever has it can use it, so it is kept in memory only. */
  readonly packet: string;
  /** Of the account that is made. */
  readonly password: string;
}

const encoded = encodeURIComponent;

/** What anyone may ask: homes and the catalog. Sign in, or open a guest cart, to do more. */
export class EntrepotClient {
  private readonly homes: PinnedHomes;
  private readonly transport: Transport;

  constructor({ homes, ...options }: EntrepotClientOptions) {
    this.homes = new PinnedHomes(homes);
    this.transport = new Transport(this.homes, options);
  }

  /** Where a resident of the country is at home; ask before the person types anything. */
  async homeOf(country: string): Promise<PinnedHome> {
    const { body } = await this.transport.send<HomeView>(this.homes.nearest(), {
      method: 'GET',
      path: '/v1/home',
      query: { country },
    });
    return this.homes.find(body.cell);
  }

  async categories(locale?: string): Promise<CategoryListView> {
    return this.read('/v1/categories', { locale });
  }

  async products(query: Partial<ProductListQuery> = {}): Promise<ProductPageView> {
    return this.read('/v1/products', { ...query });
  }

  async product(slug: string, locale?: string): Promise<ProductDetailView> {
    return this.read(`/v1/products/${encoded(slug)}`, { locale });
  }

  /**
   * Whether each article can be had in its quantity, 1 unless said, as far as the nearest cell knows; only an
   * order decides. One item for each, in their order; the lines of a cart will do for `articles`.
   */
  async availability(articles: readonly ArticleQuestion[]): Promise<AvailabilityView> {
    return this.read('/v1/availability', {
      sku: articles.map(({ sku }) => sku),
      quantity: articles.map(({ quantity = 1 }) => quantity),
    });
  }

  /**
   * The bands of a page's articles at the nearest cell, at first and whenever one changes, until the signal
   * ends it or the loop is left. Goes on by itself when the connection breaks. Throws ProblemError where
   * the cell refuses for good.
   */
  watchStock(
    skus: readonly string[],
    options?: WatchStockOptions,
  ): AsyncGenerator<BandEvent, void, undefined> {
    const request = {
      method: 'GET',
      path: '/v1/availability/stream',
      query: { sku: skus },
      headers: { accept: 'text/event-stream' },
    } as const;
    return watchStock(
      (signal) => this.transport.open(this.homes.nearest(), request, signal),
      options,
    );
  }

  /** Opens a guest cart at the home of that country. */
  async openGuestCart(country: string): Promise<{ cart: CreatedCartView; shopper: ShopperClient }> {
    const home = await this.homeOf(country);
    const { body, cell } = await this.transport.send<CreatedCartView>(home, {
      method: 'POST',
      path: '/v1/carts',
      headers: { 'entrepot-residence': country },
      body: {},
    });
    const token = body.guestCart?.token;
    if (token === undefined) throw new TypeError('the cell gave no token for the guest cart');
    return { cart: body, shopper: this.actingFor({ home: this.homes.find(cell), token }) };
  }

  /** Registers a resident of that country at home. Not repeated by itself: it carries no key. */
  async register(country: string, account: NewAccount): Promise<AccountView> {
    const { body } = await this.transport.send<AccountView>(await this.homeOf(country), {
      method: 'POST',
      path: '/v1/accounts',
      headers: { 'entrepot-residence': country },
      body: account,
    });
    return body;
  }

  /** Signs in at home; the access token is renewed as long as the session lives. */
  async signIn(
    country: string,
    login: Pick<CreateSessionBody, 'email' | 'password'>,
  ): Promise<ShopperClient> {
    const { body, cell } = await this.transport.send<SessionView>(await this.homeOf(country), {
      method: 'POST',
      path: '/v1/sessions',
      headers: { 'entrepot-residence': country },
      body: { ...login, refreshTokenIn: 'body' },
    });
    const home = this.homes.find(cell);
    const token = new LivingToken(body, async (refreshToken) => {
      const path = '/v1/sessions/refresh';
      const request = { method: 'POST', path, body: { refreshToken } } as const;
      return (await this.transport.send<SessionView>(home, request)).body;
    });
    return this.actingFor({ home, token: () => token.current() });
  }

  /**
   * Makes the account of somebody who moves to that country, at the home that is pinned for it; the receipt goes to the
   * old home. Not repeated by itself: it carries no key.
   */
  async takeInRelocation(country: string, arrival: Arrival): Promise<TakenInRelocationView> {
    return this.toNewHome(country, '/v1/relocations', arrival);
  }

  /** Spends a packet at the home of that country, so that nobody can arrive with it. */
  async withdrawPacket(country: string, packet: string): Promise<WithdrawnPacketView> {
    return this.toNewHome(country, '/v1/relocations/withdrawals', { packet });
  }

  /** Acts with a token that a cell gave; it is sent to that cell's pinned origin only. */
  actingFor(credentials: Credentials): ShopperClient {
    return new ShopperClient(this.transport, credentials);
  }

  private async toNewHome<T>(country: string, path: string, body: object): Promise<T> {
    const headers = { 'entrepot-residence': country };
    const home = await this.homeOf(country);
    return (await this.transport.send<T>(home, { method: 'POST', path, headers, body })).body;
  }

  private async read<T>(path: string, query: Request['query'] & object): Promise<T> {
    const { body } = await this.transport.send<T>(this.homes.nearest(), {
      method: 'GET',
      path,
      query,
    });
    return body;
  }
}

/** What one shopper, or the holder of one guest cart, may do. */
export class ShopperClient {
  constructor(
    private readonly transport: Transport,
    private readonly credentials: Credentials,
  ) {}

  /** The cell that is asked. */
  get cell(): string {
    return this.credentials.home.cell;
  }

  /** Opens a cart of the shopper who signed in. */
  openCart(country: string): Promise<Answer<CreatedCartView>> {
    const headers = { 'entrepot-residence': country };
    return this.send({ method: 'POST', path: '/v1/carts', headers, body: {} });
  }

  cart(cartId: string): Promise<Answer<CartView>> {
    return this.send({ method: 'GET', path: `/v1/carts/${encoded(cartId)}` });
  }

  /** Sends edits; sending the same ones again changes nothing. */
  editCart(cartId: string, edits: EditCartBody['edits']): Promise<Answer<CartView>> {
    return this.send({
      method: 'PATCH',
      path: `/v1/carts/${encoded(cartId)}/lines`,
      body: { edits },
    });
  }

  /** Places an order; retried with the same key until an answer is final or the time is up. */
  placeOrder(order: PlaceOrderBody, idempotencyKey: string): Promise<Answer<OrderView>> {
    return this.send({ method: 'POST', path: '/v1/orders', body: order, idempotencyKey });
  }

  order(orderId: string): Promise<Answer<OrderView>> {
    return this.send({ method: 'GET', path: `/v1/orders/${encoded(orderId)}` });
  }

  payAgain(
    orderId: string,
    choice: PayAgainBody,
    idempotencyKey: string,
  ): Promise<Answer<OrderView>> {
    const path = `/v1/orders/${encoded(orderId)}/payment-attempts`;
    return this.send({ method: 'POST', path, body: choice, idempotencyKey });
  }

  /**
   * Begins a move to another country. The password is needed where the sign-in is not of the last minutes. What the answer
   * says of the new home is not where the packet goes: `EntrepotClient.takeInRelocation` asks the pinned one.
   */
  beginRelocation(country: string, password?: string): Promise<Answer<IssuedRelocationView>> {
    const body = { country, ...(password !== undefined && { password }) };
    return this.send({ method: 'POST', path: '/v1/me/relocations', body });
  }

  relocation(id: string): Promise<Answer<RelocationView>> {
    return this.send({ method: 'GET', path: `/v1/me/relocations/${encoded(id)}` });
  }

  /** Brings the receipt of the new home; the account here is then forgotten. Sending it again changes nothing. */
  completeRelocation(
    id: string,
    receipt: string,
    password?: string,
  ): Promise<Answer<CompletedRelocationView>> {
    const path = `/v1/me/relocations/${encoded(id)}/completion`;
    const body = { receipt, ...(password !== undefined && { password }) };
    return this.send({ method: 'POST', path, body });
  }

  /** Stays after all. The packet is good at the new home until it is spent there: `EntrepotClient.withdrawPacket`. */
  withdrawRelocation(id: string): Promise<Answer<RelocationView>> {
    return this.send({ method: 'DELETE', path: `/v1/me/relocations/${encoded(id)}` });
  }

  private async send<T>(request: Request): Promise<Answer<T>> {
    const { home, token: source } = this.credentials;
    const token = typeof source === 'string' ? source : await source();
    return this.transport.send<T>(home, {
      ...request,
      headers: { ...request.headers, authorization: `Bearer ${token}` },
    });
  }
}
