import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  ListKeysCommand,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import { attackRestored, newAttackControl } from '@entrepot/drills';
import type { AttackControl, PersonInBackup } from '@entrepot/drills';
import { newCellId, regionOf } from '@entrepot/kernel';
import type { SubjectId } from '@entrepot/kernel';
import { FieldCipher, SubjectKey, SubjectKeys, WrappingKey } from '@entrepot/platform-crypto';
import { readPinnedKeys } from '@entrepot/privacy';
import { withClient } from '@entrepot/stack';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { restoreBeside } from '../src/index.ts';
import { BackedUpCell, kmsClient } from './backed-up-cell.ts';
import type { PersonalCluster } from './backed-up-cell.ts';

const limitMs = 120_000;
const epoch = 1;
const shards = 32;
let cell: BackedUpCell;
let set: string;
let subject: SubjectId;

const admin = () => kmsClient(cell.kms, 'administrator');
const newKey = async () => (await admin().send(new CreateKeyCommand({}))).KeyMetadata?.Arn ?? '';
const sql = (cluster: PersonalCluster, text: string, values: readonly unknown[] = []) =>
  withClient(cell.urlOf(cluster), (client) => client.query(text, [...values]));

class OneKey extends SubjectKeys {
  constructor(private readonly key: SubjectKey) {
    super();
  }

  override create(): Promise<void> {
    return Promise.reject(new TypeError('this one has a key'));
  }

  override use<T>(_: SubjectId, work: (key: SubjectKey) => T): Promise<T> {
    return Promise.resolve(work(this.key));
  }
}

/** Somebody with one sealed address, whose data key is the one given. */
async function liveWith(dataKey: Buffer): Promise<void> {
  await sql('shop', 'SELECT privacy.admit_subject($1)', [subject]);
  const cipher = new FieldCipher(regionOf(cell.cell), new OneKey(new SubjectKey(dataKey, 1)));
  const rowId = newCellId('address', cell.cell);
  const at = { table: 'identity.address', rowId, subject };
  const { content } = await cipher.encrypt(at, { content: '{"line1":"Somewhere 1"}' });
  await sql(
    'shop',
    'INSERT INTO identity.address (address_id, subject_id, content) VALUES ($1, $2, $3)',
    [rowId, subject, content],
  );
}

/** As `kms-per-user` keeps a key; answers the ARN of the KMS key. */
async function keptPerUser(): Promise<string> {
  const keyArn = await newKey();
  const { Plaintext = new Uint8Array(), CiphertextBlob = new Uint8Array() } = await admin().send(
    new GenerateDataKeyCommand({
      ...{ KeyId: keyArn, KeySpec: 'AES_256' },
      EncryptionContext: { purpose: 'subject-key', subject },
    }),
  );
  await sql(
    'vault',
    `INSERT INTO vault.subject_key (subject_id, kms_key_arn, wrapped_key, state, activated_at)
     VALUES ($1, $2, $3, 'active', now())`,
    [subject, keyArn, Buffer.from(CiphertextBlob)],
  );
  await liveWith(Buffer.from(Plaintext));
  return keyArn;
}

/** As `kms-epoch` keeps a key; answers the ARN of the epoch's root. */
async function keptPerEpoch(): Promise<string> {
  const [root, index] = [await newKey(), await newKey()];
  const shard = createHash('sha256').update(subject).digest().readUInt8(0) % shards;
  const [shardKey, kek, dataKey] = [randomBytes(32), randomBytes(32), randomBytes(32)];
  const wrappedShard = await admin().send(
    new EncryptCommand({
      ...{ KeyId: root, Plaintext: shardKey },
      EncryptionContext: {
        ...{ purpose: 'shard-key', cell: cell.cell, epoch: String(epoch), shard: String(shard) },
      },
    }),
  );
  const place = `kek|${cell.cell}|${epoch}|${shard}|${subject}`;
  const wrappedKek = new WrappingKey(shardKey).wrap(kek, place);
  const wrappedKey = new WrappingKey(kek).wrap(dataKey, `data-key|${subject}|1`);
  await sql(
    'vault',
    `INSERT INTO vault.key_epoch (epoch, root_key_arn, index_key_arn, opened_at)
     VALUES ($1, $2, $3, now())`,
    [epoch, root, index],
  );
  await sql(
    'vault',
    'INSERT INTO vault.shard_key (epoch, shard, wrapped_key) VALUES ($1, $2, $3)',
    [...[epoch, shard, Buffer.from(wrappedShard.CiphertextBlob ?? [])]],
  );
  await sql(
    'vault',
    `INSERT INTO vault.subject_key (subject_id, driver, wrapped_key, state, activated_at, first_epoch)
     VALUES ($1, 'kms-epoch', $2, 'active', now(), $3)`,
    [subject, wrappedKey, epoch],
  );
  await sql(
    'vault',
    'INSERT INTO vault.subject_kek (subject_id, epoch, shard, wrapped_kek) VALUES ($1, $2, $3, $4)',
    [subject, epoch, shard, wrappedKek],
  );
  await liveWith(dataKey);
  return root;
}

