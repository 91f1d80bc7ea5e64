import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newCellId } from '@entrepot/kernel';
import { ShopDatabase, statement } from '@entrepot/platform-database';
import { RightsScene } from './rights-scene.ts';

const queue = '/admin/v1/privacy-requests';
const insertMany = statement(
  'spec.insert_many_requests',
  `INSERT INTO rights.request (request_id, subject_id, kind, requested_at, due_at, extended_to, answered_at)
   SELECT of.id, $2, 'export', now() - interval '5 days', now() + make_interval(days => (of.n / 4)::int + 1),
     CASE WHEN of.n % 8 = 0 THEN now() + make_interval(days => 60) END,
     CASE WHEN of.n % 2 = 1 THEN date_trunc('hour', now()) - make_interval(hours => (of.n / 6)::int) END
   FROM unnest($1::text[]) WITH ORDINALITY AS of(id, n)`,
);

interface Page {
  readonly items: readonly { id: string; dueAt: string; answeredAt: string | null }[];
  readonly nextCursor: string | null;
}

/** What an API process asks by itself, whatever it is asked. */
const ofTimers = /^privacy\.(?:erasure_requests_to_verify|\w+_key_holders?)$/;

let scene: RightsScene;
beforeAll(async () => {
  scene = await RightsScene.open();
  const { subject } = await scene.newShopper();
  const { home } = scene.fixture.cells;
  const ids = Array.from({ length: 130 }, () => newCellId('privacyRequest', home));
  await scene.superuser().execute(insertMany, [ids, subject]);
});
afterAll(() => scene.fixture.end());

async function page(query: string) {
  const names: string[] = [];
  const stop = scene.api.get(ShopDatabase, { strict: false }).observe((name) => {
    if (!ofTimers.test(name)) names.push(name);
  });
  const answer = await scene.call(`${queue}?${query}`, { token: scene.staff.officer });
  stop();
  return { status: answer.status, body: answer.body as unknown as Page, names };
}

describe('the queue of copies and corrections', () => {
  it('has what is open by when it is due, then what was answered last, and each request once', async () => {
    const { items, nextCursor } = (await page('limit=200')).body;
    expect([items.length, nextCursor]).toEqual([130, null]);
    const open = items.filter(({ answeredAt }) => answeredAt === null);
    expect(items.slice(0, open.length)).toEqual(open);
    const due = open.map(({ dueAt }) => dueAt);
    expect(due).toEqual(due.toSorted());
    const answered = items.slice(open.length).map(({ answeredAt }) => answeredAt);
    expect(answered).toEqual(answered.toSorted().toReversed());
    const read: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const { body }: { body: Page } = await page(
        `limit=9${cursor === '' ? '' : `&cursor=${cursor}`}`,
      );
      read.push(...body.items.map(({ id }) => id));
      cursor = body.nextCursor;
    }
    expect(read).toEqual(items.map(({ id }) => id));
    expect((await page('')).body.items).toHaveLength(50);
  });

  it('costs the same statements whatever the size of the page', async () => {
    const [small, large] = [await page('limit=1'), await page('limit=130')];
    expect([small.body.items.length, large.body.items.length]).toEqual([1, 130]);
    expect(small.names).toContain('rights.page_of_requests');
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
