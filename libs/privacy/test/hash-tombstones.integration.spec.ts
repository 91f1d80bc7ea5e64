import { newCellId } from '@entrepot/kernel';
import type { SubjectId } from '@entrepot/kernel';
import { SubjectKeys, Tombstone } from '@entrepot/platform-crypto';
import { statement } from '@entrepot/platform-database';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ErasedReferences } from '../src/application/erased-references.ts';
import { HashTombstones } from '../src/application/hash-tombstones.ts';
import { cell, EpochDrill } from './epoch-drill.ts';

const ageInVault = statement(
  'spec.age_ledger',
  `UPDATE vault.erasure_ledger SET key_destroyed_at = now() - make_interval(days => $2)
   WHERE subject_id = $1`,
);
const fenceInShop = statement('spec.fence_in_shop', 'SELECT privacy.fence_subject($1)');
const ageInShop = statement(
  'spec.age_tombstone',
  `UPDATE privacy.subject SET status = 'erased', erased_at = now() - make_interval(days => $2)
   WHERE subject_id = $1`,
);
const namedInVault = statement(
  'spec.named_in_vault',
  `SELECT (SELECT count(*)::int FROM vault.fence WHERE subject_id = $1) AS "fences",
     (SELECT count(*)::int FROM vault.erasure_ledger WHERE subject_id = $1) AS "entries",
     (SELECT count(*)::int FROM vault.subject_key WHERE subject_id = $1 AND state = 'destroyed')
       AS "keys"`,
);
const namedInShop = statement(
  'spec.named_in_shop',
  `SELECT count(*)::int AS "subjects" FROM privacy.subject
   WHERE subject_id = $1 AND status = 'erased'`,
);
const renameFence = statement(
  'spec.rename_fence',
  'UPDATE vault.fence SET subject_id = $2, is_hashed = true WHERE subject_id = $1',
);
const fenceAgain = statement('spec.fence_again', `SELECT vault.fence_subject($1, 'restore')`);
const enterAgain = statement(
  'spec.enter_again',
  `INSERT INTO vault.erasure_ledger (subject_id, request_id, fenced_at, key_destroyed_at)
   VALUES ($1, $2, now(), now() - interval '40 days')`,
);

const renameInShop = statement(
  'spec.rename_in_shop',
  'SELECT privacy.hash_tombstone($1, $2, $3) AS "isDone"',
);

describe('what keeps somebody erased', () => {
  let drill: EpochDrill;
  beforeAll(async () => {
    drill = await EpochDrill.start('kms-per-user');
  }, 120_000);
  afterAll(() => drill.fixture.end());

  const vault = () => drill.fixture.vault.open('superuser');
  const shop = () => drill.fixture.shop.open('superuser');
  const named = async (subject: SubjectId) => {
    const [inVault] = await vault().query<Record<string, number>>(namedInVault, [subject]);
    const [inShop] = await shop().query<Record<string, number>>(namedInShop, [subject]);
    return { ...inVault, ...inShop };
  };
  const everywhere = { fences: 1, entries: 1, keys: 1, subjects: 1 };
  const nowhere = { fences: 0, entries: 0, keys: 0, subjects: 0 };

  async function erasedBefore(days: number): Promise<SubjectId> {
    const subject = newCellId('subject', cell);
    await drill.api.get(SubjectKeys).create(subject);
    await drill.erase(subject);
    await drill.fixture.passKmsWindow();
    await drill.fixture.eraser.destroyKeys.execute();
    await vault().execute(ageInVault, [subject, days]);
    await shop().query(fenceInShop, [subject]);
    await shop().execute(ageInShop, [subject, days]);
    expect(await named(subject)).toEqual(everywhere);
    return subject;
  }
  const sweep = (isDryRun = false) =>
    drill.worker.get(HashTombstones, { strict: false }).execute(new Date(), { isDryRun });
  const hashOf = async (subject: SubjectId): Promise<SubjectId> => {
    const reference = await drill.api.get(ErasedReferences, { strict: false }).of(subject);
    if (reference === undefined) throw new Error('the vault has no key for references');
    return reference;
  };

  it('names them by a keyed hash once the longest backup is gone, and not a day before', async () => {
    const [gone, recent] = [await erasedBefore(36), await erasedBefore(34)];
    expect(await sweep(true)).toEqual({ due: 1, hashed: 0 });
    expect(await named(gone)).toEqual(everywhere);
    expect(await sweep()).toEqual({ due: 1, hashed: 1 });
    expect(await sweep()).toEqual({ due: 0, hashed: 0 });
    expect(await named(gone)).toEqual(nowhere);
    expect(await named(await hashOf(gone))).toEqual(everywhere);
    expect(await named(recent)).toEqual(everywhere);
  });

  it('answers whoever comes with the old reference that it is erased, and gives it no new key', async () => {
    const gone = await erasedBefore(36);
    await sweep();
    drill.forgetKeys();
    const answer = await drill.api.get(SubjectKeys).use(gone, () => 'opened');
    // a process that heard of the fence while the reference still had one remembers that
    expect([new Tombstone('destroyed'), new Tombstone('fenced')]).toContainEqual(answer);
    await expect(drill.api.get(SubjectKeys).create(gone)).rejects.toMatchObject({
      code: 'SUBJECT_ERASED',
    });
    const unknown = newCellId('subject', cell);
    expect(await drill.api.get(SubjectKeys).use(unknown, () => 'opened')).toEqual(
      new Tombstone('absent'),
    );
  });

  it('is refused by the database another name for as long as a backup may be kept', async () => {
    const recent = await erasedBefore(34);
    const renamed = vault().execute(renameFence, [recent, newCellId('subject', cell)]);
    await expect(renamed).rejects.toThrow('rows of vault.fence are for ever');
    const gone = await erasedBefore(36);
    await sweep();
    const again = vault().execute(renameFence, [await hashOf(gone), gone]);
    await expect(again).rejects.toThrow('rows of vault.fence are for ever');
  });

  it('loses the reference again that a restore has written back beside its hash', async () => {
    const gone = await erasedBefore(36);
    await sweep();
    await vault().query(fenceAgain, [gone]);
    await vault().execute(enterAgain, [gone, newCellId('erasureRequest', cell)]);
    expect(await sweep()).toEqual({ due: 1, hashed: 1 });
    expect(await named(gone)).toEqual(nowhere);
    expect(await named(await hashOf(gone))).toEqual(everywhere);
  });

  it('loses it in both where one database came back from before the hash and one from after it', async () => {
    const gone = await erasedBefore(36);
    const hash = await hashOf(gone);
    const inShop = [gone, hash, newCellId('subject', cell)];
    expect(await shop().query(renameInShop, inShop)).toEqual([{ isDone: true }]);
    // as the journal is replayed into a shop that does not know the reference, and then purged
    await shop().query(fenceInShop, [gone]);
    await shop().execute(ageInShop, [gone, 36]);
    const other = await erasedBefore(36);
    expect(await sweep()).toEqual({ due: 2, hashed: 2 });
    expect(await named(gone)).toEqual(nowhere);
    expect(await named(hash)).toEqual(everywhere);
    expect(await named(other)).toEqual(nowhere);
  });
});
