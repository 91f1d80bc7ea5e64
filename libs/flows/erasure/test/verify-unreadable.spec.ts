import type {
  ErasureRequest,
  ErasureStep,
  ErasureStore,
  KeyTrial,
  PersonalDataOwners,
} from '@entrepot/privacy';
import { describe, expect, it } from '@jest/globals';
import type { CanaryScan, RestoreDrill } from '../src/application/evidence-hooks.ts';
import { VerifyUnreadable } from '../src/application/steps/verify-unreadable.ts';

const unusableAt = new Date('2026-11-28T10:00:00Z');
const after = (minutes: number) => new Date(unusableAt.getTime() + minutes * 60_000);
const request = {
  id: 'ers',
  subject: 'sub',
  keyUnusableAt: unusableAt,
} as unknown as ErasureRequest;

interface Found {
  readonly scan?: boolean;
  readonly drill?: boolean;
}

/** The step with a KMS that shows the end of the key only after so many tries, and what it writes down. */
function stepWith(triesBeforeItIsSeen: number, found: Found = {}, rows: ErasureStep[] = []) {
  let tries = 0;
  const parts = {
    keys: { opens: async () => tries++ < triesBeforeItIsSeen } as unknown as KeyTrial,
    owners: { all: () => [] } as unknown as PersonalDataOwners,
    scan: { isCleanOf: async () => found.scan } as unknown as CanaryScan,
    drill: { isUnreadableIn: async () => found.drill } as unknown as RestoreDrill,
    requests: {
      recordMeasure: async (_: string, row: ErasureStep) => void rows.push(row),
    } as unknown as ErasureStore,
  };
  return new VerifyUnreadable(
    ...([parts.keys, parts.owners, parts.scan, parts.drill, parts.requests] as const),
  );
}

describe('a key that ended and still opens', () => {
  it('T13 is waited for, since a KMS may show a changed state late', async () => {
    const step = stepWith(1);
    expect(await step.perform(request, after(1))).toBeUndefined();
    expect(await step.perform(request, after(2))).toMatchObject({
      event: { action: 'verify-unreadable' },
    });
  });

  it('T13 fails the request when it opens for longer than any KMS takes', async () => {
    const step = stepWith(Infinity);
    expect(await step.perform(request, after(15))).toBeUndefined();
    await expect(step.perform(request, after(16))).rejects.toMatchObject({
      code: 'ERASURE_STILL_READABLE',
    });
  });
});

describe('the record of what was tried', () => {
  const partsOf = (rows: readonly ErasureStep[]) =>
    rows.map(({ store, leftReason }) =>
      leftReason === undefined ? store : `${store} ${leftReason}`,
    );

  it.each<[Found, string | undefined, string[]]>([
    [{}, 'NO_SCAN_NO_RESTORE_DRILL', ['canary-scan NOT_RUN', 'restore-drill NOT_RUN']],
    [{ scan: true }, 'NO_RESTORE_DRILL', ['canary-scan', 'restore-drill NOT_RUN']],
    [{ drill: true }, 'NO_SCAN', ['canary-scan NOT_RUN', 'restore-drill']],
    [{ scan: true, drill: true }, undefined, ['canary-scan', 'restore-drill']],
  ])('names each part of it, and what did not run: %j', async (found, detail, hooks) => {
    const rows: ErasureStep[] = [];
    const outcome = await stepWith(0, found, rows).perform(request, after(1));
    expect(outcome?.detail).toBe(detail);
    expect(partsOf(rows)).toEqual(['kms', 'reads', ...hooks]);
  });

  it.each<[Found, string]>([
    [{ scan: false, drill: true }, 'canary-scan'],
    [{ scan: true, drill: false }, 'restore-drill'],
  ])('fails the request by the part that found something: %j', async (found, store) => {
    await expect(stepWith(0, found).perform(request, after(1))).rejects.toMatchObject({
      ...{ code: 'ERASURE_STILL_READABLE', store },
    });
  });
});
