import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  cartEditsAheadMax,
  cartSkusMax,
  DomainError,
  linesOf,
  Money,
  newCellId,
  randomLocalPart,
} from '@entrepot/kernel';
import type {
  CartEdit,
  CartId,
  CellId,
  CurrencyCode,
  OrderId,
  ReplicaId,
  SalesChannelId,
  Sku,
  SubjectId,
} from '@entrepot/kernel';
import { statement } from '@entrepot/platform-database';
import type { ShopDatabase } from '@entrepot/platform-database';
import { TokenVerifier } from '@entrepot/platform-http';
import type { Principal } from '@entrepot/platform-http';
import { testDatabase } from '@entrepot/testing';
import type { TestDatabase } from '@entrepot/testing';
import { CartsPersonalData } from '../src/adapters/carts-personal-data.ts';
import { PgCartStore } from '../src/adapters/pg-cart-store.ts';
import { CartSettings } from '../src/application/cart-settings.ts';
import { CatalogLookup } from '../src/application/catalog-lookup.ts';
import { CreateCartUseCase } from '../src/application/create-cart.ts';
import { ChangeCart } from '../src/application/change-cart.ts';
import { EditCartUseCase } from '../src/application/edit-cart.ts';
import { GuestCartTokens } from '../src/application/guest-cart-tokens.ts';
import type { GuestCartToken } from '../src/application/guest-cart-tokens.ts';
import { MergeGuestCartUseCase } from '../src/application/merge-guest-cart.ts';
import { OrderCart } from '../src/application/order-cart.ts';
import { PinCartUseCase } from '../src/application/pin-cart.ts';
import { ReadCartUseCase } from '../src/application/read-cart.ts';
import { SetLineUseCase } from '../src/application/set-line.ts';
import type { CartCaller } from '../src/domain/cart.ts';
import type { Offer } from '../src/domain/priced-cart.ts';

const cell = 'in-1' as CellId;
const web = 'web' as SalesChannelId;
const [soap, tea] = ['SOAP', 'TEA'] as [Sku, Sku];
const admitSubject = statement('carts_test.admit', 'SELECT privacy.admit_subject($1)');
const fenceSubject = statement('carts_test.fence', 'SELECT privacy.fence_subject($1)');
/** Where rows lie and which transaction wrote them: both change when a row is written again. */
const waitingPlaces = statement(
  'carts_test.waiting_places',
  `SELECT replica, seq, ctid::text AS place, xmin::text AS writer FROM carts.cart_waiting_edit
   WHERE cart_id = $1 ORDER BY replica, seq`,
);

interface WaitingPlace {
  readonly replica: string;
}

class TableOfOffers extends CatalogLookup {
  readonly prices = new Map<Sku, bigint>([soap, tea].map((sku) => [sku, 10_00n]));
  lookups = 0;

  async offersOf(_channel: SalesChannelId, skus: readonly Sku[]): Promise<Map<Sku, Offer>> {
    this.lookups += 1;
    const offers = skus.flatMap((sku) => {
      const price = this.prices.get(sku);
      if (price === undefined) return [];
      const unitPrice = Money.of(price, 'INR' as CurrencyCode);
      return [[sku, { sku, unitPrice, priceVersion: 1 }] as const];
    });
    return new Map(offers);
  }
}

const tokenPrefix = 'guest ';

class PlainIssuer extends GuestCartTokens {
  async issue(cartId: CartId): Promise<GuestCartToken> {
    return { token: tokenPrefix + cartId, expiresAt: new Date(0) };
  }
}

class PlainVerifier extends TokenVerifier {
  async verify(token: string): Promise<Principal> {
    return { kind: 'guest-cart', cartId: token.slice(tokenPrefix.length) as CartId };
  }
}

const newReplica = (): ReplicaId => randomLocalPart() as ReplicaId;
const add = (replica: ReplicaId, seq: number, quantity = 1, sku = soap): CartEdit => ({
  ...{ replica, seq },
  op: { type: 'add', sku, quantity },
});

