import { DescribeKeyCommand } from '@aws-sdk/client-kms';
import { newCellId } from '@entrepot/kernel';
import type { ErasureRequestId, SubjectId } from '@entrepot/kernel';
import { isTombstone, SubjectVault } from '@entrepot/platform-crypto';
import { Log } from '@entrepot/platform-telemetry';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AwsKeyDestroyer } from '../src/adapters/aws-key-destroyer.ts';
import { evidenceClient } from '../src/adapters/evidence-client.ts';
import { PgEpochEnds } from '../src/adapters/pg-epoch-ends.ts';
import { PgErasureApprovals } from '../src/adapters/pg-erasure-approvals.ts';
import { PgErasureLedger } from '../src/adapters/pg-erasure-ledger.ts';
import { DestroyKeys } from '../src/application/destroy-keys.ts';
import type { DoomedKey } from '../src/application/destroy-keys.ts';
import { EpochStore } from '../src/application/epoch-store.ts';
import { KeyService } from '../src/application/key-service.ts';
import { NoteEpochs } from '../src/application/note-epochs.ts';
import { RotateSubjectKey } from '../src/application/rotate-subject-key.ts';
import type { JournalEntry } from '../src/domain/erasure-journal.ts';
import { keyNamesOf } from '../src/domain/key-names.ts';
import { replayErasuresInto } from '../src/replay-erasures-into.ts';
import { cell, EpochDrill, newLogin } from './epoch-drill.ts';
import { copyOfAll, restoreAll } from './vault-copy.ts';
import { GivenProofs } from '../src/testing/index.ts';

const drivers = ['kms-per-user', 'kms-epoch'] as const;
let drill: EpochDrill;
const vault = () => drill.fixture.vault;
const kms = () => evidenceClient(drill.fixture.kms.accessFor('administrator'));

/** The journal as it would be read, long checked. */
const entries = (): JournalEntry[] =>
  drill.fixture.journal.facts.map((fact, index) => ({
    ...{ cell, seq: index + 1, previous: '', keyArn: '', signature: '' },
    fact: { ...fact, at: new Date(1_780_000_000_000 + index).toISOString() },
  }));

/** Back to a copy of the vault, the journal replayed into it, with processes that have just started. */
async function restoreTo(copy: Awaited<ReturnType<typeof copyOfAll>>) {
  await restoreAll(vault(), copy);
  const report = await replay();
  return { report, after: await drill.restarted() };
}

const replay = () =>
  replayErasuresInto(
    {
      shopUrl: drill.fixture.shop.urlFor('owner'),
      vaultUrl: vault().urlFor('owner'),
      isVaultRestored: true,
      kms: kms(),
    },
    entries(),
  );

const coveredOf = async (subject: SubjectId) =>
  (
    await drill.query<{ rows: number }>(
      'spec.covered',
      `SELECT (SELECT count(*) FROM vault.subject_kek WHERE subject_id = $1)::int
         + (SELECT count(*) FROM vault.login_index WHERE subject_id = $1)::int
         + (SELECT count(*) FROM vault.former_data_key WHERE subject_id = $1)::int AS "rows"`,
      [subject],
    )
  )[0]?.rows;

const arnOf = async (subject: SubjectId) =>
  (
    await drill.query<{ arn: string | null }>(
      'spec.arn_of',
      'SELECT kms_key_arn AS "arn" FROM vault.subject_key WHERE subject_id = $1',
      [subject],
    )
  )[0]?.arn;

const epochOf = async (subject: SubjectId) =>
  (
    await drill.query<{ epoch: number }>(
      'spec.epoch_of_login',
      'SELECT epoch FROM vault.login_index WHERE subject_id = $1',
      [subject],
    )
  )[0]?.epoch;

const firstEpochOf = async (subject: SubjectId) =>
  (
    await drill.query<{ epoch: number }>(
      'spec.first_epoch_of',
      'SELECT first_epoch AS "epoch" FROM vault.subject_key WHERE subject_id = $1',
      [subject],
    )
  )[0]?.epoch;

async function keyState(arn: unknown): Promise<string | undefined> {
  const answer = await kms().send(new DescribeKeyCommand({ KeyId: String(arn) }));
  return answer.KeyMetadata?.KeyState;
}

