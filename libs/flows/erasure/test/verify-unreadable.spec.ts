import type { ErasureRequest, ErasureStore, KeyTrial, PersonalDataOwners } from '@entrepot/privacy';
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

/** The step with a KMS that shows the end of the key only after so many tries. */
function stepWith(triesBeforeItIsSeen: number) {
  let tries = 0;
  const parts = {
    keys: { opens: async () => tries++ < triesBeforeItIsSeen } as unknown as KeyTrial,
    owners: { all: () => [] } as unknown as PersonalDataOwners,
    scan: { isCleanOf: async () => undefined } as unknown as CanaryScan,
    drill: { isUnreadableIn: async () => undefined } as unknown as RestoreDrill,
    requests: { recordMeasure: async () => undefined } as unknown as ErasureStore,
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
