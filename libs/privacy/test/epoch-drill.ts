import type { CellId, SubjectId } from '@entrepot/kernel';
import { newCellId } from '@entrepot/kernel';
import type { ErasureRequestId } from '@entrepot/kernel';
import { FieldCipher, SubjectKeyCache, SubjectKeys, SubjectVault } from '@entrepot/platform-crypto';
import type { Ciphertext, Login } from '@entrepot/platform-crypto';
import { statement } from '@entrepot/platform-database';
import type { TestKmsOptions } from '@entrepot/testing';
import { expect } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { PgErasureLedger } from '../src/adapters/pg-erasure-ledger.ts';
import { EpochStore } from '../src/application/epoch-store.ts';
import { MoveToOpenEpoch } from '../src/application/move-to-open-epoch.ts';
import { OpenKeyEpoch } from '../src/application/open-key-epoch.ts';
import { ShardKeys } from '../src/application/shard-keys.ts';
import type { SubjectKeyDriverName } from '../src/application/subject-key-driver.ts';
import type { ErasureRequest } from '../src/domain/erasure-request.ts';
import { epochDays, PrivacyFixture } from './privacy-fixture.ts';

export const cell = 'in-1' as CellId;
const placeOf = (subject: SubjectId) => ({ table: 'identity.account', rowId: 'acc_1', subject });
let number = 0;

export const newLogin = (): Login => ({
  audience: 'shopper',
  email: `p${++number}@epochs.example`,
});

/** A cell whose epochs go by as a spec says, with a worker that does nothing by itself. */
export class EpochDrill {
  private constructor(
    readonly fixture: PrivacyFixture,
    readonly worker: TestingModule,
    readonly api: TestingModule,
    readonly other: TestingModule,
  ) {}

  static async start(driver: SubjectKeyDriverName, kms?: TestKmsOptions): Promise<EpochDrill> {
    const fixture = await PrivacyFixture.start(driver, kms);
    return EpochDrill.#in(fixture);
  }

  /** The same cell with processes that have just started. */
  restarted(): Promise<EpochDrill> {
    return EpochDrill.#in(this.fixture);
  }

  static async #in(fixture: PrivacyFixture): Promise<EpochDrill> {
    const worker = await fixture.startIdleWorker();
    const [api, other] = [await fixture.startProcess('api'), await fixture.startProcess('api')];
    return new EpochDrill(fixture, worker, api, other);
  }

  async register(login = newLogin(), by = this.api): Promise<SubjectId> {
    const { subject } = await by.get(SubjectVault).reserve(login);
    await by.get(SubjectKeys).use(subject, () => true);
    await by.get(SubjectVault).activate(subject);
    return subject;
  }

  seal(subject: SubjectId, name: string, by = this.api) {
    return by.get(FieldCipher).encrypt(placeOf(subject), { name });
  }

  open(subject: SubjectId, sealed: { name: Ciphertext }, by = this.api) {
    return by.get(FieldCipher).decrypt(placeOf(subject), sealed);
  }

  /** As if the minute were over for which keys stay in memory. */
  forgetKeys(process = this.api): void {
    process.get(SubjectKeyCache).clear();
    process.get(ShardKeys).clear();
  }

  async openEpoch(): Promise<number> {
    return (await this.worker.get(EpochStore).live()).at(-1)?.epoch ?? 0;
  }

  /** Lets the worker look at the age of the epoch some days from now. */
  later(days: number): Promise<number | undefined> {
    return this.fixture.daysLater(days, () => this.worker.get(OpenKeyEpoch).execute());
  }

  async openNext(): Promise<number> {
    const opened = await this.later(epochDays);
    if (opened === undefined) throw new Error('no epoch was opened');
    return opened;
  }

  move() {
    return this.worker.get(MoveToOpenEpoch).execute();
  }

  retire() {
    return this.fixture.eraser.retireEpochs.execute();
  }

  /** Everybody alive moves, and the epoch that was closed comes to its end. */
  async endClosedEpoch(): Promise<void> {
    await this.move();
    expect(await this.retire()).toEqual({ scheduled: 1, destroyed: 0 });
    await this.fixture.passKmsWindow();
    expect((await this.retire()).destroyed).toBeGreaterThan(0);
    await this.fixture.eraser.destroyKeys.execute();
  }

  async fence(subject: SubjectId): Promise<void> {
    await this.query('spec.fence', "SELECT vault.fence_subject($1, 'erasure') AS seq", [subject]);
  }

  /** Everything up to the deletion of the live key, as the eraser does it. */
  async erase(subject: SubjectId): Promise<void> {
    await this.fence(subject);
    const request = { subject, id: newCellId('erasureRequest', cell) as ErasureRequestId };
    const ledger = new PgErasureLedger(this.fixture.vault.open('eraser'));
    expect(await ledger.enter(request as ErasureRequest)).toBe(true);
    await this.fixture.eraser.destroyKeys.execute();
  }

  async ledgerEntry(subject: SubjectId): Promise<Record<string, unknown> | undefined> {
    const [entry] = await this.query<Record<string, unknown>>(
      'spec.ledger_entry',
      `SELECT first_epoch AS "first", last_epoch AS "last", key_unusable_at IS NOT NULL AS "isUnusable",
         key_destroyed_at IS NOT NULL AS "isDestroyed" FROM vault.erasure_ledger WHERE subject_id = $1`,
      [subject],
    );
    return entry;
  }

  /** How many rows lie under an epoch. */
  async rowsUnder(epoch: number): Promise<{ keys: number; logins: number }> {
    const [rows] = await this.query<{ keys: number; logins: number }>(
      'spec.rows_under',
      `SELECT (SELECT count(*)::int FROM vault.subject_kek WHERE epoch = $1) AS "keys",
         (SELECT count(*)::int FROM vault.login_index WHERE epoch = $1) AS "logins"`,
      [epoch],
    );
    return rows ?? { keys: 0, logins: 0 };
  }

  async epochRow(epoch: number): Promise<Record<string, unknown>> {
    const text = 'SELECT * FROM vault.key_epoch WHERE epoch = $1';
    const [row] = await this.query<Record<string, unknown>>('spec.epoch_row', text, [epoch]);
    return row ?? {};
  }

  /** Asks the vault as its superuser. */
  query<Row>(name: string, text: string, values: readonly unknown[] = []): Promise<Row[]> {
    return this.fixture.vault.open('superuser').query<Row>(statement(name, text), values);
  }
}