/** As the eraser does before it enters somebody into the ledger. */
async function writeDownFenced(subject: SubjectId): Promise<void> {
  const cover = await new PgErasureLedger(vault().open('eraser')).coverOfFenced(subject);
  if (cover === undefined) throw new RangeError(`${subject} is not fenced`);
  const requestId: ErasureRequestId = newCellId('erasureRequest', cell);
  await drill.fixture.journal.append({
    ...{ kind: 'fenced', subject, requestId },
    keys: keyNamesOf(cover),
  });
}

describe.each(drivers)('a vault that is restored, with keys kept by %s,', (driver) => {
  beforeEach(async () => {
    drill = await EpochDrill.start(driver);
  });
  afterEach(() => drill.fixture.end());

  it('takes no epoch for living whose root is gone, and gives no number twice', async () => {
    const login = newLogin();
    const [known, erased] = [await drill.register(login), await drill.register()];
    const [ofKnown, ofErased] = [await drill.seal(known, 'Asha'), await drill.seal(erased, 'x')];
    const old = await drill.openEpoch();
    const backup = await copyOfAll(vault());
    await drill.erase(erased);
    const lost = await drill.openNext();
    await drill.endClosedEpoch();
    expect(await drill.ledgerEntry(erased)).toMatchObject({ isDestroyed: true });

    const { report, after } = await restoreTo(backup);
    expect(report.steps).toMatchObject({ 'end-epoch': 1, 'adopt-epoch': 1, 'retire-epoch': 0 });
    expect(report.lost).toEqual({ keys: driver === 'kms-epoch' ? 1 : 0, logins: 1 });
    expect(await after.epochRow(old)).toMatchObject({
      ...{
        root_key_arn: null,
        root_key_digest: expect.any(Buffer),
        destroyed_at: expect.any(Date),
      },
    });
    expect(await after.openEpoch()).toBe(lost + 1);

    const opened = await after.open(known, ofKnown);
    if (driver === 'kms-epoch') expect(isTombstone(opened)).toBe(true);
    else expect(opened).toEqual({ name: 'Asha' });
    expect(await after.api.get(SubjectVault).find(login)).toBeUndefined();
    expect(isTombstone(await after.open(erased, ofErased))).toBe(true);
    expect(await after.ledgerEntry(erased)).toMatchObject({ isDestroyed: true });
    const again = await after.register(login);
    expect(await after.open(again, await after.seal(again, 'Asha'))).toEqual({ name: 'Asha' });
    expect((await replay()).steps).toMatchObject({ 'end-epoch': 0, 'adopt-epoch': 0 });
  });

  it('knows the keys of an epoch that it has never seen, so that the eraser ends them', async () => {
    const known = await drill.register();
    const sealed = await drill.seal(known, 'Asha');
    const old = await drill.openEpoch();
    const backup = await copyOfAll(vault());
    const lost = await drill.openNext();
    await drill.fixture.eraser.destroyKeys.execute();
    const { root_key_arn: root } = await drill.epochRow(lost);

    await restoreAll(vault(), backup);
    const report = await replay();
    expect(report.steps).toMatchObject({ 'adopt-epoch': 1, 'end-epoch': 0, 'retire-epoch': 0 });
    expect(report.lost).toEqual({ keys: 0, logins: 0 });
    // before a worker has looked: the open epoch has a lower number than the one that is retired
    const early = await drill.fixture.startProcess('api');
    const between = await drill.register(newLogin(), early);
    expect(await early.get(SubjectVault).find(newLogin())).toBeUndefined();
    expect([await epochOf(between), await firstEpochOf(between)]).toEqual([old, old]);
    const after = await drill.restarted();
    // numbers go up with time: what lives moves on to a number that was never given
    expect(await after.openEpoch()).toBe(lost + 1);
    expect(await after.open(known, sealed)).toEqual({ name: 'Asha' });
    await after.move();
    expect(await after.rowsUnder(old)).toEqual({ keys: 0, logins: 0 });
    expect(await keyState(root)).toBe('Enabled');
    expect(await after.retire()).toEqual({ scheduled: 2, destroyed: 0 });
    expect(await keyState(root)).toBe('PendingDeletion');
    await drill.fixture.passKmsWindow();
    expect((await after.retire()).destroyed).toBe(2);
    expect(await after.epochRow(lost)).toMatchObject({ root_key_arn: null });
    expect(await after.open(known, sealed)).toEqual({ name: 'Asha' });
  });

  it('shuts an epoch that was in the making, since the cell made something else of it', async () => {
    const service = drill.worker.get(KeyService);
    const [rootKeyArn, indexKeyArn] = [
      await service.createRootKey(),
      await service.createIndexKey(),
    ];
    await drill.worker.get(EpochStore).make({ rootKeyArn, indexKeyArn });
    const backup = await copyOfAll(vault());
    const made = await drill.openNext();
    await drill.fixture.eraser.destroyKeys.execute();
    expect(await drill.epochRow(made)).toMatchObject({ root_key_arn: rootKeyArn });

    const { report, after } = await restoreTo(backup);
    expect(report.steps).toMatchObject({ 'retire-epoch': 1, 'adopt-epoch': 0 });
    expect(await after.openNext()).toBe(made + 1);
    expect((await after.retire()).scheduled).toBeGreaterThan(0);
    expect(await keyState(rootKeyArn)).toBe('PendingDeletion');
  });

  it('shuts an epoch that the cell had retired, whatever of it came back', async () => {
    await drill.register();
    const old = await drill.openEpoch();
    const backup = await copyOfAll(vault());
    await drill.openNext();
    await drill.move();
    expect(await drill.retire()).toEqual({ scheduled: 1, destroyed: 0 });

    const { report, after } = await restoreTo(backup);
    expect(report.steps).toMatchObject({ 'retire-epoch': 1, 'end-epoch': 0 });
    expect(report.lost.logins).toBe(1);
    expect(await after.openEpoch()).toBeGreaterThan(old);
    expect((await after.retire()).scheduled).toBeGreaterThan(0);
    await drill.fixture.passKmsWindow();
    await after.retire();
    expect(await after.epochRow(old)).toMatchObject({ destroyed_at: expect.any(Date) });
  });

  it('wipes what an erased person had under epochs, logins and former keys as well', async () => {
    const [erased, other] = [await drill.register(), await drill.register()];
    await drill.worker.get(RotateSubjectKey).execute(erased);
    const backup = await copyOfAll(vault());
    const ofOther = await coveredOf(other);
    expect(await coveredOf(erased)).toBeGreaterThan(ofOther ?? 0);
    await drill.erase(erased);

    const { report, after } = await restoreTo(backup);
    expect(report.steps).toMatchObject({ 'wipe-covered': 1, 'wipe-key': 0, 'enter-ledger': 1 });
    expect(await coveredOf(erased)).toBe(0);
    expect(await coveredOf(other)).toBe(ofOther);
    const old = await after.openEpoch();
    expect(await after.ledgerEntry(erased)).toEqual({
      ...{ first: old, last: old, isUnusable: true, isDestroyed: false },
    });
    await after.openNext();
    await after.endClosedEpoch();
    expect(await after.ledgerEntry(erased)).toMatchObject({ isDestroyed: true });
  });

  it('counts the epochs of both histories of somebody who was only fenced', async () => {
    const subject = await drill.register();
    const old = await drill.openEpoch();
    const backup = await copyOfAll(vault());
    const lost = await drill.openNext();
    await drill.move();
    await drill.fixture.eraser.destroyKeys.execute();
    await drill.fence(subject);
    await writeDownFenced(subject);

    const { after } = await restoreTo(backup);
    await after.move();
    await drill.fixture.eraser.destroyKeys.execute();
    expect(await after.ledgerEntry(subject)).toEqual({
      ...{ first: old, last: lost + 1, isUnusable: true, isDestroyed: false },
    });
  });

  it('ends the key of somebody who came after the backup and was only fenced', async () => {
    const backup = await copyOfAll(vault());
    const newcomer = await drill.register();
    const sealed = await drill.seal(newcomer, 'x');
    const [arn, epoch] = [await arnOf(newcomer), await epochOf(newcomer)];
    await drill.fence(newcomer);
    await writeDownFenced(newcomer);

    const { report, after } = await restoreTo(backup);
    expect(report.steps['adopt-key']).toBe(driver === 'kms-per-user' ? 1 : 0);
    expect(isTombstone(await after.open(newcomer, sealed))).toBe(true);
    await drill.fixture.eraser.destroyKeys.execute();
    expect(await after.ledgerEntry(newcomer)).toEqual({
      ...{ first: epoch, last: epoch, isUnusable: true, isDestroyed: false },
    });
    if (driver === 'kms-per-user') expect(await keyState(arn)).toBe('PendingDeletion');
    await drill.fixture.passKmsWindow();
    await drill.fixture.eraser.destroyKeys.execute();
    // a backup from between still lies under the epoch
    expect(await after.ledgerEntry(newcomer)).toMatchObject({ isDestroyed: false });
    await after.openNext();
    await after.endClosedEpoch();
    expect(await after.ledgerEntry(newcomer)).toMatchObject({ isDestroyed: true });
  });
});

