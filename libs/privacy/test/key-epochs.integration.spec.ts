import { Log } from '@entrepot/platform-telemetry';
import { SubjectVault } from '@entrepot/platform-crypto';
import { statement, VaultDatabase } from '@entrepot/platform-database';
import type { SubjectId } from '@entrepot/kernel';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PgEpochStore } from '../src/adapters/pg-epoch-store.ts';
import { EpochStore } from '../src/application/epoch-store.ts';
import { KeyEpochs } from '../src/application/key-epochs.ts';
import { LoginIndex } from '../src/application/login-index.ts';
import { MoveToOpenEpoch } from '../src/application/move-to-open-epoch.ts';
import { OpenKeyEpoch } from '../src/application/open-key-epoch.ts';
import { ShardKeys } from '../src/application/shard-keys.ts';
import { SubjectKeySettings } from '../src/application/subject-key-settings.ts';
import { cell, EpochDrill, newLogin } from './epoch-drill.ts';
import { epochDays } from './privacy-fixture.ts';
import { withoutTriggers } from './vault-copy.ts';

let drill: EpochDrill;

beforeAll(async () => {
  drill = await EpochDrill.start('kms-epoch');
});
afterAll(() => drill.fixture.end());

describe('an epoch', () => {
  it('is followed by the next one at its age, and not before', async () => {
    const before = await drill.openEpoch();
    expect(await drill.later(epochDays - 1)).toBeUndefined();
    expect(await drill.openNext()).toBe(before + 1);
    await drill.endClosedEpoch();
  });

  it('is followed at once when an operator says so', async () => {
    const before = await drill.openEpoch();
    await drill.query('spec.due', 'UPDATE vault.key_epoch SET due_at = now() WHERE epoch = $1', [
      before,
    ]);
    expect(await drill.worker.get(OpenKeyEpoch).execute()).toBe(before + 1);
    await drill.endClosedEpoch();
  });

  it('ends when all have moved: everybody reads on, and its keys leave digests only', async () => {
    const [subject, login] = [await drill.register(), newLogin()];
    const known = await drill.register(login);
    const sealed = await drill.seal(subject, 'Asha');
    const old = await drill.openEpoch();
    await drill.openNext();
    expect(await drill.open(subject, sealed)).toEqual({ name: 'Asha' });
    const { keys, logins } = await drill.rowsUnder(old);
    expect(await drill.move()).toEqual({ keys, logins });
    expect(await drill.rowsUnder(old)).toEqual({ keys: 0, logins: 0 });
    expect(await drill.epochRow(old)).toMatchObject({
      moves_total: keys + logins,
      moves_done: keys + logins,
    });
    await drill.endClosedEpoch();
    drill.forgetKeys();
    expect(await drill.open(subject, sealed)).toEqual({ name: 'Asha' });
    expect(await drill.api.get(SubjectVault).find(login)).toEqual({
      subject: known,
      state: 'active',
    });
    expect(await drill.epochRow(old)).toMatchObject({
      root_key_arn: null,
      index_key_arn: null,
      root_key_digest: expect.any(Buffer),
      index_key_digest: expect.any(Buffer),
    });
    expect(await drill.worker.get(EpochStore).shardsOf(old)).toEqual([]);
  });

  it('is not ended while a row lies under it, nor is another opened', async () => {
    await drill.register();
    const old = await drill.openEpoch();
    const next = await drill.openNext();
    expect(await drill.retire()).toEqual({ scheduled: 0, destroyed: 0 });
    expect(await drill.later(epochDays)).toBeUndefined();
    expect((await drill.worker.get(EpochStore).live()).map(({ epoch }) => epoch)).toEqual([
      old,
      next,
    ]);
    await drill.endClosedEpoch();
  });

  it('takes no new row once it is closed, whatever a process believes', async () => {
    drill.api.get(KeyEpochs).forget();
    const { epoch: old } = await drill.api.get(KeyEpochs).open();
    await drill.openNext();
    await drill.move();
    // this process still believes in the old epoch; the vault refuses, and it looks again
    const subject = await drill.register();
    expect(await drill.rowsUnder(old)).toEqual({ keys: 0, logins: 0 });
    const [row] = await drill.query<{ epoch: number }>(
      'spec.epoch_of',
      'SELECT epoch FROM vault.subject_kek WHERE subject_id = $1',
      [subject],
    );
    expect(row?.epoch).toBe(old + 1);
    await drill.endClosedEpoch();
  });

  it('cannot be brought back or skipped by any statement of a worker', async () => {
    const database = drill.worker.get(VaultDatabase);
    for (const [name, text] of [
      ['spec.reopen', 'UPDATE vault.key_epoch SET closed_at = NULL'],
      ['spec.retire', 'SELECT vault.retire_epoch(1)'],
      ['spec.forget_epoch', 'DELETE FROM vault.key_epoch'],
      ['spec.drop_kek', 'DELETE FROM vault.subject_kek'],
    ] as const) {
      await expect(database.query(statement(name, text))).rejects.toThrow('permission denied');
    }
    const owner = drill.fixture.vault.open('superuser');
    const reopen = statement('spec.reopen', 'UPDATE vault.key_epoch SET closed_at = NULL');
    await expect(owner.execute(reopen)).rejects.toThrow('stays so');
  });
});

/** A store whose process dies at one of its writes: before it, or after it was committed. */
class MortalEpochStore extends PgEpochStore {
  diesAfter = false;
  #writesLeft = 0;
  #isDead = false;

  liveFor(writes: number): void {
    this.#writesLeft = writes;
    this.#isDead = false;
  }

