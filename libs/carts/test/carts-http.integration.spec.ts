import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CartView, CreatedCartView } from '@entrepot/contracts/api/carts';
import { newCellId } from '@entrepot/kernel';
import type { CellId } from '@entrepot/kernel';
import { statement } from '@entrepot/platform-database';
import type { ShopDatabase } from '@entrepot/platform-database';
import { testDatabase } from '@entrepot/testing';
import type { TestDatabase } from '@entrepot/testing';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { openCarts } from './carts-surface.ts';

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';
const admitSubject = statement('carts_http.admit', 'SELECT privacy.admit_subject($1)');
const countCarts = statement('carts_http.count', 'SELECT count(*) AS carts FROM carts.cart');

describe('the carts API', () => {
  let shop: TestDatabase<'shop'>;
  let database: ShopDatabase;
  let app: NestFastifyApplication;
  beforeAll(async () => {
    shop = await testDatabase('shop');
    database = shop.open('api');
    app = await openCarts(database);
  });
  afterAll(async () => {
    await app.close();
    await shop.drop();
  });

  async function ask(
    method: Method,
    url: string,
    { token, body, residence }: { token?: string; body?: unknown; residence?: string } = {},
  ) {
    const answer = await app.inject({
      ...{ method, url: `/v1/carts${url}` },
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(residence !== undefined && { 'entrepot-residence': residence }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { payload: JSON.stringify(body) }),
    });
    return { status: answer.statusCode, body: answer.json<Record<string, unknown>>() };
  }

  async function newGuestCart(): Promise<{ id: string; token: string; replica: string }> {
    const { status, body } = await ask('POST', '', { residence: 'IN', body: {} });
    expect(status).toBe(201);
    const created = body as CreatedCartView;
    return { id: created.id, token: created.guestCart?.token ?? '', replica: created.replica };
  }

  it('lets a guest fill, change and empty a cart, prices shown', async () => {
    const { id, token, replica } = await newGuestCart();
    const line = { replica, seq: 1, sku: 'SOAP', quantity: 2 };
    const added = await ask('POST', `/${id}/lines`, { token, body: line });
    expect(added.status).toBe(200);
    const view = added.body as CartView;
    expect(view.total).toEqual({ amountMinor: 500_00, currency: 'INR' });
    expect(view.lines).toEqual([
      expect.objectContaining({
        sku: 'SOAP',
        quantity: 2,
        unitPrice: { amountMinor: 250_00, currency: 'INR' },
        lineTotal: { amountMinor: 500_00, currency: 'INR' },
        priceVersion: 3,
        slots: [{ replica, addedSeq: 1, added: 2, taken: 0 }],
      }),
    ]);
    expect((await ask('POST', `/${id}/lines`, { token, body: line })).body).toEqual(view);
    const body = { replica, seq: 2, quantity: 7 };
    const set = await ask('PATCH', `/${id}/lines/SOAP`, { token, body });
    expect((set.body as CartView).lines[0]?.quantity).toBe(7);
    const gone = await ask('DELETE', `/${id}/lines/SOAP?replica=${replica}&seq=3`, { token });
    expect((gone.body as CartView).lines).toEqual([]);
    expect((await ask('GET', `/${id}`, { token })).body).toEqual(gone.body);
  });

  it('takes edits of two devices in any order and merges at login', async () => {
    const guest = await newGuestCart();
    const op = { type: 'add', sku: 'SOAP', quantity: 1 };
    const edits = [3, 1, 2, 2].map((seq) => ({ replica: guest.replica, seq, op }));
    const { token } = guest;
    const edited = await ask('PATCH', `/${guest.id}/lines`, { token, body: { edits } });
    expect((edited.body as CartView).lines[0]?.quantity).toBe(3);
    const subject = newCellId('subject', 'in-1' as CellId);
    await database.query(admitSubject, [subject]);
    const shopper = `shopper.${subject}`;
    const created = await ask('POST', '', { token: shopper, residence: 'IN', body: {} });
    const own = created.body as CreatedCartView;
    expect(own.guestCart).toBeUndefined();
    const merge = { token: shopper, body: { guestCartToken: token } };
    const merged = await ask('POST', `/${own.id}/merge`, merge);
    expect(merged.status).toBe(200);
    expect((merged.body as CartView).lines[0]?.quantity).toBe(3);
    expect(await ask('POST', `/${own.id}/merge`, merge)).toEqual(merged);
    expect((await ask('GET', `/${own.id}`, { token })).status).toBe(404);
    const late = await ask('PATCH', `/${guest.id}/lines`, { token, body: { edits: [edits[0]] } });
    expect(late).toMatchObject({ status: 409, body: { code: 'CART_CLOSED' } });
  });

  it.each([
    ['a country of another cell', 'DE', 421, 'HOME_CELL_ELSEWHERE'],
    ['a country nobody serves', 'GB', 404, 'COUNTRY_NOT_SERVED'],
    ['no country', undefined, 400, 'RESIDENCE_REQUIRED'],
  ])('opens no cart for %s', async (_name, residence, status, code) => {
    const [before] = await database.query(countCarts);
    const options = { body: {}, ...(residence !== undefined && { residence }) };
    expect(await ask('POST', '', options)).toMatchObject({ status, body: { code } });
    expect(await database.query(countCarts)).toEqual([before]);
  });

  it('refuses bad input and stores nothing', async () => {
    const { id, token, replica } = await newGuestCart();
    const line = { replica, seq: 1, sku: 'SOAP', quantity: 1 };
    const bad: [unknown, number, string][] = [
      [{ ...line, quantity: -1 }, 400, 'VALIDATION_FAILED'],
      [{ ...line, quantity: 100_001 }, 400, 'VALIDATION_FAILED'],
      [{ ...line, quantity: '2' }, 400, 'VALIDATION_FAILED'],
      [{ ...line, price: 1 }, 400, 'VALIDATION_FAILED'],
      [{ ...line, seq: 0 }, 400, 'VALIDATION_FAILED'],
      [{ ...line, replica: 'phone' }, 400, 'VALIDATION_FAILED'],
      [{ ...line, sku: 'NO-SUCH' }, 422, 'SKU_UNKNOWN'],
    ];
    for (const [body, status, code] of bad) {
      const answer = await ask('POST', `/${id}/lines`, { token, body });
      expect(answer).toMatchObject({ status, body: { code } });
    }
    const edits = Array.from({ length: 1_001 }, (_, index) => ({
      ...{ replica, seq: index + 1 },
      op: { type: 'add', sku: 'SOAP', quantity: 1 },
    }));
    expect((await ask('PATCH', `/${id}/lines`, { token, body: { edits } })).status).toBe(400);
    expect((await ask('GET', '/nonsense', { token })).status).toBe(404);
    expect((await ask('GET', `/${id}`)).status).toBe(401);
    const untouched = (await ask('GET', `/${id}`, { token })).body as CartView;
    expect(untouched).toMatchObject({ lines: [], replicas: [] });
  });
});
