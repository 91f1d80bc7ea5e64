import type { CanaryShopper } from '@entrepot/drills';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';

import { DrillGround } from './drill-ground.ts';

const limitMs = 300_000;

interface Operation {
  readonly method: string;
  readonly path: string;
}

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

interface Answer {
  readonly call: string;
  readonly status: number;
  readonly text: string;
}

/** Bodies that get as far as the person; everything else is asked with an empty one. */
const bodiesAbout = (accountId: string): Readonly<Record<string, object>> => ({
  '/admin/v1/erasure-requests': { accountId },
  '/admin/v1/accounts/{accountId}/exports': { purpose: 'rights_request' },
  '/admin/v1/accounts/{accountId}/rectifications': { fullName: 'Somebody Else' },
  '/admin/v1/invoices/{orderId}/readings': { purpose: 'tax_audit' },
  '/admin/v1/erasure-requests/{requestId}/retained-fields/readings': { purpose: 'legal_claim' },
  '/admin/v1/legal-holds': { accountId, category: 'order', caseReference: 'LIT-2026-1' },
});

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
    const copy = await person.askForCopy();
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
      ...{ exportId: copy.id, token: copy.downloadPath?.split('/').at(-1) ?? '' },
    };
    await officers.until(requestId, 'verified_unreadable');
  }, limitMs);
  afterAll(() => ground.close());

  const filled = (path: string): string =>
    path.replaceAll(
      /\{(\w+)\}/g,
      (_, name: string) => ids[name] ?? `unknown-${name.toLowerCase()}`,
    );
  const words = (): readonly string[] => Object.values(person.canaries);
  const saying = (answers: readonly Answer[]): string[] =>
    answers
      .filter(({ text }) => words().some((word) => text.includes(word)))
      .map(({ call }) => call);

  async function asStaff(token: string, { method, path }: Operation): Promise<Answer> {
    const { node, home } = ground;
    const body = bodiesAbout(person.accountId)[path] ?? {};
    const answer = await node.fetch(`${home.origin}${filled(path)}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        'entrepot-purpose': 'rights_request',
        'idempotency-key': randomUUID(),
        ...(method !== 'GET' && method !== 'DELETE' && { 'content-type': 'application/json' }),
      },
      ...(method !== 'GET' && method !== 'DELETE' && { body: JSON.stringify(body) }),
    });
    return { call: `${method} ${path}`, status: answer.status, text: await answer.text() };
  }

  it('T31 answers the person without failing, lets them nowhere in, and says no word of them', async () => {
    expect(operations.length).toBeGreaterThan(30);
    const answers: Answer[] = [];
    for (const { method, path } of operations) {
      const body = ['GET', 'DELETE'].includes(method) ? undefined : {};
      const { status, text } = await person.call(method, filled(path), body);
      answers.push({ call: `${method} ${path}`, status, text });
    }
    expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
    expect(saying(answers)).toEqual([]);
    const own = answers.filter(({ call }) => / \/v1\/(me|orders)\b/.test(call));
    expect(own.length).toBeGreaterThan(5);
    expect(own.filter(({ status }) => status !== 401)).toEqual([]);
  });

  it(
    'T31 answers staff of every role without failing, and says no word of the person',
    async () => {
      const roles = new Set(
        ground.description.staff
          .filter(({ cell }) => cell === ground.home.id)
          .flatMap((member) => member.roles),
      );
      expect(roles.size).toBeGreaterThan(3);
      const answers: Answer[] = [];
      for (const role of roles) {
        const token = await ground.staffToken(role);
        // signing out would end the token for the calls after it
        const asked = operations.filter(
          ({ path }) => path.startsWith('/admin/') && !path.endsWith('/sessions/current'),
        );
        for (const operation of asked) answers.push(await asStaff(token, operation));
      }
      expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
      expect(saying(answers)).toEqual([]);
      const aboutPerson = answers.filter(({ call }) => call.includes('{accountId}'));
      expect(aboutPerson.some(({ status }) => status === 404 || status === 410)).toBe(true);
      expect(aboutPerson.filter(({ status }) => status < 300)).toEqual([]);
    },
    limitMs,
  );
});
