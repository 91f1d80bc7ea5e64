import { newCellId } from '@entrepot/kernel';
import type { SubjectId } from '@entrepot/kernel';
import { SubjectVault } from '@entrepot/platform-crypto';
import type { Login } from '@entrepot/platform-crypto';
import { GenerateMacCommand, KMSClient } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { KeyEpochs } from '../src/application/key-epochs.ts';
import { LoginIndex } from '../src/application/login-index.ts';
import { NewSubjects } from '../src/application/new-subjects.ts';
import { cell, EpochDrill, newLogin } from './epoch-drill.ts';

// with the driver under which nothing but logins lies under an epoch
let drill: EpochDrill;

beforeAll(async () => {
  drill = await EpochDrill.start('kms-per-user');
});
afterAll(() => drill.fixture.end());

interface Step {
  readonly login: Login;
  readonly by: 'api' | 'other';
  readonly kind: 'register' | 'find';
}

/** What everybody has seen of whose a login is; a second owner of one login is found at once. */
class Owners {
  readonly #of = new Map<string, SubjectId>();

  async perform({ login, by, kind }: Step): Promise<void> {
    const vault = drill[by].get(SubjectVault);
    const known = this.#of.get(login.email);
    const entry = kind === 'register' ? await vault.reserve(login) : await vault.find(login);
    if (known !== undefined) expect(entry?.subject).toBe(known);
    if (entry === undefined) return;
    const owner = this.#of.get(login.email) ?? entry.subject;
    this.#of.set(login.email, owner);
    expect(entry.subject).toBe(owner);
  }

  async performAll(steps: readonly Step[]): Promise<void> {
    for (const step of steps) await this.perform(step);
  }

  get all(): readonly (readonly [string, SubjectId])[] {
    return [...this.#of];
  }
}

describe('logins while an epoch changes', () => {
  it('are found and stay unique at every moment', async () => {
    const seed = Date.now() & 0x7fffffff;
    // printed, so that a failure can be repeated
    process.stdout.write(`login-index: seed ${seed}\n`);
    const owners = new Owners();
    // each run has logins of its own, so that registrations meet one another under both epochs
    const step = fc.record({
      login: fc.nat({ max: 11 }),
      by: fc.constantFrom<Step['by']>('api', 'other'),
      kind: fc.constantFrom<Step['kind']>('register', 'find'),
    });
    const change = async () => {
      await drill.openNext();
      await drill.move();
      await drill.retire();
    };
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(step, { minLength: 20, maxLength: 40 }), { minLength: 4, maxLength: 4 }),
        async (lanes) => {
          const logins = Array.from({ length: 12 }, newLogin);
          const perform = (lane: (typeof lanes)[number]) =>
            owners.performAll(
              lane.map((each) => ({ ...each, login: logins[each.login] as Login })),
            );
          await Promise.all([...lanes.map(perform), change()]);
          await drill.move();
          await drill.retire();
        },
      ),
      { seed, numRuns: 5, endOnFailure: true },
    );
    const [counted] = await drill.query<{ logins: number; subjects: number }>(
      'spec.counted',
      `SELECT count(*)::int AS "logins", count(DISTINCT subject_id)::int AS "subjects"
       FROM vault.login_index`,
    );
    expect(counted).toEqual({ logins: owners.all.length, subjects: owners.all.length });
    expect(owners.all.length).toBeGreaterThan(0);
    for (const [email, subject] of owners.all) {
      const login = { audience: 'shopper' as const, email };
      expect(await drill.other.get(SubjectVault).find(login)).toMatchObject({ subject });
    }
  });

  it('are searched for again where another epoch was opened after the search', async () => {
    const login = newLogin();
    const searched = await drill.api.get(LoginIndex).search(login);
    expect(searched.entry).toBeUndefined();
    const subject = await drill.register(login, drill.other);
    await drill.openNext();
    await drill.move();
    // whether or not this process has heard of the new epoch
    for (const refresh of [() => undefined, () => drill.api.get(KeyEpochs).forget()]) {
      refresh();
      const another = newCellId('subject', cell);
      const outcome = drill.api.get(NewSubjects).assignWithLogin(another, searched);
      expect(['epoch-closed', 'login-taken']).toContain(await outcome);
    }
    expect(await drill.api.get(SubjectVault).reserve(login)).toMatchObject({ subject });
    await drill.endClosedEpoch();
  });

  it('are gone from every epoch when the person is erased, and then free for another', async () => {
    const login = newLogin();
    const subject = await drill.register(login);
    const first = await drill.openEpoch();
    await drill.openNext();
    await drill.move();
    await drill.erase(subject);
    expect(await drill.api.get(SubjectVault).find(login)).toBeUndefined();
    expect(await drill.ledgerEntry(subject)).toMatchObject({ first, last: first + 1 });
    expect(await drill.register(login)).not.toBe(subject);
    await drill.endClosedEpoch();
    // the person's own KMS key is gone by now, the epoch of the last digest is not
    expect(await drill.ledgerEntry(subject)).toMatchObject({ isDestroyed: false });
    await drill.openNext();
    await drill.endClosedEpoch();
    expect(await drill.ledgerEntry(subject)).toMatchObject({ isDestroyed: true });
  });
});

describe('the index key of an epoch', () => {
  it('T25 is gone with it: nobody can try a list of addresses against old digests', async () => {
    await drill.register();
    const [stolen] = await drill.query<{ indexKeyArn: string }>(
      'spec.index_key',
      `SELECT index_key_arn AS "indexKeyArn" FROM vault.key_epoch
       WHERE closed_at IS NULL AND opened_at IS NOT NULL`,
    );
    const { kms } = drill.fixture;
    const client = new KMSClient({
      endpoint: kms.endpoint,
      region: kms.awsRegion,
      credentials: kms.credentialsFor('administrator'),
    });
    const ask = () =>
      client.send(
        new GenerateMacCommand({
          KeyId: stolen?.indexKeyArn,
          Message: Buffer.from('login-index'),
          MacAlgorithm: 'HMAC_SHA_256',
        }),
      );
    expect((await ask()).Mac).toHaveLength(32);
    await drill.openNext();
    await drill.endClosedEpoch();
    await expect(ask()).rejects.toMatchObject({ name: 'NotFoundException' });
    client.destroy();
  });
});