  override moveKeks(...move: Parameters<EpochStore['moveKeks']>): Promise<number> {
    return this.#mortal(() => super.moveKeks(...move));
  }

  override moveLogins(...move: Parameters<EpochStore['moveLogins']>): Promise<number> {
    return this.#mortal(() => super.moveLogins(...move));
  }

  override noteTotal(...total: Parameters<EpochStore['noteTotal']>): Promise<void> {
    return this.#mortal(() => super.noteTotal(...total));
  }

  async #mortal<T>(write: () => Promise<T>): Promise<T> {
    if (this.#isDead) throw new Error('killed long ago');
    this.#isDead = this.#writesLeft === 0;
    this.#writesLeft -= 1;
    if (this.#isDead && !this.diesAfter) throw new Error('killed before the write');
    const written = await write();
    if (this.#isDead) throw new Error('killed after the write');
    return written;
  }
}

describe('the move to the open epoch', () => {
  const moverOver = (store: EpochStore) =>
    new MoveToOpenEpoch(
      store,
      drill.worker.get(ShardKeys),
      drill.worker.get(LoginIndex),
      drill.worker.get(SubjectKeySettings),
      new Log({ level: 'error', bound: { cell } }),
    );

  it.each([
    ['before', false],
    ['after', true],
  ])('goes on when the process is killed %s each of its writes', async (_, diesAfter) => {
    const people = [];
    for (let at = 0; at < 6; at += 1) {
      const login = newLogin();
      const subject = await drill.register(login);
      people.push({ subject, login, sealed: await drill.seal(subject, `name ${at}`) });
    }
    const old = await drill.openEpoch();
    await drill.openNext();
    const store = new MortalEpochStore(drill.worker.get(VaultDatabase));
    store.diesAfter = diesAfter;
    let deaths = 0;
    for (let isDone = false; !isDone;) {
      store.liveFor(diesAfter ? 0 : deaths % 2);
      try {
        await moverOver(store).execute();
        isDone = true;
      } catch (error) {
        expect(String(error)).toContain('killed');
        deaths += 1;
      }
      expect(deaths).toBeLessThan(500);
    }
    expect(deaths).toBeGreaterThan(3);
    expect(await drill.rowsUnder(old)).toEqual({ keys: 0, logins: 0 });
    const { moves_done: done, moves_total: total } = await drill.epochRow(old);
    expect(done).toBe(total);
    await drill.endClosedEpoch();
    drill.forgetKeys(drill.other);
    for (const [at, { subject, login, sealed }] of people.entries()) {
      expect(await drill.open(subject, sealed, drill.other)).toEqual({ name: `name ${at}` });
      expect(await drill.other.get(SubjectVault).find(login)).toMatchObject({ subject });
    }
  });

  it('moves each row once when two workers are at it', async () => {
    for (let at = 0; at < 8; at += 1) await drill.register();
    const old = await drill.openEpoch();
    await drill.openNext();
    const { keys, logins } = await drill.rowsUnder(old);
    const [one, two] = await Promise.all([
      drill.move(),
      moverOver(drill.worker.get(EpochStore)).execute(),
    ]);
    expect(one.keys + two.keys).toBe(keys);
    expect(one.logins + two.logins).toBe(logins);
    await drill.endClosedEpoch();
  });

  it('waits for no fenced person, and leaves a damaged key where it can be looked at', async () => {
    const [fenced, damaged, well] = [
      await drill.register(),
      await drill.register(),
      await drill.register(),
    ];
    const old = await drill.openEpoch();
    await drill.fence(fenced);
    await drill.fixture.vault.open('superuser').unitOfWork(async (tx) => {
      await tx.execute(withoutTriggers);
      const damage = statement(
        'spec.damage',
        `UPDATE vault.subject_kek SET wrapped_kek = set_byte(wrapped_kek, 40, get_byte(wrapped_kek, 40) # 1)
         WHERE subject_id = $1`,
      );
      await tx.execute(damage, [damaged]);
    });
    const next = await drill.openNext();
    await drill.move();
    const where = await drill.query<{ subject: SubjectId; epoch: number }>(
      'spec.where',
      'SELECT subject_id AS "subject", epoch FROM vault.subject_kek WHERE subject_id = ANY ($1)',
      [[fenced, damaged, well]],
    );
    expect(new Map(where.map(({ subject, epoch }) => [subject, epoch]))).toEqual(
      new Map([
        [fenced, next],
        [damaged, old],
        [well, next],
      ]),
    );
    expect(await drill.retire()).toEqual({ scheduled: 0, destroyed: 0 });
    for (const subject of [fenced, damaged]) await drill.erase(subject);
    await drill.endClosedEpoch();
  });
});

describe('an erasure', () => {
  it('counts as done when every epoch since the person came is destroyed', async () => {
    const login = newLogin();
    const subject = await drill.register(login);
    const first = await drill.openEpoch();
    await drill.openNext();
    await drill.move();
    const second = await drill.openEpoch();
    await drill.erase(subject);
    expect(await drill.api.get(SubjectVault).find(login)).toBeUndefined();
    expect(await drill.ledgerEntry(subject)).toEqual({
      ...{ first, last: second },
      ...{ isUnusable: true, isDestroyed: false },
    });
    await drill.endClosedEpoch();
    await drill.fixture.eraser.destroyKeys.execute();
    // the first epoch is gone, but a backup of today lies under the second
    expect(await drill.ledgerEntry(subject)).toMatchObject({ isDestroyed: false });
    await drill.openNext();
    await drill.endClosedEpoch();
    await drill.fixture.eraser.destroyKeys.execute();
    expect(await drill.ledgerEntry(subject)).toMatchObject({ isDestroyed: true });
  });
});
