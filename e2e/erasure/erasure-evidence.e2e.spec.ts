import { CancelKeyDeletionCommand, EnableKeyCommand } from '@aws-sdk/client-kms';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Needle } from '@entrepot/border-scan';
import { filesBelow, FolderStore, isClean, needlesOf, scanStore } from '@entrepot/border-scan';
import { nodeFetch } from '@entrepot/client/node';
import type { OrderView } from '@entrepot/contracts/api/orders';
import type { AttackReport } from '@entrepot/attacker';
import {
  AttackBundle,
  CanaryShopper,
  endEpoch,
  kmsClientOf,
  learntOf,
  passKmsWindow,
  runAttacker,
  servicePrincipals,
  PrivacyOfficers,
} from '@entrepot/drills';
import type { KmsPrincipal, Learnt } from '@entrepot/drills';
import type { DescribedCell } from '@entrepot/stack';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ShopFloor } from '../src/shop-floor.ts';
import type { Books } from './books.ts';
import { booksIn, inClusterOf, inShopOf, ownersOf } from './books.ts';
import { Evidence } from './evidence.ts';

const limitMs = 120_000;
const stageTimeoutMs = 60_000;
const pollMs = 250;

describe('An erased person', () => {
  const node = nodeFetch();
  const folder = mkdtempSync(join(tmpdir(), 'entrepot-evidence-'));
  let floor: ShopFloor;
  let home: DescribedCell;
  let officers: PrivacyOfficers;
  let sku: string;
  let canary: CanaryShopper;
  let order: OrderView;
  let requestId: string;
  let before: Evidence;
  let after: Evidence;
  let bundle: AttackBundle;
  let keyArn: string;
  let material: Buffer;
  let booksBefore: Books;

  beforeAll(async () => {
    floor = new ShopFloor();
    // the KMS clock of this cell is moved; nothing in it but a key awaiting its end reads that clock
    home = floor.cell('eu-1');
    officers = new PrivacyOfficers(node, floor.description, home);
    sku = await floor.newArticle(10, 'rtm');
    canary = new CanaryShopper(node, home);
    order = await canary.live(sku);
  }, limitMs);
  afterAll(async () => {
    await floor.close();
    await node.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const needles = (): Needle[] => needlesOf('person', canary.canaries);
  /** What an outsider gets with the logins and keys that exist now, of everything that was ever taken. */
  async function attack(): Promise<{ person: Learnt; report: AttackReport }> {
    await bundle.close({ emails: [canary.text('email')], phones: [] });
    const report = await runAttacker(bundle.folder);
    return { person: learntOf(report, canary.canaries), report };
  }
  const refusedTo = ({ logins }: AttackReport, login: KmsPrincipal): string[] =>
    Object.keys(logins.find(({ name }) => name === login)?.refused ?? {});

  const asOfficer = (number: 1 | 2, path: string, body?: object) =>
    officers.ask<Record<string, unknown>>(number, path, body);

  /** Watches the request until it is in the status; `meanwhile` runs at every look. */
  async function untilStatus(status: string, meanwhile?: () => Promise<void>): Promise<void> {
    const end = performance.now() + stageTimeoutMs;
    for (;;) {
      const { body } = await asOfficer(1, `/${requestId}`);
      await meanwhile?.();
      if (body['status'] === status) return;
      if (performance.now() > end) throw new Error(`the request is ${String(body['status'])}`);
      await sleep(pollMs);
    }
  }

  /** The person's own key at the KMS, under `kms-per-user`. */
  async function findKey(): Promise<void> {
    const ofAccount = 'SELECT subject_id FROM identity.account WHERE account_id = $1';
    const accounts = await inShopOf(home.id, (shop) => shop.query(ofAccount, [canary.accountId]));
    const subject = String((accounts.rows as { subject_id: string }[])[0]?.subject_id);
    const ofSubject = 'SELECT kms_key_arn FROM vault.subject_key WHERE subject_id = $1';
    const keys = await inClusterOf(home.id, 'vault', (vault) => vault.query(ofSubject, [subject]));
    keyArn = String((keys.rows as { kms_key_arn: string }[])[0]?.kms_key_arn);
  }

  const kmsFolder = () => join(home.data, 'kms');
  const kmsFilesWith = (secret: Buffer): string[] => {
    const forms = [secret, secret.toString('base64'), secret.toString('hex')];
    return filesBelow(kmsFolder()).filter((file) => {
      const content = readFileSync(file);
      return forms.some((form) => content.includes(form));
    });
  };

  /** What KMS wrote down of a key that it found, oldest first. */
  const auditOf = (keyArn: string): AuditedCall[] =>
    readFileSync(join(kmsFolder(), 'audit.jsonl'), 'utf8')
      .split('\n')
      .filter((line) => line.includes(keyArn))
      .map((line) => JSON.parse(line) as AuditedCall)
      .filter(({ resources }) => resources.some(({ ARN }) => ARN === keyArn));

  it(
    'T26 can be read in what is stolen before by a login at the KMS alone, and nowhere in the clear',
    async () => {
      // first, as the evidence makes checkpoints
      bundle = new AttackBundle(join(folder, 'bundle'), home);
      await bundle.take('before');
      before = await Evidence.take(home, join(folder, 'before'), needles());
      expect(before.scans.filter((scan) => !isClean(scan))).toEqual([]);
      expect(before.scans.map(({ store }) => store)).toEqual([
        'eu-1 shop base backup',
        'eu-1 shop WAL',
        'eu-1 vault base backup',
        'eu-1 vault WAL',
        'eu-1 kafka segments',
      ]);
      await findKey();
      material = materialOf(kmsFolder(), keyArn);
      expect(kmsFilesWith(material)).not.toEqual([]);

      const { person, report } = await attack();
      const { password, ...readable } = canary.canaries;
      expect(password).not.toBe('');
      expect(Object.keys(person.read).toSorted()).toEqual(Object.keys(readable).toSorted());
      expect(person.read['email']).toContain('before: shop WAL');
      expect(person.guessed).toContain('login digest in before: vault rows');
      for (const login of ['eraser', 'auditor', 'backup'] as const) {
        expect(refusedTo(report, login)).toEqual(['AccessDeniedException']);
      }
      // the broker tells of the order by its id alone
      expect(before.segmentsMention(order.id)).toBe(true);
      expect(report.stores.find(({ store }) => store === 'before: kafka')?.sealed).toBe(0);
      booksBefore = await inShopOf(home.id, (client) => booksIn(client, order.id));
    },
    limitMs,
  );

  it(
    'is refused at every call once two officers have decided, and no call fails',
    async () => {
      const asked = await asOfficer(1, '', { accountId: canary.accountId });
      expect(asked).toMatchObject({ status: 201, body: { status: 'assessed' } });
      requestId = String(asked.body['id']);
      expect(await officers.sign(1, requestId, 'confirmation')).toMatchObject({ status: 200 });
      expect((await officers.sign(1, requestId, 'approval')).status).toBe(403);
      expect((await canary.readEverything()).map(({ status }) => status)).toEqual(
        Array.from({ length: 5 }, () => 200),
      );
      expect(await officers.sign(2, requestId, 'approval')).toMatchObject({
        status: 200,
        body: { status: 'approved' },
      });
      const seen: number[] = [];
      await untilStatus('verified_unreadable', async () => {
        seen.push(...(await canary.readEverything()).map(({ status }) => status));
      });
      expect(seen.filter((status) => ![200, 401, 403, 410].includes(status))).toEqual([]);

      const reads = [...(await canary.readEverything()), ...(await canary.comeBack())];
      expect(reads.filter(({ status }) => status !== 401)).toEqual([]);
      expect((await asOfficer(2, `/${requestId}`)).body).toMatchObject({ isErased: true });
    },
    limitMs,
  );

  it(
    'T15 cannot be read in anything stolen before or after, and no process can undo it',
    async () => {
      after = await Evidence.take(home, join(folder, 'after'), needles());
      expect(after.scans.filter((scan) => !isClean(scan))).toEqual([]);
      const account = 'SELECT FROM identity.account WHERE account_id = $1';
      const left = await after.restored('shop', (of) => of.query(account, [canary.accountId]));
      expect(left.rowCount).toBe(0);

      await bundle.take('after');
      const { person, report } = await attack();
      expect(person.read).toEqual({});
      // to whom the last letter goes, under the key of the request, which ends with it
      const letter = { text: 'email', field: 'privacy.request_contact.sealed email' };
      expect(person.kept).toEqual([{ ...letter, under: requestId }]);
      for (const login of ['api', 'worker', 'administrator'] as const) {
        expect(refusedTo(report, login)).toContain('KMSInvalidStateException');
      }
      const undone: Partial<Record<KmsPrincipal, string[]>> = {};
      for (const principal of servicePrincipals) {
        undone[principal] = await tryToUndo(principal);
      }
      const refused = ['AccessDeniedException', 'AccessDeniedException'];
      expect(undone).toEqual(Object.fromEntries(servicePrincipals.map((of) => [of, refused])));
      expect((await attack()).person.read).toEqual({});
    },
    limitMs,
  );

  async function tryToUndo(principal: KmsPrincipal): Promise<string[]> {
    const client = kmsClientOf(home, principal);
    const KeyId = keyArn;
    const answers = await Promise.allSettled([
      client.send(new CancelKeyDeletionCommand({ KeyId })),
      client.send(new EnableKeyCommand({ KeyId })),
    ]);
    client.destroy();
    return answers.map((answer) =>
      answer.status === 'fulfilled' ? 'done' : (answer.reason as Error).name,
    );
  }

  it(
    'has no key any more once the window has passed, and nobody else has lost theirs',
    async () => {
      await endEpoch(home);
      await passKmsWindow(node, home);
      await untilStatus('closed');
      expect(kmsFilesWith(material)).toEqual([]);
      const audited = auditOf(keyArn).map(({ eventName }) => eventName);
      expect(audited).toContain('ScheduleKeyDeletion');
      expect(audited.filter((name) => name === 'DeleteKey')).toHaveLength(1);
      const kmsStore = new FolderStore({ name: 'eu-1 kms', folder: kmsFolder() });
      const scans = await scanStore(kmsStore, needles());
      expect(scans.map(isClean)).toEqual([true]);
      const { person, report } = await attack();
      expect(person).toEqual({ read: {}, guessed: [], kept: [] });
      for (const login of ['api', 'worker', 'administrator'] as const) {
        expect(refusedTo(report, login)).toContain('NotFoundException');
      }

      const other = new CanaryShopper(node, home);
      expect((await other.live(sku)).status).toBe('confirmed');
      expect((await other.readEverything()).map(({ status }) => status)).toEqual(
        Array.from({ length: 5 }, () => 200),
      );
    },
    limitMs,
  );

  it(
    'leaves the books as they were, and in them nobody',
    async () => {
      expect(booksBefore.order).toMatchObject({
        status: 'confirmed',
        total_minor: String(order.total.amountMinor),
      });
      expect(booksBefore.sums).toEqual([{ currency: order.total.currency, sum: '0' }]);
      expect(await inShopOf(home.id, (client) => booksIn(client, order.id))).toEqual(booksBefore);
      expect(await after.restored('shop', (client) => booksIn(client, order.id))).toEqual(
        booksBefore,
      );
      const owners = await inShopOf(home.id, (client) => client.query(ownersOf, [order.id]));
      const nobody = { subject: null, cart: null, address: null, token: null };
      expect(owners.rows).toEqual([nobody, nobody]);
    },
    limitMs,
  );
});

interface AuditedCall {
  readonly eventName: string;
  readonly resources: readonly { readonly ARN: string }[];
}

/** The bytes of a key as the emulator stores them, read where only a thief of its disk reads. */
function materialOf(folder: string, keyArn: string): Buffer {
  const keyId = keyArn.split('/').at(-1) ?? '';
  const line = filesBelow(folder)
    .flatMap((file) => readFileSync(file, 'utf8').split('\n'))
    .find((text) => text.includes('"material"') && text.includes(`"id":"${keyId}"`));
  if (line === undefined) throw new Error('the emulator has no such key');
  return Buffer.from((JSON.parse(line) as { material: string }).material, 'base64');
}
