import { newCellId } from '@entrepot/kernel';
import type { ErasureRequestId } from '@entrepot/kernel';
import { ShopDatabase } from '@entrepot/platform-database';
import { ErasureStore } from '@entrepot/privacy';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TakeInErasure } from '../src/application/take-in-erasure.ts';
import { ErasureScene } from './erasure-scene.ts';

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
    const stop = scene.api.get(ShopDatabase, { strict: false }).observe((of) => names.push(of));
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
