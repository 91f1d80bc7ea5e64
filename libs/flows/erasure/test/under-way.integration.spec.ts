import { newCellId } from '@entrepot/kernel';
import type { ErasureRequestId } from '@entrepot/kernel';
import { OwedAcknowledgements } from '@entrepot/flow-erasure';
import { ShopDatabase, statement } from '@entrepot/platform-database';
import { ErasureStore } from '@entrepot/privacy';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { TakeInErasure } from '../src/application/take-in-erasure.ts';
import { ErasureScene } from './erasure-scene.ts';

const withoutTriggers = statement(
  'spec.without_triggers',
  `SELECT set_config('session_replication_role', 'replica', true)`,
);
const insertClosed = statement(
  'spec.insert_closed',
  `INSERT INTO privacy.erasure_request (request_id, subject_id, status, requested_at, due_at, closed_at)
   SELECT $2 || lpad(n::text, 6, '0'), $1, 'withdrawn', now(), now() + interval '1 month', now()
   FROM generate_series(1, 5000) AS n`,
);
const analyze = statement('spec.analyze', 'ANALYZE privacy.erasure_request');

/** What an API process asks by itself, whatever it is asked. */
const ofTimers = /^privacy\.(?:erasure_requests_to_verify|\w+_key_holders?)$/;

let scene: ErasureScene;
beforeAll(async () => {
  scene = await ErasureScene.open();
});
afterAll(() => scene.end());

describe('requests under way', () => {
  it('are those that can be brought on, and apart from them those that wait for a key to end', async () => {
    const waiting = await scene.askAndApprove((await scene.newShopper()).accountId);
    await scene.eraseAllButTheBytes(waiting);
    const [first, second] = [
      await scene.askAndApprove((await scene.newShopper()).accountId),
      await scene.askAndApprove((await scene.newShopper()).accountId),
    ].toSorted() as ErasureRequestId[];
    const requests = scene.worker.get(ErasureStore, { strict: false });
    const page = { rowsMax: 10, after: undefined };
    expect(await requests.underWay({ ...page, awaitsKeyEnd: true })).toEqual([waiting]);
    const moving = { ...page, awaitsKeyEnd: false };
    expect(await requests.underWay(moving)).toEqual([first, second]);
    expect(await requests.underWay({ ...moving, rowsMax: 1 })).toEqual([first]);
    expect(await requests.underWay({ ...moving, after: first })).toEqual([second]);
    expect(await requests.underWay({ ...moving, after: second })).toEqual([]);
  });
});

interface Page {
  readonly items: readonly { id: string; requestedAt: string }[];
  readonly nextCursor: string | null;
}

describe('the queue of erasures', () => {
  const queue = '/admin/v1/erasure-requests';
  const page = async (query: string) => {
    const names: string[] = [];
    const stop = scene.api.get(ShopDatabase, { strict: false }).observe((of) => {
      if (!ofTimers.test(of)) names.push(of);
    });
    const answer = await scene.call(`${queue}?${query}`, { token: scene.officers[0] });
    stop();
    return { status: answer.status, body: answer.body as unknown as Page, names };
  };
  beforeAll(async () => {
    const intake = scene.api.get(TakeInErasure, { strict: false });
    const { home } = scene.fixture.cells;
    const asked = Array.from({ length: 60 }, () =>
      intake.receive({ subject: newCellId('subject', home), requestedBy: undefined }),
    );
    await Promise.all(asked);
  });

  it('is read a page at a time, newest first, each request once', async () => {
    const whole = (await page('limit=200')).body;
    expect(whole.nextCursor).toBeNull();
    const [ids, instants] = [
      whole.items.map(({ id }) => id),
      whole.items.map(({ requestedAt }) => requestedAt),
    ];
    expect(ids.length).toBeGreaterThanOrEqual(60);
    expect(instants).toEqual(instants.toSorted().toReversed());
    const read: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const { body } = await page(`limit=7${cursor === '' ? '' : `&cursor=${cursor}`}`);
      expect(body.items.length).toBeLessThanOrEqual(7);
      read.push(...body.items.map(({ id }) => id));
      cursor = body.nextCursor;
    }
    expect(read).toEqual(ids);
    expect((await page('')).body.items).toHaveLength(50);
  });

  it('costs the same statements whatever the size of the page', async () => {
    const [small, large] = [await page('limit=1'), await page('limit=60')];
    expect([small.body.items.length, large.body.items.length]).toEqual([1, 60]);
    expect(small.names).toContain('privacy.page_of_erasure_requests');
    expect(large.names).toEqual(small.names);
  });

  it('has pages of 1 to 200, and takes its own cursors only', async () => {
    for (const query of ['limit=0', 'limit=201', 'limit=x', 'cursor=x', 'cursor=e30', 'page=2']) {
      expect(await page(query)).toMatchObject({
        ...{ status: 400, body: { code: 'VALIDATION_FAILED' } },
      });
    }
  });
});

describe('what processes look for again and again', () => {
  const superuser = () => scene.fixture.stores.shop.open('superuser');

  /** The statements that some work sends, with what it sends them with. */
  async function sentBy(work: () => Promise<unknown>) {
    const database = scene.worker.get(ShopDatabase, { strict: false });
    const query = database.query.bind(database);
    const sent: { readonly text: string; readonly values: readonly unknown[] }[] = [];
    const spy = jest.spyOn(database, 'query').mockImplementation((sql, values = []) => {
      sent.push({ text: sql.text, values });
      return query(sql, values);
    });
    await work();
    spy.mockRestore();
    return sent;
  }

  it('is found past any number of requests that are closed', async () => {
    const { home } = scene.fixture.cells;
    const values = [newCellId('subject', home), newCellId('erasureRequest', home).slice(0, -6)];
    await superuser().unitOfWork(async (tx) => {
      await tx.query(withoutTriggers);
      await tx.query(insertClosed, values);
    });
    await superuser().query(analyze);
    const requests = scene.worker.get(ErasureStore, { strict: false });
    const owed = scene.worker.get(OwedAcknowledgements, { strict: false });
    const page = { after: undefined, rowsMax: 100 };
    const sent = await sentBy(async () => {
      await requests.underWay({ ...page, awaitsKeyEnd: false });
      await requests.toVerify(page);
      await requests.openToEvidence(page);
      await requests.inStatus('extracted', 100);
      await owed.after(undefined, 100);
      await owed.oldestSeconds();
    });
    expect(sent).toHaveLength(6);
    for (const [index, { text, values: given }] of sent.entries()) {
      const explain = statement(`spec.explain_${index}`, `EXPLAIN ${text}`);
      const plan = await superuser().query<Record<'QUERY PLAN', string>>(explain, given);
      const lines = plan.map((line) => line['QUERY PLAN']).join('\n');
      expect(lines).toMatch(/erasure_request_(?:not_closed|open|to_verify)/);
      expect(lines).not.toContain('Seq Scan on erasure_request');
    }
  });
});
