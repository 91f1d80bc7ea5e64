import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import type { ErasureRequestId } from '@entrepot/kernel';
import type {
  ErasureCertificates,
  ErasureRequest,
  ErasureStep,
  ErasureStore,
  KeyTrial,
  KeyTrialOutcome,
  PersonalDataOwners,
} from '@entrepot/privacy';
import { describe, expect, it } from '@jest/globals';
import type { ErasureSettings } from '../src/application/erasure-settings.ts';
import { GatherEvidence } from '../src/application/gather-evidence.ts';
import { VerifyUnreadable } from '../src/application/steps/verify-unreadable.ts';
import { foreignKey, InMemoryEvidence, signedEvidence } from './in-memory-evidence.ts';
import { Power } from './in-memory-erasure.ts';

const unusableAt = new Date('2026-11-28T10:00:00Z');
const after = (minutes: number) => new Date(unusableAt.getTime() + minutes * 60_000);
const id = `ers_in-1_${'a'.repeat(26)}` as ErasureRequestId;
const request = { id, subject: 'sub', keyUnusableAt: unusableAt } as unknown as ErasureRequest;
const cellKey = foreignKey();
const publicKey = createPublicKey(cellKey).export({ type: 'spki', format: 'der' });

/** The step, what it writes down, and the evidence that others give. */
class Bench {
  readonly evidence = new InMemoryEvidence(new Power());
  readonly rows: ErasureStep[] = [];
  tries = 0;

  constructor(
    /** What the worker's login gets, try by try; the last one again and again. */
    private readonly outcomes: readonly KeyTrialOutcome[] = ['key-gone'],
    private readonly setting: ErasureSettings['evidence'] = 'noted',
  ) {}

  perform(minutes: number) {
    const keys = {
      attempt: async () => this.outcomes[Math.min(this.tries++, this.outcomes.length - 1)],
    } as unknown as KeyTrial;
    const owners = { all: () => [] } as unknown as PersonalDataOwners;
    const requests = {
      recordMeasures: async (_: string, rows: readonly ErasureStep[]) =>
        void this.rows.push(...rows),
      eventsOf: async () => [{ at: unusableAt }],
    } as unknown as ErasureStore;
    const certificates = {
      signingKey: async () => ({ keyArn: 'arn', publicKey }),
    } as unknown as ErasureCertificates;
    const gather = new GatherEvidence(this.evidence, certificates, requests);
    const settings = { evidence: this.setting } as ErasureSettings;
    const step = new VerifyUnreadable(...([keys, owners, gather, requests, settings] as const));
    return step.perform(request, after(minutes));
  }

  give(part: 'store-scan' | 'restore-drill', found = 0, key = cellKey) {
    return this.evidence.giveSigned(signedEvidence({ requestId: id, part, found }, key));
  }
}

describe('a key that ended and still opens', () => {
  it('T13 is waited for, since a KMS may show a changed state late', async () => {
    const bench = new Bench(['key-gone', 'opened', 'key-gone']);
    expect(await bench.perform(1)).toBeUndefined();
    expect(await bench.perform(2)).toMatchObject({ event: { action: 'verify-unreadable' } });
  });

  it('T13 fails the request when it opens for longer than any KMS takes', async () => {
    const bench = new Bench(['opened']);
    expect(await bench.perform(15)).toBeUndefined();
    await expect(bench.perform(16)).rejects.toMatchObject({ code: 'ERASURE_STILL_READABLE' });
  });
});

describe('the login of every kind of process', () => {
  it('has to have tried: one that is silent is waited for, and then fails the request', async () => {
    const bench = new Bench();
    bench.evidence.silent = ['api'];
    expect(await bench.perform(15)).toBeUndefined();
    await expect(bench.perform(16)).rejects.toMatchObject({
      ...{ code: 'ERASURE_LOGIN_SILENT', store: 'login:api' },
    });
    bench.evidence.silent = [];
    expect(await bench.perform(17)).toBeDefined();
    expect(bench.rows.map(({ store }) => store).filter((of) => of.startsWith('login:'))).toEqual([
      ...['login:api', 'login:eraser', 'login:worker'],
    ]);
  });

  it('is tried five times in a row, and once it was refused no more', async () => {
    const bench = new Bench();
    bench.evidence.silent = ['eraser'];
    await bench.perform(1);
    await bench.perform(2);
    expect(bench.tries).toBe(5);
  });

  it('proves nothing where a login that opens keys is refused altogether', async () => {
    const bench = new Bench(['login-refused']);
    expect(await bench.perform(1)).toBeUndefined();
    await expect(bench.perform(16)).rejects.toMatchObject({
      ...{ code: 'ERASURE_LOGIN_SILENT', store: 'login:worker' },
    });
  });
});

describe('the record of what was tried', () => {
  const partsOf = (rows: readonly ErasureStep[]) =>
    rows
      .filter(({ store }) => !store.startsWith('login:'))
      .map(({ store, leftReason, evidenceDigest }) =>
        [store, leftReason, evidenceDigest && 'signed'].filter(Boolean).join(' '),
      );
  type Part = 'store-scan' | 'restore-drill';

  it.each<[Part[], string | undefined, string[]]>([
    [[], 'NO_SCAN_NO_RESTORE_DRILL', ['canary-scan NOT_RUN', 'restore-drill NOT_RUN']],
    [['store-scan'], 'NO_RESTORE_DRILL', ['canary-scan signed', 'restore-drill NOT_RUN']],
    [['restore-drill'], 'NO_SCAN', ['canary-scan NOT_RUN', 'restore-drill signed']],
    [['store-scan', 'restore-drill'], undefined, ['canary-scan signed', 'restore-drill signed']],
  ])('names each part of it, and what did not run: %j', async (parts, detail, recorded) => {
    const bench = new Bench();
    for (const part of parts) await bench.give(part);
    const outcome = await bench.perform(1);
    expect(outcome?.detail).toBe(detail);
    expect(partsOf(bench.rows)).toEqual([...recorded, 'reads']);
  });

  it.each<[Part, string]>([
    ['store-scan', 'canary-scan'],
    ['restore-drill', 'restore-drill'],
  ])('fails the request by the part that found something: %s', async (part, store) => {
    const bench = new Bench();
    await bench.give('store-scan');
    await bench.give('restore-drill');
    await bench.give(part, 2);
    await expect(bench.perform(1)).rejects.toMatchObject({
      ...{ code: 'ERASURE_STILL_READABLE', store },
    });
  });

  it('believes nothing that the cell has not signed, nor what was signed of another request', async () => {
    const [bench, other] = [new Bench(), new Bench()];
    await bench.give(
      'store-scan',
      0,
      generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
    );
    const expected = { code: 'ERASURE_EVIDENCE_BAD', store: 'canary-scan' };
    await expect(bench.perform(1)).rejects.toMatchObject(expected);
    const requestId = `ers_in-1_${'b'.repeat(26)}` as ErasureRequestId;
    const signed = signedEvidence({ requestId, part: 'store-scan' }, cellKey);
    await other.evidence.giveSigned({ ...signed, requestId: id });
    await expect(other.perform(1)).rejects.toMatchObject(expected);
  });

  it('is waited for where the cell requires it, without another try', async () => {
    const bench = new Bench(['key-gone'], 'required');
    expect(await bench.perform(1)).toBeUndefined();
    await bench.give('store-scan');
    expect(await bench.perform(60)).toBeUndefined();
    expect(bench.rows).toEqual([]);
    await bench.give('restore-drill');
    expect(await bench.perform(120)).toMatchObject({ event: { action: 'verify-unreadable' } });
    expect(bench.tries).toBe(5);
  });
});
