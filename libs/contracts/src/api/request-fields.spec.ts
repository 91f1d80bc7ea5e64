import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import * as carts from './carts.ts';
import * as identity from './identity.ts';
import * as orders from './orders.ts';
import * as privacy from './privacy.ts';
import * as relocation from './relocation.ts';

/** What nobody may say of themselves or of an order: the cell works it out. */
const hostile = [
  ...['price', 'prices', 'unitPrice', 'amount', 'amountMinor', 'total', 'totalMinor', 'tax'],
  ...['taxMinor', 'taxRateBasisPoints', 'currency', 'role', 'roles', 'home', 'cell', 'region'],
  ...['state', 'status', 'subject', 'subjectId', 'recipientId', 'isErased'],
];

const bodies = [carts, identity, orders, privacy, relocation].flatMap((module) =>
  Object.entries(module).filter(
    (entry): entry is [string, z.ZodType] =>
      entry[0].endsWith('Body') && entry[1] instanceof z.ZodType,
  ),
);

interface ObjectNode {
  readonly path: string;
  readonly fields: readonly string[];
  readonly isClosed: boolean;
}

/** Every object of a JSON Schema, however deep it lies. */
function objectsIn(schema: unknown, path: string): ObjectNode[] {
  if (schema === null || typeof schema !== 'object') return [];
  const { properties, additionalProperties } = schema as z.core.JSONSchema.ObjectSchema;
  const own =
    properties === undefined
      ? []
      : [{ path, fields: Object.keys(properties), isClosed: additionalProperties === false }];
  const inner = Object.entries(schema).flatMap(([name, part]) =>
    objectsIn(part, name === 'properties' ? path : `${path}/${name}`),
  );
  return [...own, ...inner];
}

describe('What a client may send', () => {
  it('is looked through whole, gifts included', () => {
    expect(bodies.map(([name]) => name)).toEqual(
      expect.arrayContaining([
        ...['placeOrderBody', 'giftBody', 'createAccountBody', 'editCartBody'],
        ...['beginRelocationBody', 'takeInRelocationBody'],
      ]),
    );
    const order = objectsIn(z.toJSONSchema(orders.placeOrderBody, { io: 'input' }), '');
    expect(order.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['', '/address', '/gift', '/gift/address', '/payment']),
    );
  });

  it.each(bodies)('has in no object of %s a field that is for the cell to say', (_, body) => {
    const objects = objectsIn(z.toJSONSchema(body, { io: 'input' }), '');
    expect(objects.filter(({ isClosed }) => !isClosed)).toEqual([]);
    const fields = objects.flatMap(({ fields: names }) => names);
    expect(fields.filter((name) => hostile.includes(name))).toEqual([]);
  });

  const address = {
    ...{ recipient: 'Asha', line1: '1 Road', city: 'Mysore', postalCode: '570001', country: 'IN' },
  };
  const order = {
    ...{ cartId: 'crt_x', cartVersion: '1', address, payment: { method: 'card' } },
    gift: { address, message: 'Enjoy' },
  };
  const places: [string, (more: object) => object][] = [
    ['an order', (more) => ({ ...order, ...more })],
    ['an address', (more) => ({ ...order, address: { ...address, ...more } })],
    ['a payment', (more) => ({ ...order, payment: { ...order.payment, ...more } })],
    ['a gift', (more) => ({ ...order, gift: { ...order.gift, ...more } })],
    ["a gift's address", (more) => ({ ...order, gift: { address: { ...address, ...more } } })],
  ];
  it.each(places)('is refused with any such field in %s', (_, withMore) => {
    expect(orders.placeOrderBody.safeParse(withMore({})).success).toBe(true);
    for (const name of hostile) {
      const sent = withMore({ [name]: 1 });
      expect(orders.placeOrderBody.safeParse(sent).success).toBe(false);
    }
  });

  it.each([
    ['no message', undefined, true],
    ['280 characters', 'a'.repeat(280), true],
    ['lines', 'Happy birthday\nYours', true],
    ['281 characters', 'a'.repeat(281), false],
    ['an empty message', ' ', false],
    ['a control character', 'a\u0007b', false],
    ['a carriage return', 'a\rb', false],
  ])('takes a gift with %s: %#', (_, message, isTaken) => {
    const gift = { address, ...(message !== undefined && { message }) };
    expect(orders.placeOrderBody.safeParse({ ...order, gift }).success).toBe(isTaken);
  });
});
