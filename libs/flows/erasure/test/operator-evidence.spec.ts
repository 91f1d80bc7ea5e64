import { beforeEach, describe, expect, it } from '@jest/globals';
import { id, World } from './erasure-world.ts';
import { signedEvidence } from './in-memory-evidence.ts';

let world: World;
beforeEach(async () => {
  world = new World();
  await world.takeIn();
});

describe('evidence that only an operator can give', () => {
  const give = (part: 'store-scan' | 'restore-drill', found = 0) =>
    world.evidence.giveSigned(
      signedEvidence({ requestId: id, part, found }, world.certificates.privateKey),
    );
  const certificate = () =>
    JSON.parse(world.certificates.kept.get(id)?.body ?? '{}') as {
      readonly verification: readonly { readonly part: string; readonly result: string }[];
      readonly notDone: readonly string[];
    };
  const partsOf = () => certificate().verification.map(({ part, result }) => `${part} ${result}`);
  const trials = ['key-trial run', 'key-trial run', 'key-trial run', 'owners run'];

  it('holds the request where the cell requires it, and is told by the certificate', async () => {
    world.evidenceSetting = 'required';
    await world.untilAtRest();
    expect(world.request.status).toBe('recipients_notified');
    await give('store-scan');
    await world.untilAtRest();
    expect(world.request.status).toBe('recipients_notified');
    await give('restore-drill');
    await world.untilAtRest();
    expect(world.request.status).toBe('closed');
    expect(partsOf()).toEqual([...trials, 'store-scan run', 'restore-drill run']);
    expect(certificate().notDone).toEqual([]);
  });

  it('may say that no backup was made while the person was there, and the certificate says so', async () => {
    world.evidenceSetting = 'required';
    await give('store-scan');
    const details = { inNoBackup: {} };
    const facts = { requestId: id, part: 'restore-drill', details } as const;
    await world.evidence.giveSigned(signedEvidence(facts, world.certificates.privateKey));
    await world.untilAtRest();
    expect(partsOf()).toEqual([...trials, 'store-scan run', 'restore-drill in_no_backup']);
    expect(certificate().notDone).toEqual([]);
  });

  it('is said not to have run where it is only noted', async () => {
    await world.untilAtRest();
    expect(partsOf()).toEqual([...trials, 'store-scan not_run', 'restore-drill not_run']);
  });

  it('counts as well when it comes while the key waits for its end', async () => {
    const works = world.eraser.bind(world);
    world.eraser = () => {
      if (world.request.status !== 'verified_unreadable') works();
    };
    await world.untilAtRest();
    expect(world.request.status).toBe('verified_unreadable');
    await give('store-scan');
    await give('restore-drill');
    world.eraser = works;
    await world.untilAtRest();
    expect(partsOf()).toEqual([...trials, 'store-scan run', 'restore-drill run']);
    expect(certificate().notDone).toEqual([]);
  });

  it('is told as the newest statement has it, also where that tried less', async () => {
    const works = world.eraser.bind(world);
    await give('store-scan');
    await give('restore-drill');
    world.eraser = () => {
      if (world.request.status !== 'verified_unreadable') works();
    };
    await world.untilAtRest();
    const facts = { requestId: id, part: 'store-scan', tried: 7 } as const;
    await world.evidence.giveSigned(signedEvidence(facts, world.certificates.privateKey));
    world.eraser = works;
    await world.untilAtRest();
    expect(certificate().verification).toContainEqual(
      expect.objectContaining({ part: 'store-scan', tried: 7 }),
    );
  });

  it('is not undone by a statement of before that is given again', async () => {
    const clean = signedEvidence(
      { requestId: id, part: 'restore-drill' },
      world.certificates.privateKey,
    );
    await world.evidence.giveSigned(clean);
    await give('restore-drill', 3);
    await world.evidence.giveSigned(clean);
    await world.untilAtRest();
    expect(world.request).toMatchObject({
      ...{ status: 'failed', failure: { code: 'ERASURE_STILL_READABLE' } },
    });
  });

  it('fails the request when it found something, until a later look is clean', async () => {
    await give('store-scan');
    await give('restore-drill', 3);
    await world.untilAtRest();
    expect(world.request).toMatchObject({
      ...{ status: 'failed', resumesTo: 'recipients_notified' },
      failure: { step: 'verify-unreadable', code: 'ERASURE_STILL_READABLE' },
    });
    await give('restore-drill');
    await world.apply({ action: 'retry', at: world.now });
    await world.untilAtRest();
    expect(world.request.status).toBe('closed');
  });
});
