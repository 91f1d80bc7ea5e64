import { newCellId } from '@entrepot/kernel';
import type { CellId, ErasureRequestId, SubjectId } from '@entrepot/kernel';
import { statement } from '@entrepot/platform-database';
import { testDatabase, testKms } from '@entrepot/testing';
import type { TestDatabase, TestKms } from '@entrepot/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { evidenceClient } from '../src/adapters/evidence-client.ts';
import { PgRestoredCell } from '../src/adapters/pg-restored-cell.ts';
import { KeySearch } from '../src/application/key-search.ts';
import { ReplayErasures } from '../src/application/replay-erasures.ts';
import type { ErasureFact, JournalEntry } from '../src/domain/erasure-journal.ts';
import { arnName } from '../src/domain/key-names.ts';
import { epochReplaySteps, replaySteps } from '../src/domain/replay.ts';
import type { Fate, ReplayStep } from '../src/domain/replay.ts';
import { replayErasuresInto } from '../src/replay-erasures-into.ts';

const cell = 'in-1' as CellId;
let shop: TestDatabase<'shop'>;
let vault: TestDatabase<'vault'>;
let kms: TestKms;

beforeAll(async () => {
  [shop, vault, kms] = await Promise.all([
    testDatabase('shop', { cell }),
    testDatabase('vault', { cell }),
    testKms({ cell }),
  ]);
  await vault.open('worker').execute(chooseDriver);
});
afterAll(async () => {
  await shop.drop();
  await vault.drop();
});

const chooseDriver = statement(
  'spec.replay_choose_driver',
  `INSERT INTO vault.key_driver (driver) VALUES ('kms-per-user')`,
);
const insertKey = statement(
  'spec.replay_insert_key',
  `INSERT INTO vault.subject_key (subject_id, kms_key_arn, wrapped_key, state, activated_at)
   VALUES ($1, $2, 'wrapped', 'active', now())`,
);
const addSpare = statement(
  'spec.replay_add_spare',
  'INSERT INTO vault.key_reserve (kms_key_arn) VALUES ($1)',
);
const admit = statement('spec.replay_admit', 'SELECT privacy.admit_subject($1)');
const inVault = statement(
  'spec.replay_in_vault',
  `SELECT k.state, k.kms_key_arn AS "arn", k.wrapped_key AS "wrapped", f.reason,
     l.request_id AS "requestId", l.key_unusable_at AS "unusableAt", l.key_destroyed_at AS "destroyedAt"
   FROM (SELECT $1::text AS subject_id) s
   LEFT JOIN vault.subject_key k USING (subject_id) LEFT JOIN vault.fence f USING (subject_id)
   LEFT JOIN vault.erasure_ledger l USING (subject_id)`,
);
const inShop = statement(
  'spec.replay_in_shop',
  `SELECT s.status, r.request_id AS "purgeOf" FROM privacy.subject s
   LEFT JOIN privacy.restored_erasure r USING (subject_id) WHERE s.subject_id = $1`,
);

interface Person {
  readonly subject: SubjectId;
  readonly requestId: ErasureRequestId;
  readonly arn: string;
}

function somebody(): Person {
  const subject = newCellId('subject', cell);
  const arn = `arn:aws:kms:ap-south-1:000000000000:key/${subject}`;
  return { subject, arn, requestId: newCellId('erasureRequest', cell) };
}

/** As a backup from before the erasure has them: registered and at large. */
async function restored(): Promise<Person> {
  const person = somebody();
  await vault.open('superuser').execute(insertKey, [person.subject, person.arn]);
  await shop.open('api').query(admit, [person.subject]);
  return person;
}

const at = '2026-11-01T10:00:00.000Z';
const factOf = ({ subject, requestId, arn }: Person, kind: ErasureFact['kind']): ErasureFact => ({
  ...{ kind, subject, requestId, at, keys: [arnName(arn)] },
});
const entriesOf = (...facts: readonly ErasureFact[]): JournalEntry[] =>
  facts.map((fact, index) => ({
    ...{ cell, seq: index + 1, previous: '', fact, keyArn: '', signature: '' },
  }));
const untilDestroyed = (person: Person) =>
  (['fenced', 'key-unusable', 'key-destroyed'] as const).map((kind) => factOf(person, kind));

const replay = (entries: readonly JournalEntry[], isVaultRestored = true) =>
  replayErasuresInto(
    {
      ...{ shopUrl: shop.urlFor('owner'), vaultUrl: vault.urlFor('owner'), isVaultRestored },
      kms: evidenceClient(kms.accessFor('administrator')),
    },
    entries,
  );
const see = async ({ subject }: Person) => ({
  vault: (await vault.open('superuser').query<object>(inVault, [subject]))[0],
  shop: (await shop.open('superuser').query<object>(inShop, [subject]))[0],
});
const allSteps = [...epochReplaySteps, ...replaySteps];
const nothing = Object.fromEntries(allSteps.map((step) => [step, 0]));
const once = (...steps: readonly ReplayStep[]) => ({
  ...nothing,
  ...Object.fromEntries(steps.map((step) => [step, 1])),
});

