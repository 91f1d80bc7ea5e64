import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NodeFetch } from '@entrepot/client/node';
import { nodeFetch } from '@entrepot/client/node';
import {
  AttackBundle,
  CanaryShopper,
  endEpoch,
  learntOf,
  passKmsWindow,
  PrivacyOfficers,
  runAttacker,
} from '@entrepot/drills';
import type { Learnt } from '@entrepot/drills';
import type { DescribedCell } from '@entrepot/stack';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { inShopOf } from '../erasure/books.ts';
import { entrepot, must } from '../src/operator.ts';
import { ShopFloor } from '../src/shop-floor.ts';

const limitMs = 300_000;
const stageTimeoutMs = 60_000;
const pollMs = 250;
const cellId = 'eu-1';

const startAgain = () => must('start', '--detach', '--api', '2');

describe('A cell that is restored from before an erasure', () => {
  const node: NodeFetch = nodeFetch();
  const folder = mkdtempSync(join(tmpdir(), 'entrepot-drill-'));
  let floor: ShopFloor;
  let home: DescribedCell;
  let erased: CanaryShopper;
  let other: CanaryShopper;
  let bundle: AttackBundle;
  let subject: string;
  let set: string;
  let isStopped = false;

  beforeAll(async () => {
    floor = new ShopFloor();
    home = floor.cell(cellId);
    const sku = await floor.newArticle(10, 'rtm');
    erased = new CanaryShopper(node, home);
    other = new CanaryShopper(node, home);
    await erased.live(sku);
    await other.live(sku);
  }, limitMs);
  afterAll(async () => {
    if (isStopped) await startAgain();
    await floor.close();
    await node.close();
    rmSync(folder, { recursive: true, force: true });
  }, limitMs);

  /** What everything in the bundle tells about a person, with the logins and keys that exist now. */
  async function attack(on: AttackBundle): Promise<{ erased: Learnt; other: Learnt }> {
    const people = [erased, other];
    await on.close({ emails: people.map((person) => person.text('email')), phones: [] });
    const report = await runAttacker(on.folder);
    return {
      erased: learntOf(report, erased.canaries),
      other: learntOf(report, other.canaries),
    };
  }
  const signIn = async (who: CanaryShopper) => (await who.comeBack())[0]?.status;
  /** Waits until the worker has come so far with the person whom the restore brought back. */
  async function untilRestored(column: 'purged_at' | 'closed_at'): Promise<void> {
    const end = performance.now() + stageTimeoutMs;
    const done = `SELECT FROM privacy.restored_erasure
      WHERE subject_id = '${subject}' AND ${column} IS NOT NULL`;
    while ((await inShop(done)).length === 0) {
      if (performance.now() > end) throw new Error(`the restored person has no ${column}`);
      await sleep(pollMs);
    }
  }
  const inShop = (text: string) =>
    inShopOf(cellId, async (client) => (await client.query<Record<string, unknown>>(text)).rows);

  it(
    'T24 was backed up while both people lived in it',
    async () => {
      const [account] = await inShop(
        `SELECT subject_id FROM identity.account WHERE account_id = '${erased.accountId}'`,
      );
      subject = String(account?.['subject_id']);
      bundle = new AttackBundle(join(folder, 'bundle'), home);
      await bundle.take('before');
      const { read, guessed } = (await attack(bundle)).erased;
      expect(Object.keys(read)).toContain('email');
      expect(guessed).not.toEqual([]);
      const output = await must('backup', '--cell', cellId, '--to', join(folder, 'sets'));
      const [name = ''] = readdirSync(join(folder, 'sets', cellId));
      set = join(folder, 'sets', cellId, name);
      expect(output).toContain(`${name} is whole`);
    },
    limitMs,
  );

  it(
    'T24 forgot one of them since; the key waits for its end',
    async () => {
      const officers = new PrivacyOfficers(node, floor.description, home);
      const { id } = await officers.decide(erased.accountId);
      await officers.until(id, 'verified_unreadable');
      const journal = join(home.data, 'erasure-journal');
      expect(await must('erasure-journal', 'verify', journal)).toContain('each signed');
    },
    limitMs,
  );

  it(
    'T24 refuses a restore while it runs, and afterwards takes it only into quarantine and out again by the journal',
    async () => {
      const restore = ['restore', '--cell', cellId, '--from', set];
      expect((await entrepot(...restore)).output).toContain('needs a stopped cell');
      expect((await entrepot('restore', '--cell', 'in-1', '--from', set)).code).toBe(1);
      await must('stop');
      isStopped = true;
      const wrong = await entrepot('restore', '--cell', 'in-1', '--from', set);
      expect(wrong.code).toBe(1);
      const output = await must(...restore);
      expect(output).toMatch(/had forgotten [1-9]/);
      expect(output).toMatch(/fence-shop +[1-9]/);
      expect(output).toMatch(/wipe-covered +[1-9]/);
      expect(output).not.toContain('Lost for good');
      expect(output).toContain('out of quarantine');
      await startAgain();
      isStopped = false;
    },
    limitMs,
  );

  it(
    'T24 serves the other person as before, and of the erased one has only the tombstone',
    async () => {
      expect(await signIn(other)).toBe(201);
      expect(await signIn(erased)).toBe(401);
      await untilRestored('purged_at');
      const restored = new AttackBundle(join(folder, 'restored'), home);
      await restored.take('restored');
      const learnt = await attack(restored);
      expect(learnt.erased).toEqual({ read: {}, guessed: [], kept: [] });
      expect(Object.keys(learnt.other.read)).toContain('email');
    },
    limitMs,
  );

  it(
    'T24 goes on with the erasure to its end, which no request asks for any more',
    async () => {
      await endEpoch(home);
      await passKmsWindow(node, home);
      await untilRestored('closed_at');
      expect(
        await inShop(`SELECT status FROM privacy.subject WHERE subject_id = '${subject}'`),
      ).toEqual([{ status: 'erased' }]);
      await bundle.take('after');
      const learnt = await attack(bundle);
      expect(learnt.erased).toEqual({ read: {}, guessed: [], kept: [] });
      expect(Object.keys(learnt.other.read)).toContain('email');
      expect(await signIn(other)).toBe(201);
    },
    limitMs,
  );
});
