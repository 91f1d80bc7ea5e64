import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { endEpoch, passKmsWindow } from '@entrepot/drills';
import { SecretStore } from '@entrepot/stack';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { DrillGround, tablesOfErased } from './drill-ground.ts';

const limitMs = 900_000;
const stageTimeoutMs = 240_000;
const operations = [
  'Decrypt',
  'DescribeKey',
  'GenerateMac',
  'ScheduleKeyDeletion',
  'Sign',
] as const;

interface AuditedCall {
  readonly eventName: string;
  readonly errorCode?: string;
  readonly requestParameters: { readonly keyId?: string } | null;
}

describe('An erasure while the KMS misbehaves', () => {
  let ground: DrillGround;

  beforeAll(() => {
    ground = new DrillGround();
  });
  afterEach(() => faults('DELETE'));
  afterAll(() => ground.close());

  async function faults(method: 'POST' | 'DELETE', plan?: object): Promise<void> {
    const { node, home } = ground;
    const secret = new SecretStore(home.secrets).read('kms/clock-secret');
    const answer = await node.fetch(`${home.kmsEndpoint}/emulator/faults`, {
      method,
      headers: {
        authorization: `Bearer ${secret}`,
        ...(plan !== undefined && { 'content-type': 'application/json' }),
      },
      ...(plan !== undefined && { body: JSON.stringify(plan) }),
    });
    if (!answer.ok) throw new Error(`the emulator answered ${answer.status}`);
  }

  /** Deletions that KMS took, by key. */
  function deletionsTaken(): Map<string, number> {
    const audit = readFileSync(join(ground.home.data, 'kms', 'audit.jsonl'), 'utf8');
    const taken = new Map<string, number>();
    for (const line of audit.split('\n').filter((text) => text.includes('ScheduleKeyDeletion'))) {
      const { errorCode, requestParameters } = JSON.parse(line) as AuditedCall;
      const key = requestParameters?.keyId;
      if (errorCode === undefined && key !== undefined) taken.set(key, (taken.get(key) ?? 0) + 1);
    }
    return taken;
  }

  async function eraseSomebodyUnder(plan: object): Promise<void> {
    const { officers, home, node } = ground;
    const person = ground.newPerson();
    await person.live(await ground.article());
    const subject = await ground.subjectOf(person);
    await faults('POST', plan);
    const { id } = await officers.decide(person.accountId);
    const timeoutMs = stageTimeoutMs;
    await officers.until(id, 'verified_unreadable', { timeoutMs });
    await endEpoch(home, { timeoutMs });
    await passKmsWindow(node, home);
    const { events } = await officers.until(id, 'closed', { timeoutMs });
    const actions = events.map(({ action }) => action);
    expect(new Set(actions).size).toBe(actions.length);
    expect(await ground.tablesWith(subject)).toEqual(tablesOfErased);
    expect([...deletionsTaken()].filter(([, times]) => times !== 1)).toEqual([]);
  }

  it(
    'T14 loses no step and does none twice when half of all calls are throttled',
    () => eraseSomebodyUnder({ throttle: { operations, share: 0.5, seed: 7 } }),
    limitMs,
  );

  it(
    'T13 waits where a changed state is not seen yet, and still ends right',
    () => eraseSomebodyUnder({ staleState: { seconds: 5 } }),
    limitMs,
  );
});
