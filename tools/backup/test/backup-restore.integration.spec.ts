import { CreateKeyCommand, DecryptCommand, GenerateDataKeyCommand } from '@aws-sdk/client-kms';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { newCellId } from '@entrepot/kernel';
import type { SubjectId } from '@entrepot/kernel';
import { arnName, readPinnedKeys } from '@entrepot/privacy';
import { withClient } from '@entrepot/stack';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { replayIntoCell, restoreCell } from '../src/index.ts';
import { manifestFile, readManifest, sealManifest } from '../src/manifest.ts';
import type { BackupManifest } from '../src/manifest.ts';
import { BackedUpCell, evidenceSigner, kmsClient } from './backed-up-cell.ts';
import type { PersonalCluster } from './backed-up-cell.ts';

const limitMs = 120_000;
const loader = fileURLToPath(new URL('../../loader.mjs', import.meta.url));
let cell: BackedUpCell;
let set: string;
let erased: Person;
let other: Person;

interface Person {
  readonly subject: SubjectId;
  readonly keyArn: string;
  readonly wrapped: Buffer;
}

const sql = (
  cluster: PersonalCluster,
  text: string,
  values: readonly unknown[] = [],
  role?: string,
) =>
  withClient(
    cell.urlOf(cluster, role),
    async (client) => (await client.query<Record<string, unknown>>(text, [...values])).rows,
  );

async function register(): Promise<Person> {
  const subject = newCellId('subject', cell.cell);
  const kms = kmsClient(cell.kms, 'administrator');
  const keyArn = (await kms.send(new CreateKeyCommand({}))).KeyMetadata?.Arn ?? '';
  const answer = await kms.send(new GenerateDataKeyCommand({ KeyId: keyArn, KeySpec: 'AES_256' }));
  const wrapped = Buffer.from(answer.CiphertextBlob ?? []);
  await sql(
    'vault',
    `INSERT INTO vault.subject_key (subject_id, kms_key_arn, wrapped_key, state, activated_at)
     VALUES ($1, $2, $3, 'active', now())`,
    [subject, keyArn, wrapped],
  );
  await sql('shop', 'SELECT privacy.admit_subject($1)', [subject]);
  return { subject, keyArn, wrapped };
}

/** What the eraser and the worker leave: the fence, the facts in the journal, the key destroyed. */
async function erase({ subject, keyArn }: Person): Promise<void> {
  const opened = await cell.openJournal();
  const { journal } = opened;
  const requestId = newCellId('erasureRequest', cell.cell);
  const keys = [arnName(keyArn)];
  await sql('vault', `SELECT vault.fence_subject($1, 'erasure')`, [subject]);
  await sql('shop', 'SELECT privacy.fence_subject($1)', [subject]);
  await journal.append({ kind: 'fenced', subject, requestId, keys });
  await journal.append({ kind: 'key-unusable', subject, requestId, keys });
  await journal.append({ kind: 'key-destroyed', subject, requestId, keys });
  opened.close();
}

const stateOf = async ({ subject }: Person) => ({
  key: (
    await sql('vault', 'SELECT state FROM vault.subject_key WHERE subject_id = $1', [subject])
  )[0]?.['state'],
  shop: (
    await sql('shop', 'SELECT status FROM privacy.subject WHERE subject_id = $1', [subject])
  )[0]?.['status'],
  isPurgeOrdered:
    (await sql('shop', 'SELECT FROM privacy.restored_erasure WHERE subject_id = $1', [subject]))
      .length === 1,
});

async function restore(changes: Partial<Parameters<typeof restoreCell>[0]> = {}) {
  return restoreCell({
    ...{ paths: cell.paths, cell: 'in-1', region: 'in', clusters: ['shop', 'vault'], set },
    keys: await readPinnedKeys(cell.paths.journalOf('in-1').witness),
    withKms: (work) => work(kmsClient(cell.kms, 'administrator')),
    tell: () => undefined,
    ...changes,
  });
}

const replay = () =>
  replayIntoCell({
    ...{ paths: cell.paths, cell: cell.cell },
    kms: kmsClient(cell.kms, 'administrator'),
  });