describe('a replay into restored databases', () => {
  it('fences, wipes and orders a purge for whom they forgot, and a second one changes nothing', async () => {
    const person = await restored();
    const entries = entriesOf(...untilDestroyed(person));
    expect(await replay(entries)).toMatchObject({
      ...{ people: 1, forgotten: 1 },
      steps: once('fence-vault', 'fence-shop', 'wipe-key', 'enter-ledger', 'order-purge'),
    });
    const seen = await see(person);
    expect(seen).toEqual({
      vault: {
        ...{ state: 'destroyed', arn: null, wrapped: null, reason: 'restore' },
        ...{ requestId: person.requestId, unusableAt: new Date(at), destroyedAt: new Date(at) },
      },
      shop: { status: 'fenced', purgeOf: person.requestId },
    });
    expect(await replay(entries)).toMatchObject({ people: 1, forgotten: 0, steps: nothing });
    expect(await see(person)).toEqual(seen);
  });

  it('leaves the key of a pending deletion to the eraser, which still has to see its end', async () => {
    const person = await restored();
    await replay(entriesOf(factOf(person, 'fenced'), factOf(person, 'key-unusable')));
    expect((await see(person)).vault).toMatchObject({
      ...{ state: 'fenced', arn: person.arn, unusableAt: new Date(at), destroyedAt: null },
    });
    await replay(entriesOf(...untilDestroyed(person)));
    expect((await see(person)).vault).toMatchObject({ state: 'destroyed', arn: null });
  });

  it('shuts the door on somebody who registered after the backup and is not in it at all', async () => {
    const person = somebody();
    await replay(entriesOf(...untilDestroyed(person)));
    expect(await see(person)).toMatchObject({
      vault: { state: null, reason: 'restore', destroyedAt: new Date(at) },
      shop: { status: 'fenced', purgeOf: person.requestId },
    });
    await shop.open('api').query(admit, [person.subject]);
    expect((await see(person)).shop).toMatchObject({ status: 'fenced' });
  });

  it('touches nobody whom the journal does not name', async () => {
    const [erased, other] = [await restored(), await restored()];
    const before = await see(other);
    await replay(entriesOf(...untilDestroyed(erased)));
    expect(await see(other)).toEqual(before);
    expect(before.vault).toMatchObject({ state: 'active', arn: other.arn, reason: null });
  });

  it('drops the spare keys of a restored vault, which may be a person’s by now, and only of that', async () => {
    await vault.open('superuser').execute(addSpare, ['arn:spare']);
    expect(await replay(entriesOf(), false)).toMatchObject({ spareKeysDropped: 0 });
    expect(await replay(entriesOf())).toMatchObject({ spareKeysDropped: 1 });
    expect(await replay(entriesOf())).toMatchObject({ spareKeysDropped: 0 });
  });

  it('refuses a vault that has another key of the person than the journal names', async () => {
    const person = await restored();
    const wrong = untilDestroyed({ ...person, arn: 'arn:another' });
    await expect(replay(entriesOf(...wrong))).rejects.toMatchObject({ fault: 'mismatched' });
    expect((await see(person)).vault).toMatchObject({ state: 'fenced', arn: person.arn });
  });

  it('may be killed at any step, and the next one ends where it would have', async () => {
    for (let killedAt = 0; killedAt < 5; killedAt += 1) {
      const person = await restored();
      const entries = entriesOf(...untilDestroyed(person));
      const parts = { shop: shop.open('owner'), vault: vault.open('owner'), search: new NoKeys() };
      const killed = new ReplayErasures({
        cell: new KilledCell(parts, killedAt),
        keys: undefined,
      });
      await expect(killed.execute(entries)).rejects.toThrow('killed here');
      await replay(entries);
      expect(await see(person)).toMatchObject({
        vault: { state: 'destroyed', arn: null, destroyedAt: new Date(at) },
        shop: { status: 'fenced', purgeOf: person.requestId },
      });
    }
  });

  it('is the owner’s alone: no process may order a purge or close its own quarantine', async () => {
    const { subject, requestId } = somebody();
    for (const role of ['api', 'worker', 'border'] as const) {
      await expect(shop.open(role).execute(orderPurge, [subject, requestId])).rejects.toMatchObject(
        { code: '42501' },
      );
      await expect(shop.open(role).execute(closeQuarantine)).rejects.toMatchObject({
        code: '42501',
      });
    }
  });
});

const orderPurge = statement(
  'spec.replay_order_purge',
  'INSERT INTO privacy.restored_erasure (subject_id, request_id) VALUES ($1, $2)',
);
const closeQuarantine = statement(
  'spec.replay_close_quarantine',
  'UPDATE cell.quarantine SET closed_at = now()',
);

class NoKeys extends KeySearch {
  override arnOf(): Promise<undefined> {
    return Promise.resolve(undefined);
  }
}

class KilledCell extends PgRestoredCell {
  private taken = 0;
  private readonly killedAt: number;

  constructor(parts: ConstructorParameters<typeof PgRestoredCell>[0], killedAt: number) {
    super(parts);
    this.killedAt = killedAt;
  }

  override take(step: ReplayStep, fate: Fate): Promise<boolean> {
    if (this.taken === this.killedAt) return Promise.reject(new Error('killed here'));
    this.taken += 1;
    return super.take(step, fate);
  }
}