/** As the vault is between the end of a key and the purge of the shop. */
const wiped = {
  'kms-per-user': `UPDATE vault.subject_key SET state = 'destroyed', destroyed_at = now(),
     fenced_at = now(), wrapped_key = NULL, kms_key_arn = NULL,
     kms_key_digest = sha256(kms_key_arn::bytea)`,
  'kms-epoch': 'DELETE FROM vault.subject_kek',
} as const;

const folder = () => join(cell.paths.home, 'verification');

async function attack(
  changes: Partial<AttackControl> = {},
  of = set,
  who = subject,
): Promise<PersonInBackup[]> {
  const control = await newAttackControl(cell.cell, admin(), cell.keys.backup);
  const { Keys = [] } = await admin().send(new ListKeysCommand({}));
  const logins = (['api', 'worker', 'eraser', 'administrator'] as const).map((name) => ({
    ...{ name, ...cell.kms.credentialsFor(name) },
  }));
  const { endpoint, awsRegion } = cell.kms;
  const keys = Keys.flatMap(({ KeyArn }) => KeyArn ?? []);
  return restoreBeside(
    {
      ...{ cell: 'in-1', region: 'in', set: of, kms: admin(), folder: join(folder(), 'restored') },
      keys: await readPinnedKeys(cell.paths.journalOf('in-1').witness),
    },
    async ({ shopUrl, vaultUrl }) => {
      const found = await attackRestored([who], {
        ...{ cell: 'in-1', region: 'in', shopUrl, vaultUrl, folder: join(folder(), 'bundle') },
        ...{ kms: { endpoint, awsRegion, logins, keys }, control: { ...control, ...changes } },
      });
      return [...found.values()];
    },
  );
}

describe.each(['kms-per-user', 'kms-epoch'] as const)('a backup of a vault of %s', (driver) => {
  let keyArn: string;
  beforeAll(async () => {
    cell = await BackedUpCell.start();
    const opened = await cell.openJournal();
    opened.close();
    subject = newCellId('subject', cell.cell);
    await sql('vault', 'INSERT INTO vault.key_driver (driver) VALUES ($1)', [driver]);
    keyArn = driver === 'kms-epoch' ? await keptPerEpoch() : await keptPerUser();
    set = await cell.backUp();
  }, limitMs);
  afterAll(() => cell.stopServers());

  it(
    'knows nothing of somebody who came after it',
    async () => {
      const later = newCellId('subject', cell.cell);
      const found = await attack({}, set, later);
      expect(found).toEqual([{ sealed: 0, opened: 0, hasKey: false, isKnown: false }]);
    },
    limitMs,
  );

  it(
    'T24 gives a person up while a key lives that covers them, and nothing afterwards',
    async () => {
      expect(await attack()).toEqual([{ sealed: 1, opened: 1, hasKey: true, isKnown: true }]);
      await admin().send(new ScheduleKeyDeletionCommand({ KeyId: keyArn, PendingWindowInDays: 7 }));
      expect(await attack()).toEqual([{ sealed: 1, opened: 0, hasKey: true, isKnown: true }]);
      // neither ciphertext nor logins stay where it was tried
      expect(existsSync(join(folder(), 'restored'))).toBe(false);
      expect(existsSync(join(folder(), 'bundle'))).toBe(false);
    },
    limitMs,
  );

  it(
    'tells a backup in which nothing wraps the person’s key: that it opens nothing is no evidence',
    async () => {
      await sql('vault', wiped[driver]);
      const [found] = await attack({}, await cell.backUp());
      expect(found).toEqual({ sealed: 1, opened: 0, hasKey: false, isKnown: true });
    },
    limitMs,
  );

  it(
    'says nothing where the attack does not even read its control',
    async () => {
      await expect(attack({ text: 'what nobody sealed' })).rejects.toThrow(
        'did not read its control',
      );
    },
    limitMs,
  );
});