describe('the journal of epochs', () => {
  beforeEach(async () => {
    drill = await EpochDrill.start('kms-epoch');
  });
  afterEach(() => drill.fixture.end());

  it('names an epoch when it is made, before it is ended, and before the vault says that it is gone', async () => {
    await drill.register();
    await drill.fixture.eraser.destroyKeys.execute();
    const first = await drill.openEpoch();
    await drill.openNext();
    await drill.endClosedEpoch();
    const said = drill.fixture.journal.facts.flatMap((fact) =>
      'epoch' in fact ? [[fact.kind, fact.epoch]] : [],
    );
    expect(said).toEqual([
      ['epoch-made', first],
      ['epoch-retired', first],
      ['epoch-destroyed', first],
      ['epoch-made', first + 1],
    ]);
  });

  it('names every epoch of a person, also when the key moves on between journal and vault', async () => {
    const subject = await drill.register();
    const first = await drill.openEpoch();
    await drill.fence(subject);
    const database = vault().open('eraser');
    const request = { subject, id: newCellId('erasureRequest', cell) };
    const ledger = new OvertakenLedger(database, async () => {
      await drill.openNext();
      await drill.move();
    });
    expect(await ledger.enter(request as Parameters<PgErasureLedger['enter']>[0])).toBe(true);
    const { journal, kms: ofCell, shop } = drill.fixture;
    const eraser = new DestroyKeys({
      ...{ ledger, journal, log: new Log({ level: 'error', bound: { cell } }) },
      approvals: new PgErasureApprovals(shop.open('audit')),
      proofs: new GivenProofs(),
      epochs: new NoteEpochs({ ends: new PgEpochEnds(database), journal }),
      keys: new AwsKeyDestroyer(ofCell.accessFor('eraser')),
    });
    expect(await eraser.execute()).toMatchObject({ scheduled: 0 });
    expect(await drill.ledgerEntry(subject)).toMatchObject({ isUnusable: false });
    expect(await eraser.execute()).toMatchObject({ scheduled: 1 });
    const said = journal.facts.flatMap((fact) => ('subject' in fact ? fact.keys : []));
    expect(said).toEqual([`epoch:${first}-${first}`, `epoch:${first}-${first + 1}`]);
    expect(await drill.ledgerEntry(subject)).toMatchObject({ first, last: first + 1 });
  });

  it('and a vault that has other keys of an epoch are not put together', async () => {
    await drill.fixture.eraser.destroyKeys.execute();
    const epoch = await drill.openEpoch();
    const forged = entries().map((entry) => ({
      ...entry,
      fact: { ...entry.fact, ...('epoch' in entry.fact && { keys: entry.fact.keys.toReversed() }) },
    }));
    const { shop } = drill.fixture;
    const urls = { shopUrl: shop.urlFor('owner'), vaultUrl: vault().urlFor('owner') };
    await expect(
      replayErasuresInto({ ...urls, isVaultRestored: true, kms: kms() }, forged as JournalEntry[]),
    ).rejects.toMatchObject({ code: 'ERASURE_JOURNAL_MISMATCHED' });
    expect(await drill.openEpoch()).toBe(epoch);
  });
});

/** Somebody overtakes the eraser once it has read whose key ends. */
class OvertakenLedger extends PgErasureLedger {
  #overtake: (() => Promise<void>) | undefined;

  constructor(
    database: ConstructorParameters<typeof PgErasureLedger>[0],
    overtake: () => Promise<void>,
  ) {
    super(database);
    this.#overtake = overtake;
  }

  override async doomed(rowsMax: number): Promise<DoomedKey[]> {
    const doomed = await super.doomed(rowsMax);
    await this.#overtake?.();
    this.#overtake = undefined;
    return doomed;
  }
}
