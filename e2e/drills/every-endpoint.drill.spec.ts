import type { CanaryShopper } from '@entrepot/drills';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { DrillGround } from './drill-ground.ts';

const limitMs = 300_000;

interface Operation {
  readonly method: string;
  readonly path: string;
}

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

describe('Every endpoint of the cell, asked about an erased person', () => {
  let ground: DrillGround;
  let person: CanaryShopper;
  let operations: Operation[];
  let ids: Readonly<Record<string, string>>;

  beforeAll(async () => {
    ground = new DrillGround();
    const { node, home, officers } = ground;
    person = ground.newPerson();
    const order = await person.live(await ground.article());
    const addresses = await person.call('GET', '/v1/me/addresses');
    const [address] = (JSON.parse(addresses.text) as { items?: { id: string }[] }).items ?? [];
    const api = (await (await node.fetch(`${home.origin}/openapi.json`)).json()) as OpenApi;
    operations = Object.entries(api.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path })),
    );
    const { id: requestId } = await officers.decide(person.accountId);
    ids = {
      ...{ orderId: order.id, addressId: address?.id ?? 'adr_eu-1_x', requestId },
      ...{ cartId: person.cart, accountId: person.accountId, sku: order.lines[0]?.sku ?? '' },
    };
    await officers.until(requestId, 'verified_unreadable');
  }, limitMs);
  afterAll(() => ground.close());

  const filled = (path: string): string =>
    path.replaceAll(
      /\{(\w+)\}/g,
      (_, name: string) => ids[name] ?? `unknown-${name.toLowerCase()}`,
    );

  it('T31 answers without failing and says no word of the person', async () => {
    expect(operations.length).toBeGreaterThan(30);
    const answers = [];
    for (const { method, path } of operations) {
      const body = ['GET', 'DELETE'].includes(method) ? undefined : {};
      const { status, text } = await person.call(method, filled(path), body);
      answers.push({ call: `${method} ${path}`, status, text });
    }
    expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
    const words = Object.values(person.canaries);
    const said = answers.filter(({ text }) => words.some((word) => text.includes(word)));
    expect(said.map(({ call }) => call)).toEqual([]);
    const own = answers.filter(({ call }) => / \/v1\/(me|orders)\b/.test(call));
    expect(own.length).toBeGreaterThan(5);
    expect(own.filter(({ status }) => status !== 401)).toEqual([]);
  });
});