describe('carts on PostgreSQL', () => {
  let shop: TestDatabase<'shop'>;
  let database: ShopDatabase;
  const store = new PgCartStore();
  const offers = new TableOfOffers();
  let read: ReadCartUseCase;
  let create: CreateCartUseCase;
  let edit: EditCartUseCase;
  let setLine: SetLineUseCase;
  let merge: MergeGuestCartUseCase;
  let pin: PinCartUseCase;
  const orderCart = new OrderCart(store);

  beforeAll(async () => {
    shop = await testDatabase('shop');
    database = shop.open('api', { connectionsMax: 8 });
    read = new ReadCartUseCase(database, store, offers);
    const settings = new CartSettings(cell, [web]);
    create = new CreateCartUseCase(database, store, settings, new PlainIssuer());
    const change = new ChangeCart(database, store);
    edit = new EditCartUseCase(database, store, offers, change, read);
    setLine = new SetLineUseCase(database, store, change, read);
    merge = new MergeGuestCartUseCase(database, store, new PlainVerifier(), read);
    pin = new PinCartUseCase(read);
  });
  afterAll(() => shop.drop());

  async function newShopper(): Promise<SubjectId> {
    const subject = newCellId('subject', cell);
    await database.query(admitSubject, [subject]);
    return subject;
  }

  async function newCart(subjectId?: SubjectId): Promise<{ cartId: CartId; caller: CartCaller }> {
    const { priced } = await create.execute({ subjectId, salesChannelId: undefined });
    const cartId = priced.cart.id;
    const caller: CartCaller =
      subjectId === undefined ? { kind: 'guest-cart', cartId } : { kind: 'shopper', subjectId };
    return { cartId, caller };
  }

  type TestCart = Awaited<ReturnType<typeof newCart>>;

  async function take(cart: TestCart & { readonly version: number }): Promise<OrderId> {
    const orderId = newCellId('order', cell);
    await database.unitOfWork((tx) => orderCart.take(tx, cart, orderId, cart.caller));
    return orderId;
  }

  /** For a new order, as checkout does: in whatever version the cart has, once it holds still. */
  async function takeAsItIs(cart: TestCart): Promise<OrderId> {
    for (;;) {
      const { version } = (await read.execute(cart.cartId, cart.caller)).cart;
      try {
        return await take({ ...cart, version });
      } catch (error) {
        if (!(error instanceof DomainError) || error.code !== 'CART_CHANGED') throw error;
      }
    }
  }

  it('keeps every edit of devices that all write at once, sent twice and out of order', async () => {
    const cart = await newCart(await newShopper());
    const replicas = [newReplica(), newReplica(), newReplica()];
    const edits = replicas.flatMap((replica) => [1, 2, 3, 4].map((seq) => add(replica, seq)));
    const sent = [...edits, ...edits].reverse();
    await Promise.all(sent.map((each) => edit.execute({ ...cart, edits: [each] })));
    const { cart: stored, lines } = await read.execute(cart.cartId, cart.caller);
    expect(lines).toEqual([expect.objectContaining({ sku: soap, quantity: 12 })]);
    expect(stored.version).toBe(1 + edits.length);
    expect([...stored.state.replicas.values()]).toEqual(
      replicas.map(() => ({ throughSeq: 4, ahead: new Map() })),
    );
  });

  it('takes a thousand edits in one request, with as many statements as one', async () => {
    const cart = await newCart(await newShopper());
    const count = async (edits: CartEdit[]): Promise<number> => {
      const before = database.statementsSent;
      await edit.execute({ ...cart, edits });
      return database.statementsSent - before;
    };
    const replica = newReplica();
    const one = await count([add(replica, 1)]);
    const many = await count(Array.from({ length: 1_000 }, (_, index) => add(replica, index + 2)));
    expect(many).toBe(one);
    const lookups = offers.lookups;
    expect((await read.execute(cart.cartId, cart.caller)).lines[0]?.quantity).toBe(1_001);
    expect(offers.lookups).toBe(lookups + 1);
  });

  it('sets and removes lines once per edit, whatever is sent again', async () => {
    const cart = await newCart();
    const replica = newReplica();
    await edit.execute({ ...cart, edits: [add(replica, 1, 5)] });
    const set = { ...cart, sku: soap, quantity: 2, dot: { replica, seq: 2 } };
    await setLine.execute(set);
    await edit.execute({ ...cart, edits: [add(newReplica(), 1, 1)] });
    expect((await setLine.execute(set)).lines[0]?.quantity).toBe(3);
    const gone = await setLine.execute({ ...set, quantity: 0, dot: { replica, seq: 3 } });
    expect(gone.lines).toEqual([]);
    await expect(setLine.execute({ ...set, dot: { replica, seq: 9 } })).rejects.toMatchObject({
      code: 'CART_EDIT_OUT_OF_ORDER',
      details: { expectedSeq: 4 },
    });
  });

  it('merges a guest cart at login once and goes on under the same replica', async () => {
    const guest = await newCart();
    const cart = await newCart(await newShopper());
    const replica = newReplica();
    await edit.execute({ ...guest, edits: [add(replica, 1, 2)] });
    await edit.execute({ ...cart, edits: [add(newReplica(), 1, 3)] });
    const command = { ...cart, guestCartToken: tokenPrefix + guest.cartId };
    await Promise.all([merge.execute(command), merge.execute(command)]);
    const merged = await edit.execute({
      ...cart,
      edits: [add(replica, 1, 2), add(replica, 2, 1, tea)],
    });
    expect(linesOf(merged.cart.state)).toEqual([
      { sku: soap, quantity: 5 },
      { sku: tea, quantity: 1 },
    ]);
    await expect(edit.execute({ ...guest, edits: [add(replica, 2)] })).rejects.toMatchObject({
      code: 'CART_CLOSED',
      details: { mergedInto: cart.cartId },
    });
    await takeAsItIs(cart);
    expect(linesOf((await merge.execute(command)).cart.state)).toEqual(linesOf(merged.cart.state));
  });

  it('shows nobody the cart of another', async () => {
    const cart = await newCart(await newShopper());
    const guest = await newCart();
    const strangers: CartCaller[] = [
      { kind: 'shopper', subjectId: newCellId('subject', cell) },
      { kind: 'guest-cart', cartId: cart.cartId },
      guest.caller,
    ];
    for (const caller of strangers) {
      const notFound = expect.objectContaining({ code: 'NOT_FOUND' });
      await expect(read.execute(cart.cartId, caller)).rejects.toEqual(notFound);
      const edits = [add(newReplica(), 1)];
      await expect(edit.execute({ cartId: cart.cartId, caller, edits })).rejects.toEqual(notFound);
    }
  });

  it('refuses a SKU that is not sold and stores nothing of the request', async () => {
    const cart = await newCart();
    const edits = [add(newReplica(), 1), add(newReplica(), 1, 1, 'NO-SUCH' as Sku)];
    await expect(edit.execute({ ...cart, edits })).rejects.toMatchObject({
      code: 'SKU_UNKNOWN',
      details: { skus: ['NO-SUCH'] },
    });
    expect((await read.execute(cart.cartId, cart.caller)).cart.version).toBe(1);
  });

  it('remembers no more SKUs than its bound, also those that only removals name', async () => {
    const cart = await newCart();
    const [replica, other] = [newReplica(), newReplica()];
    const observed = [{ replica: other, addedSeq: 0, up: 1, down: 0 }];
    const removals = Array.from({ length: cartSkusMax + 1 }, (_, index): CartEdit => ({
      ...{ replica, seq: index + 1 },
      op: { type: 'remove', sku: `SKU-${index}` as Sku, observed },
    }));
    await edit.execute({ ...cart, edits: removals.slice(0, cartSkusMax) });
    const { version } = (await read.execute(cart.cartId, cart.caller)).cart;
    const more = edit.execute({ ...cart, edits: removals.slice(cartSkusMax) });
    await expect(more).rejects.toMatchObject({ code: 'CART_FULL' });
    const { cart: stored } = await read.execute(cart.cartId, cart.caller);
    expect(stored.version).toBe(version);
    expect(stored.state.removed.size).toBe(cartSkusMax);
  });

  it('lets edits wait up to one bound over all replicas, left as they lie until due', async () => {
    const cart = await newCart();
    const replicas = Array.from({ length: 10 }, newReplica);
    const [first = newReplica()] = replicas;
    const each = cartEditsAheadMax / replicas.length;
    const behindGap = (replica: ReplicaId): CartEdit[] =>
      Array.from({ length: each }, (_, index) => add(replica, index + 2));
    for (const replica of replicas) {
      await edit.execute({ ...cart, edits: behindGap(replica) });
    }
    const full = await database.query<WaitingPlace>(waitingPlaces, [cart.cartId]);
    expect(full).toHaveLength(cartEditsAheadMax);
    const more = edit.execute({ ...cart, edits: [add(newReplica(), 2)] });
    await expect(more).rejects.toMatchObject({ code: 'CART_EDITS_TOO_FAR_AHEAD' });
    expect(await database.query(waitingPlaces, [cart.cartId])).toEqual(full);

    const filled = await edit.execute({ ...cart, edits: [add(first, 1)] });
    expect(filled.lines[0]?.quantity).toBe(each + 1);
    expect(await database.query(waitingPlaces, [cart.cartId])).toEqual(
      full.filter(({ replica }) => replica !== first),
    );
  });

  it('pins what the shopper saw and nothing else', async () => {
    const cart = await newCart(await newShopper());
    const seen = await edit.execute({ ...cart, edits: [add(newReplica(), 1, 2)] });
    const command = { ...cart, cartVersion: seen.cartVersion };
    const pinned = await pin.execute(command);
    expect(pinned.total.amountMinor).toBe(20_00n);
    offers.prices.set(soap, 11_00n);
    await expect(pin.execute(command)).rejects.toMatchObject({ code: 'PRICE_CHANGED' });
    offers.prices.set(soap, 10_00n);
    await edit.execute({ ...cart, edits: [add(newReplica(), 1, 1)] });
    await expect(pin.execute(command)).rejects.toMatchObject({ code: 'CART_CHANGED' });
    await expect(take({ ...cart, version: pinned.version })).rejects.toMatchObject({
      code: 'CART_CHANGED',
    });
  });

  it('pins nothing that costs nothing', async () => {
    const cart = await newCart(await newShopper());
    offers.prices.set(tea, 0n);
    const seen = await edit.execute({ ...cart, edits: [add(newReplica(), 1, 1, tea)] });
    const pinned = pin.execute({ ...cart, cartVersion: seen.cartVersion });
    await expect(pinned).rejects.toMatchObject({ code: 'CART_NOT_ORDERABLE' });
    offers.prices.set(tea, 10_00n);
  });

  it('is ordered in the midst of edits: what was taken in is ordered, and nothing comes afterwards', async () => {
    const cart = await newCart(await newShopper());
    const replicas = Array.from({ length: 16 }, newReplica);
    const edits = replicas.map((replica) => edit.execute({ ...cart, edits: [add(replica, 1)] }));
    const orderId = await takeAsItIs(cart);
    const outcomes = await Promise.allSettled(edits);
    const closed = expect.objectContaining({
      code: 'CART_CLOSED',
      details: { cartStatus: 'ordering', orderId },
    });
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(refused.map(({ reason }) => reason as unknown)).toEqual(refused.map(() => closed));
    const { cart: stored, lines } = await read.execute(cart.cartId, cart.caller);
    expect(stored.status).toBe('ordering');
    const taken = replicas.length - refused.length;
    expect(lines.map(({ quantity }) => quantity)).toEqual(taken === 0 ? [] : [taken]);
  });

  it('belongs to one order, and is the same again when that gives it back', async () => {
    const cart = await newCart(await newShopper());
    const guest = await newCart();
    const edits = [add(newReplica(), 1)];
    const seen = await edit.execute({ ...cart, edits });
    const orderId = await takeAsItIs(cart);
    expect(await edit.execute({ ...cart, edits })).toMatchObject({ cartVersion: seen.cartVersion });
    const closed = { code: 'CART_CLOSED', details: { cartStatus: 'ordering', orderId } };
    await expect(takeAsItIs(cart)).rejects.toMatchObject(closed);
    const guestCartToken = tokenPrefix + guest.cartId;
    await expect(merge.execute({ ...cart, guestCartToken })).rejects.toMatchObject(closed);
    const stranger = newCellId('order', cell);
    await database.unitOfWork(async (tx) => {
      await orderCart.giveBack(tx, cart.cartId, stranger);
      await orderCart.close(tx, cart.cartId, stranger, []);
    });
    expect((await read.execute(cart.cartId, cart.caller)).cart.status).toBe('ordering');

    await database.unitOfWork((tx) => orderCart.giveBack(tx, cart.cartId, orderId));
    const back = await read.execute(cart.cartId, cart.caller);
    expect(back).toMatchObject({ cartVersion: seen.cartVersion, cart: { status: 'open' } });
  });

  it('is had again by a declined order until it is edited', async () => {
    const cart = await newCart(await newShopper());
    await edit.execute({ ...cart, edits: [add(newReplica(), 1)] });
    const orderId = await takeAsItIs(cart);
    const again = () => database.unitOfWork((tx) => orderCart.takeAgain(tx, cart.cartId, orderId));
    const giveBack = () =>
      database.unitOfWork((tx) => orderCart.giveBack(tx, cart.cartId, orderId));
    await expect(again()).rejects.toMatchObject({ code: 'ORDER_NOT_PAYABLE' });
    await giveBack();
    await again();
    await giveBack();
    await edit.execute({ ...cart, edits: [add(newReplica(), 1)] });
    await expect(again()).rejects.toMatchObject({ code: 'ORDER_NOT_PAYABLE' });
  });

  it('closes with its order, forgetting what was removed', async () => {
    const cart = await newCart(await newShopper());
    const replica = newReplica();
    await edit.execute({
      ...cart,
      edits: [add(replica, 1), add(replica, 2, 4, tea), add(replica, 9)],
    });
    await setLine.execute({ ...cart, sku: soap, quantity: 0, dot: { replica, seq: 3 } });
    const orderId = await takeAsItIs(cart);
    const close = () =>
      database.unitOfWork((tx) => orderCart.close(tx, cart.cartId, orderId, [tea]));
    await close();
    await close();
    const { cart: closed } = await read.execute(cart.cartId, cart.caller);
    expect(closed).toMatchObject({ status: 'ordered', orderId });
    expect([...closed.state.skus.keys()]).toEqual([tea]);
    await expect(edit.execute({ ...cart, edits: [add(replica, 4)] })).rejects.toMatchObject({
      code: 'CART_CLOSED',
    });
  });

  it('takes no new edit of a fenced person, still closes for an order, and deletes whole', async () => {
    const subject = await newShopper();
    const cart = await newCart(subject);
    const ordered = await newCart(subject);
    await edit.execute({ ...ordered, edits: [add(newReplica(), 1)] });
    const orderId = await takeAsItIs(ordered);
    const worker = shop.open('worker');
    await worker.query(fenceSubject, [subject]);
    await expect(edit.execute({ ...cart, edits: [add(newReplica(), 1)] })).rejects.toMatchObject({
      code: 'PR001',
    });
    await database.unitOfWork((tx) => orderCart.close(tx, ordered.cartId, orderId, [soap]));
    expect((await read.execute(ordered.cartId, ordered.caller)).cart.status).toBe('ordered');
    const owner = new CartsPersonalData(worker, store);
    expect(await owner.exportFor(subject)).toEqual([
      {
        section: 'carts',
        records: [cart.cartId, ordered.cartId].sort().map((id) => expect.objectContaining({ id })),
      },
    ]);
    expect(await owner.erase(subject)).toEqual([
      { store: 'carts.cart', matched: 2, deleted: 2, left: 0 },
    ]);
    expect(await store.findById(worker, cart.cartId)).toBeUndefined();
  });

  it('is refused by the database what no statement of ours would do', async () => {
    const cart = await newCart();
    const text = `UPDATE carts.cart SET version = version - 1 WHERE cart_id = '${cart.cartId}'`;
    await expect(database.execute(statement('carts_test.lower', text))).rejects.toMatchObject({
      code: '23514',
    });
    const deleting = `DELETE FROM carts.cart WHERE cart_id = '${cart.cartId}'`;
    await expect(database.execute(statement('carts_test.delete', deleting))).rejects.toMatchObject({
      code: '42501',
    });
  });
});
