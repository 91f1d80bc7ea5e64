import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newCellId } from '@entrepot/kernel';
import type { CellId, RegionCode, SubjectId } from '@entrepot/kernel';
import { FieldCipher, SubjectKey, SubjectKeys, Tombstone } from '@entrepot/platform-crypto';
import { statement } from '@entrepot/platform-database';
import type { ShopDatabase } from '@entrepot/platform-database';
import { testDatabase } from '@entrepot/testing';
import type { TestDatabase } from '@entrepot/testing';
import { randomBytes } from 'node:crypto';
import { IdempotencyPersonalData, IdempotencyRegister, parseIdempotencyKey } from '../src/index.ts';
import type { ClaimRequest } from '../src/index.ts';

const cell = 'in-1' as CellId;

class KeysOfPeople extends SubjectKeys {
  readonly #keys = new Map<SubjectId, SubjectKey | Tombstone>();

  override create(subject: SubjectId): Promise<void> {
    this.#keys.set(subject, new SubjectKey(randomBytes(32), 1));
    return Promise.resolve();
  }

  destroy(subject: SubjectId): void {
    this.#keys.set(subject, new Tombstone('destroyed'));
  }

  override use<T>(subject: SubjectId, work: (key: SubjectKey) => T): Promise<T | Tombstone> {
    const key = this.#keys.get(subject) ?? new Tombstone('absent');
    return Promise.resolve(key instanceof Tombstone ? key : work(key));
  }
}

const keys = new KeysOfPeople();
const register = new IdempotencyRegister(
  { key: () => Buffer.alloc(32, 7) },
  new FieldCipher('in' as RegionCode, keys),
);

let shop: TestDatabase<'shop'>;
let one: ShopDatabase;
let other: ShopDatabase;

beforeAll(async () => {
  shop = await testDatabase('shop', { cell });
  one = shop.open('api');
  other = shop.open('api');
});
afterAll(() => shop.drop());
afterEach(() =>
  shop.open('worker').execute(statement('spec.clear', 'DELETE FROM idempotency.request')),
);

function request(changes: Partial<ClaimRequest> = {}): ClaimRequest {
  return {
    principal: 'acc_in-1_a',
    subjectId: undefined,
    method: 'POST',
    route: '/v1/orders',
    key: parseIdempotencyKey('8e03978e-40d5-43dd-bc93-6894a57f9324'),
    content: { cartId: 'crt_1', onShortage: 'refuse' },
    resourceId: newCellId('order', cell),
    ...changes,
  };
}

async function claim(asked: ClaimRequest, database = one): Promise<void> {
  const sealed = await register.seal(asked);
  await database.unitOfWork((tx) => register.claim(tx, sealed));
}
const find = (asked: ClaimRequest, database = one) => register.find(database, asked);

const taken = expect.objectContaining({ code: '23505' });
const reused = expect.objectContaining({ code: 'IDEMPOTENCY_KEY_REUSED' });

describe('a claim', () => {
  it('is made once, and found by its first resource afterwards', async () => {
    const first = request();
    expect(await find(first)).toBeUndefined();
    await claim(first);
    await expect(claim(request(), other)).rejects.toEqual(taken);
    expect(await find(request(), other)).toBe(first.resourceId);
  });

  it('does not care in which order the members of the request come', async () => {
    await claim(request({ content: { a: 1, b: [{ c: 2, d: 3 }] } }));
    expect(await find(request({ content: { b: [{ d: 3, c: 2 }], a: 1 } }))).toBeDefined();
  });

  it('refuses another content under the same key', async () => {
    await claim(request());
    const changed = request({ content: { cartId: 'crt_2', onShortage: 'refuse' } });
    await expect(find(changed)).rejects.toEqual(reused);
    await expect(claim(changed)).rejects.toEqual(taken);
  });

  it.each([
    ['principal', { principal: 'acc_in-1_b' }],
    ['method', { method: 'PATCH' }],
    ['route', { route: '/v1/carts' }],
    ['key', { key: parseIdempotencyKey('another-key') }],
  ])('is its own by %s', async (_name, changes) => {
    await claim(request());
    expect(await find(request(changes))).toBeUndefined();
    await claim(request(changes));
  });

  it('is gone with the transaction that made it', async () => {
    const failed = one.unitOfWork(async (tx) => {
      await register.claim(tx, await register.seal(request()));
      throw new RangeError('the cart is empty');
    });
    await expect(failed).rejects.toThrow('the cart is empty');
    expect(await find(request())).toBeUndefined();
    await claim(request());
  });

  it('writes when it is found, so that the answer waits for the standby', async () => {
    await claim(request());
    await find(request());
    await find(request());
    const touches = statement('spec.touches', 'SELECT touches FROM idempotency.request');
    expect(await one.query(touches)).toEqual([{ touches: 2 }]);
  });
});

