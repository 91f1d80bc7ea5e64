import { CancelKeyDeletionCommand, EnableKeyCommand } from '@aws-sdk/client-kms';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Needle } from '@entrepot/border-scan';
import { filesBelow, FolderStore, isClean, needlesOf, scanStore } from '@entrepot/border-scan';
import { nodeFetch } from '@entrepot/client/node';
import type { OrderView } from '@entrepot/contracts/api/orders';
import type { DescribedCell } from '@entrepot/stack';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ShopFloor } from '../src/shop-floor.ts';
import type { KmsPrincipal, Loot } from './attacker.ts';
import { Attacker, kmsClientOf, servicePrincipals, steal } from './attacker.ts';
import type { Books } from './books.ts';
import { booksIn, inShopOf, ownersOf } from './books.ts';
import { CanaryShopper } from './canary-shopper.ts';
import { endEpoch, passKmsWindow } from './epoch-end.ts';
import { Evidence } from './evidence.ts';
import { Officers } from './officers.ts';

const limitMs = 120_000;
const stageTimeoutMs = 60_000;
const pollMs = 250;

/** Both processes that may use a key find it pending, or gone; the others may not even ask. */
const refusedWith = (why: string) => ({
  ...{ api: why, worker: why },
  ...{ eraser: 'AccessDeniedException', auditor: 'AccessDeniedException' },
});

describe('An erased person', () => {
  const node = nodeFetch();
  const folder = mkdtempSync(join(tmpdir(), 'entrepot-evidence-'));
  let floor: ShopFloor;
  let home: DescribedCell;
  let officers: Officers;
  let sku: string;
  let canary: CanaryShopper;
  let order: OrderView;
  let requestId: string;
  let before: Evidence;
  let after: Evidence;
  let loot: Loot;
  let material: Buffer;
  let booksBefore: Books;

  beforeAll(async () => {
    floor = new ShopFloor();
    // the KMS clock of this cell is moved; nothing in it but a key awaiting its end reads that clock
    home = floor.cell('eu-1');
    officers = await Officers.signIn(floor, node, home);
    sku = await floor.newArticle(10, 'rtm');
    canary = new CanaryShopper(floor, node, home);
    order = await canary.live(sku);
  }, limitMs);
  afterAll(async () => {
    await floor.close();
    await node.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const needles = (): Needle[] => needlesOf('person', canary.canaries);
  const everyCiphertext = () => [
    ...loot.ciphertexts,
    ...[before, after].flatMap((of) => [...of.ciphertextsOf(loot.subject).values()].flat()),
  ];

  const asOfficer = (number: 1 | 2, path: string, body?: object) =>
    officers.call(number, path, body);

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
    'can be read in what is stolen before: backups, their log, and one login at the KMS',
    async () => {
      before = await Evidence.take(home, join(folder, 'before'), needles());
      expect(before.scans.filter((scan) => !isClean(scan))).toEqual([]);
      expect(before.scans.map(({ store }) => store)).toEqual([
        'eu-1 shop base backup',
        'eu-1 shop WAL',
        'eu-1 vault base backup',
        'eu-1 vault WAL',
        'eu-1 kafka segments',
      ]);
      const stolen = await steal(before, canary.accountId);
      if (stolen === undefined) throw new Error('the backup does not hold the person');
      loot = stolen;
      material = materialOf(kmsFolder(), loot.keyArn);
      expect(kmsFilesWith(material)).not.toEqual([]);

      const attacker = new Attacker(home, loot);
      const { opened, refusals } = await attacker.attack(loot.ciphertexts);
      expect(refusals).toEqual({
        eraser: 'AccessDeniedException',
        auditor: 'AccessDeniedException',
      });
      const { password, ...readable } = canary.canaries;
      expect(opened.flatMap(fieldsOf)).toEqual(expect.arrayContaining(Object.values(readable)));
      expect(opened).not.toContain(password);
      const inLog = before.ciphertextsOf(loot.subject).get('eu-1 shop WAL') ?? [];
      expect((await attacker.attack(inLog)).opened).not.toEqual([]);
      // the broker tells of the order by its id alone
      expect(before.segmentsMention(order.id)).toBe(true);
      expect(before.ciphertextsOf(loot.subject).get('eu-1 kafka segments')).toEqual([]);
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
    'cannot be read in anything stolen before or after, and no process can undo it',
    async () => {
      after = await Evidence.take(home, join(folder, 'after'), needles());
      expect(after.scans.filter((scan) => !isClean(scan))).toEqual([]);
      expect(await steal(after, canary.accountId)).toBeUndefined();

      const attacker = new Attacker(home, loot);
      expect(await attacker.attack(everyCiphertext())).toEqual({
        opened: [],
        refusals: refusedWith('KMSInvalidStateException'),
      });
      const undone: Partial<Record<KmsPrincipal, string[]>> = {};
      for (const principal of servicePrincipals) {
        undone[principal] = await tryToUndo(principal);
      }
      const refused = ['AccessDeniedException', 'AccessDeniedException'];
      expect(undone).toEqual({
        ...{ api: refused, worker: refused },
        ...{ eraser: refused, auditor: refused },
      });
      expect((await attacker.attack(everyCiphertext())).opened).toEqual([]);
    },
    limitMs,
  );

  async function tryToUndo(principal: KmsPrincipal): Promise<string[]> {
    const client = kmsClientOf(home, principal);
    const KeyId = loot.keyArn;
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
      const audited = auditOf(loot.keyArn).map(({ eventName }) => eventName);
      expect(audited).toContain('ScheduleKeyDeletion');
      expect(audited.filter((name) => name === 'DeleteKey')).toHaveLength(1);
      const kmsStore = new FolderStore({ name: 'eu-1 kms', folder: kmsFolder() });
      const scans = await scanStore(kmsStore, needles());
      expect(scans.map(isClean)).toEqual([true]);
      const everybody = [...servicePrincipals, 'administrator'] as const;
      expect(await new Attacker(home, loot).attack(everyCiphertext(), everybody)).toEqual({
        opened: [],
        refusals: { ...refusedWith('NotFoundException'), administrator: 'NotFoundException' },
      });

      const other = new CanaryShopper(floor, node, home);
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

/** An address is kept as JSON, everything else as it was typed. */
const fieldsOf = (text: string): readonly unknown[] =>
  text.startsWith('{') ? Object.values(JSON.parse(text) as object) : [text];

/** The bytes of a key as the emulator stores them, read where only a thief of its disk reads. */
function materialOf(folder: string, keyArn: string): Buffer {
  const keyId = keyArn.split('/').at(-1) ?? '';
  const line = filesBelow(folder)
    .flatMap((file) => readFileSync(file, 'utf8').split('\n'))
    .find((text) => text.includes('"material"') && text.includes(`"id":"${keyId}"`));
  if (line === undefined) throw new Error('the emulator has no such key');
  return Buffer.from((JSON.parse(line) as { material: string }).material, 'base64');
}