/** Runs a program to its end; answers whether it was killed. */
async function wasKilled(name: string, order: object): Promise<boolean> {
  const file = fileURLToPath(new URL(`programs/${name}.ts`, import.meta.url));
  const child = spawn(process.execPath, ['--import', loader, file, JSON.stringify(order)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  if (signal !== 'SIGKILL') expect(code).toBe(0);
  return signal === 'SIGKILL';
}

const administrator = () => cell.kms.accessFor('administrator');

beforeAll(async () => {
  cell = await BackedUpCell.start();
  (await cell.openJournal()).close();
  await sql('vault', `INSERT INTO vault.key_driver (driver) VALUES ('kms-per-user')`);
  [erased, other] = [await register(), await register()];
  set = await cell.backUp();
  await erase(erased);
  await cell.stopServers();
}, limitMs);
afterAll(() => cell.stopServers());

describe('a backup', () => {
  it('is encrypted file by file, under an identity that only the KMS of the cell gives back', async () => {
    const names = readdirSync(set).toSorted();
    expect(names).toEqual([
      manifestFile,
      ...['shop.base', 'shop.log', 'vault.base', 'vault.log'].map((name) => `${name}.tar.zst.age`),
    ]);
    for (const name of names.filter((each) => each.endsWith('.age'))) {
      const bytes = readFileSync(join(set, name));
      expect(bytes.subarray(0, 21).toString()).toBe('age-encryption.org/v1');
      expect(bytes.includes(erased.subject)).toBe(false);
    }
    const manifest = readManifest(set, await readPinnedKeys(cell.paths.journalOf('in-1').witness));
    expect(JSON.stringify(manifest)).not.toContain('AGE-SECRET-KEY');
    const [shop, vault] = manifest.clusters.map(({ identity }) => identity);
    const open = (wrapped = '', context: Record<string, string>) =>
      kmsClient(cell.kms, 'administrator').send(
        new DecryptCommand({
          KeyId: cell.keys.backup,
          CiphertextBlob: Buffer.from(wrapped, 'base64'),
          EncryptionContext: context,
        }),
      );
    const context = { purpose: 'backup', backup: manifest.id, cluster: 'shop' };
    const { Plaintext } = await open(shop?.wrapped, context);
    expect(Buffer.from(Plaintext ?? []).toString()).toMatch(/^AGE-SECRET-KEY-1/);
    await expect(open(vault?.wrapped, context)).rejects.toMatchObject({
      name: 'InvalidCiphertextException',
    });
  });

  it(
    'that is killed leaves nothing that looks like one, and the next one discards it',
    async () => {
      await cell.startServers();
      const to = join(cell.backups, 'killed');
      const order = {
        ...{ to, kms: administrator(), keys: cell.keys },
        sources: (['shop', 'vault'] as const).map((cluster) => ({
          cluster,
          folder: cell.paths.dataOf('in-1', cluster),
          superuserUrl: cell.server(cluster).urlFor(cluster),
        })),
      };
      for (const stepsMax of [1, 40]) {
        expect(await wasKilled('back-up-until-killed', { ...order, stepsMax })).toBe(true);
        const names = readdirSync(join(to, 'in-1'));
        expect(names.filter((name) => !name.endsWith('.partial'))).toEqual([]);
        expect(names).toHaveLength(1);
      }
      expect(await wasKilled('back-up-until-killed', { ...order, stepsMax: 0 })).toBe(false);
      expect(readdirSync(join(to, 'in-1'))).toEqual([expect.stringMatching(/[0-9a-f]{8}$/)]);
      const slots = await sql('shop', 'SELECT FROM pg_replication_slots');
      expect(slots).toEqual([]);
      await cell.stopServers();
    },
    limitMs,
  );
});

/** A copy of the set whose manifest says something else, signed by the cell all the same. */
async function signedAnew(change: (manifest: BackupManifest) => BackupManifest): Promise<string> {
  const copy = `${set}-${crypto.randomUUID().slice(0, 8)}`;
  cpSync(set, copy, { recursive: true });
  const manifest = readManifest(set, await readPinnedKeys(cell.paths.journalOf('in-1').witness));
  writeFileSync(
    join(copy, manifestFile),
    await sealManifest(change(manifest), evidenceSigner(cell)),
  );
  return copy;
}

describe('a restore', () => {
  it('refuses by name what is not a backup of this cell, and touches nothing', async () => {
    const before = readdirSync(cell.paths.dataOf('in-1', ''));
    const refused = async (of: string, changes = {}) =>
      restore({ set: of, ...changes }).then(
        () => 'none',
        (error: unknown) => (error as { readonly fault: string }).fault,
      );
    expect(await refused(set, { cell: 'in-2' })).toBe('foreign');
    expect(await refused(set, { region: 'eu' })).toBe('foreign');
    expect(await refused(set, { keys: new Map() })).toBe('unsigned');
    expect(await refused(set, { clusters: ['catalog'] })).toBe('incomplete');
    const newer = await signedAnew((manifest) => ({
      ...manifest,
      postgres: { version: '99.1', major: 99 },
    }));
    expect(await refused(newer)).toBe('other-postgres');
    const damaged = await signedAnew((manifest) => manifest);
    const file = join(damaged, 'vault.log.tar.zst.age');
    const bytes = readFileSync(file);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    writeFileSync(file, bytes);
    expect(await refused(damaged)).toBe('damaged');
    rmSync(file);
    expect(await refused(damaged)).toBe('incomplete');
    expect(readdirSync(cell.paths.dataOf('in-1', ''))).toEqual(before);
  });

  it(
    'may be killed at each of its steps, and the next one puts it in its place',
    async () => {
      // checked, two unpacked, two in their place, one set aside, the end
      const order = { home: cell.paths.home, set, kms: administrator() };
      for (let linesMax = 1; linesMax <= 7; linesMax += 1) {
        mkdirSync(cell.paths.dataOf('in-1', 'redis'));
        const isKilled = await wasKilled('restore-until-killed', { ...order, linesMax });
        expect({ linesMax, isKilled }).toEqual({ linesMax, isKilled: true });
        await restore();
        for (const name of ['restore.json', 'restore-staging', 'redis']) {
          expect({ name, isThere: existsSync(cell.paths.dataOf('in-1', name)) }).toEqual({
            ...{ name, isThere: false },
          });
        }
        rmSync(cell.paths.dataOf('in-1', 'set-aside'), { recursive: true });
        await cell.startServers();
        expect(
          await sql('shop', 'SELECT FROM cell.quarantine WHERE closed_at IS NULL'),
        ).toHaveLength(1);
        expect(await stateOf(other)).toMatchObject({ key: 'active', shop: 'active' });
        await cell.stopServers();
      }
    },
    3 * limitMs,
  );

  it(
    'brings back whom the cell had erased, keeps them locked up while the journal is not whole, and then forgets them again',
    async () => {
      const { setAside } = await restore();
      expect(readdirSync(setAside)).toEqual(expect.arrayContaining(['shop', 'vault']));
      await cell.startServers();
      expect(await stateOf(erased)).toEqual({
        ...{ key: 'active', shop: 'active', isPurgeOrdered: false },
      });
      await cell.stopServers();

      const { folder } = cell.paths.journalOf('in-1');
      const last = join(folder, readdirSync(folder).toSorted().at(-1) ?? '');
      renameSync(last, `${last}.away`);
      await expect(replay()).rejects.toMatchObject({
        fault: 'truncated',
      });
      renameSync(folder, `${folder}.away`);
      await expect(replay()).rejects.toMatchObject({
        fault: 'missing',
      });
      renameSync(`${folder}.away`, folder);
      renameSync(`${last}.away`, last);
      await cell.startServers();
      expect(await sql('shop', 'SELECT FROM cell.quarantine WHERE closed_at IS NULL')).toHaveLength(
        1,
      );
      expect(await stateOf(erased)).toMatchObject({ key: 'active', shop: 'active' });
      await cell.stopServers();

      expect(await replay()).toMatchObject({
        ...{ people: 1, forgotten: 1, head: { seq: 4 } },
      });
      await expect(replay()).rejects.toThrow('not in quarantine');
      await cell.startServers();
      for (const cluster of ['shop', 'vault'] as const) {
        const rows = await sql(
          cluster,
          `SELECT replayed_seq AS seq FROM cell.quarantine WHERE closed_at IS NOT NULL`,
        );
        expect(rows).toEqual([{ seq: 4 }]);
      }
      expect(await stateOf(erased)).toEqual({
        ...{ key: 'destroyed', shop: 'fenced', isPurgeOrdered: true },
      });
      expect(await stateOf(other)).toEqual({
        ...{ key: 'active', shop: 'active', isPurgeOrdered: false },
      });
      await cell.stopServers();
    },
    limitMs,
  );
});