describe('racing claims from two pools', () => {
  it('let one through per key; everyone else finds its resource', async () => {
    const rounds = 25;
    for (let round = 0; round < rounds; round += 1) {
      const key = parseIdempotencyKey(`race-${round}-key`);
      const outcomes = await Promise.allSettled(
        [one, other, one, other].map(async (database) => {
          const mine = request({ key });
          await claim(mine, database);
          return mine.resourceId;
        }),
      );
      const made = outcomes.filter((outcome) => outcome.status === 'fulfilled');
      expect(made).toEqual([{ status: 'fulfilled', value: await find(request({ key }), other) }]);
    }
  });

  it('let the second wait for the first, and go ahead where that rolls back', async () => {
    const { promise: hasClaimed, resolve: claimed } = Promise.withResolvers<undefined>();
    const failing = one.unitOfWork(async (tx) => {
      await register.claim(tx, await register.seal(request()));
      claimed(undefined);
      await new Promise((resolve) => setTimeout(resolve, 100));
      throw new RangeError('the cart is empty');
    });
    await hasClaimed;
    const second = request();
    await Promise.all([claim(second, other), expect(failing).rejects.toThrow(RangeError)]);
    expect(await find(request())).toBe(second.resourceId);
  });
});

describe('what is kept', () => {
  let subjectId: SubjectId;
  beforeEach(async () => {
    subjectId = newCellId('subject', cell);
    await keys.create(subjectId);
  });

  it('tells a replay of a person from another request', async () => {
    const first = request({ subjectId });
    await claim(first);
    expect(await find(request({ subjectId }), other)).toBe(first.resourceId);
    const changed = request({ subjectId, content: { cartId: 'crt_2' } });
    await expect(find(changed)).rejects.toEqual(reused);
  });

  it('lets nobody try contents against it once the key of the person is gone', async () => {
    await claim(request({ subjectId }));
    keys.destroy(subjectId);
    const erased = expect.objectContaining({ code: 'SUBJECT_ERASED' });
    await expect(find(request({ subjectId }))).rejects.toEqual(erased);
    await expect(register.seal(request({ subjectId }))).rejects.toEqual(erased);
    const digests = statement('spec.digests', 'SELECT fingerprint FROM idempotency.request');
    expect(await one.query(digests)).toEqual([{ fingerprint: null }]);
  });

  it('is nothing about somebody who was fenced since it was sealed', async () => {
    const sealed = await register.seal(request({ subjectId }));
    const fence = statement('spec.fence', 'SELECT privacy.fence_subject($1)');
    await shop.open('worker').query(fence, [subjectId]);
    const late = one.unitOfWork((tx) => register.claim(tx, sealed));
    await expect(late).rejects.toMatchObject({ code: 'PR001' });
  });

  it('is of a person and sealed, or neither: the database refuses the rest', async () => {
    const unsealed = statement(
      'spec.unsealed',
      `INSERT INTO idempotency.request (claim_digest, operation, resource_id, fingerprint, subject_id)
       VALUES (sha256('x'), 'POST /v1/orders', $1, sha256('guess'), $2)`,
    );
    const values = [newCellId('order', cell), subjectId];
    await expect(one.execute(unsealed, values)).rejects.toMatchObject({ code: '23514' });
  });

  it('holds neither the key nor the request', async () => {
    const canary = 'asha@example.in';
    await claim(request({ subjectId, content: { canary }, key: parseIdempotencyKey(canary) }));
    const rows = statement('spec.rows', 'SELECT r::text AS row FROM idempotency.request r');
    const [kept] = await one.query<{ row: string }>(rows);
    expect(kept?.row).toContain('POST /v1/orders');
    expect(kept?.row).not.toContain('asha');
    expect(kept?.row).not.toContain(Buffer.from(canary).toString('hex'));
  });

  it('goes with the person', async () => {
    await claim(request({ subjectId }));
    await claim(request({ key: parseIdempotencyKey('somebody-else') }));
    const owner = new IdempotencyPersonalData(shop.open('worker'));
    expect(await owner.erase(subjectId)).toEqual([
      { store: 'idempotency.request', matched: 1, deleted: 1, left: 0 },
    ]);
  });

  it('goes after thirty days, not before', async () => {
    const worker = shop.open('worker');
    await claim(request());
    expect(await register.deleteExpired(worker)).toBe(0);
    const age = statement(
      'spec.age',
      `INSERT INTO idempotency.request
         (claim_digest, operation, fingerprint, resource_id, created_at)
       SELECT sha256('x'), operation, fingerprint, resource_id, now() - interval '31 days'
       FROM idempotency.request`,
    );
    await one.execute(age);
    expect(await register.deleteExpired(worker)).toBe(1);
  });

  it('cannot be rewritten, not even by its own roles', async () => {
    await claim(request({ subjectId }));
    const changes = [
      statement(
        'spec.redirect',
        "UPDATE idempotency.request SET resource_id = 'ord_00000000000000000000000000'",
      ),
      statement('spec.reseal', "UPDATE idempotency.request SET sealed_fingerprint = 'v1|x'"),
      statement('spec.lower', 'UPDATE idempotency.request SET touches = -1'),
    ];
    for (const change of changes) {
      await expect(one.execute(change)).rejects.toMatchObject({ code: '23514' });
    }
  });
});
