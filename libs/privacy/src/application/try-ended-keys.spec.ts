import type { ErasureRequestId } from '@entrepot/kernel';
import { Log } from '@entrepot/platform-telemetry';
import { describe, expect, it } from '@jest/globals';
import type { ErasureRequest } from '../domain/erasure-request.ts';
import type { ErasureEvidence, KeyTrialEvidence, TriedLogin } from './erasure-evidence.ts';
import type { KeyTrial, KeyTrialOutcome } from './key-trial.ts';
import { TryEndedKeys } from './try-ended-keys.ts';

const log = new Log({ level: 'silent' as never, bound: { cell: 'in-1' } });
const ids = ['ers_first', 'ers_second'] as ErasureRequestId[];
const waiting = ids.map((id) => ({ id, subject: `sub of ${id}` }) as unknown as ErasureRequest);

/** One process and two requests that wait; what it gets of each, try by try. */
function tryWith(login: TriedLogin, outcomes: Readonly<Record<string, KeyTrialOutcome[]>>) {
  const given: KeyTrialEvidence[] = [];
  const evidence = {
    withoutTrial: async () => ids.filter((id) => !given.some((of) => of.requestId === id)),
    giveTrial: async (trial: KeyTrialEvidence) => void given.push(trial),
  } as unknown as ErasureEvidence;
  const keys = {
    attempt: async (subject: string) => {
      const outcome = outcomes[subject.replace('sub of ', '')]?.shift();
      if (outcome === undefined) throw new Error('KMS does not answer');
      return outcome;
    },
  } as unknown as KeyTrial;
  const requests = { toVerify: async () => waiting };
  return { given, trials: new TryEndedKeys({ login, requests, evidence, keys, log }) };
}

const five = (outcome: KeyTrialOutcome) => Array.from({ length: 5 }, () => outcome);

describe('a process that tries ended keys', () => {
  it('gives evidence once it was refused five times in a row, and only once', async () => {
    const { given, trials } = tryWith('api', {
      ers_first: five('key-gone'),
      ers_second: ['key-gone', 'opened', ...five('nothing-wrapped')],
    });
    expect(await trials.execute()).toBe(1);
    expect(given).toEqual([
      ...[
        { requestId: 'ers_first', part: 'key-trial', login: 'api', outcome: 'key-gone', tried: 5 },
      ],
    ]);
    expect(await trials.execute()).toBe(1);
    expect(given.map(({ requestId, outcome }) => [requestId, outcome])).toEqual([
      ['ers_first', 'key-gone'],
      ['ers_second', 'nothing-wrapped'],
    ]);
    expect(await trials.execute()).toBe(0);
  });

  it('is not kept from the others by one that it cannot ask about', async () => {
    const { given, trials } = tryWith('api', { ers_second: five('key-gone') });
    expect(await trials.execute()).toBe(1);
    expect(given.map(({ requestId }) => requestId)).toEqual(['ers_second']);
  });

  it('comes to those behind a hundred that were tried and still wait for somebody else', async () => {
    const all = Array.from({ length: 150 }, (_, index) => {
      const id = `ers_${String(index).padStart(3, '0')}`;
      return { id, subject: `sub of ${id}` } as unknown as ErasureRequest;
    });
    const given = new Set<string>();
    const trials = new TryEndedKeys({
      ...{ login: 'api', log },
      requests: {
        toVerify: async ({ after, rowsMax }) =>
          all.filter(({ id }) => after === undefined || id > after).slice(0, rowsMax),
      },
      evidence: {
        withoutTrial: async (asked: string[]) => asked.filter((id) => !given.has(id)),
        giveTrial: async ({ requestId }: KeyTrialEvidence) => void given.add(requestId),
      } as unknown as ErasureEvidence,
      keys: { attempt: async () => 'key-gone' } as unknown as KeyTrial,
    });
    expect([await trials.execute(), await trials.execute()]).toEqual([100, 50]);
    expect(await trials.execute()).toBe(0);
    expect(given.size).toBe(all.length);
  });

  it('takes the refusal of its login for evidence only where it may open no key at all', async () => {
    const refused = () => ({ ers_first: five('login-refused'), ers_second: five('key-gone') });
    expect(await tryWith('api', refused()).trials.execute()).toBe(1);
    expect(await tryWith('eraser', refused()).trials.execute()).toBe(2);
  });
});
