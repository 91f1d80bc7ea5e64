import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KeyEvent, KeyEventListener } from '../src/keys/key-event.ts';
import { KeyRing } from '../src/keys/key-ring.ts';
import { MovableClock } from '../src/keys/movable-clock.ts';

const weekMs = 7 * 86_400_000;
let folder: string;
let path: string;
let told: KeyEvent[];
const rings: KeyRing[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kms-events-'));
  path = join(folder, 'keys.jsonl');
  told = [];
});
afterEach(async () => {
  await Promise.all(rings.splice(0).map((ring) => ring.close()));
  rmSync(folder, { recursive: true });
});

const listen: KeyEventListener = (event) => {
  told.push(event);
  return Promise.resolve();
};
/** Hears of the event and is gone before it is kept. */
const fail: KeyEventListener = (event) => {
  told.push(event);
  return Promise.reject(new Error('the disk is full'));
};

async function openRing(listener: KeyEventListener, file = path): Promise<KeyRing> {
  const awsRegion = 'eu-central-1';
  const ring = await KeyRing.open({ path: file, awsRegion, clock: new MovableClock(), listener });
  rings.push(ring);
  return ring;
}

/** A key whose window of a week is still open, and what it is. */
async function condemnKey(ring: KeyRing) {
  const asked = {
    spec: 'SYMMETRIC_DEFAULT',
    origin: 'AWS_KMS',
    description: '',
    tags: {},
  } as const;
  const { id, arn, material } = await ring.create(asked);
  const deletionAt = ring.clock.now() + weekMs;
  await ring.change(id, { state: 'PendingDeletion', deletionAt });
  return { id, arn, material: material?.toString('base64') ?? 'none' };
}

const stored = () => readFileSync(path, 'utf8');

describe('the end of a key', () => {
  it('is told after its bytes have left the file, and then the file does not know it', async () => {
    let storedWhenTold = '';
    const ring = await openRing((event) => {
      storedWhenTold = stored();
      return listen(event);
    });
    const key = await condemnKey(ring);
    expect(stored()).toContain(key.material);
    expect(await ring.advanceClock(weekMs)).toEqual([key.id]);
    expect(storedWhenTold).not.toContain(key.material);
    expect(told).toMatchObject([{ name: 'DeleteKey', keyArn: key.arn }]);
    expect(stored()).not.toContain(key.id);
  });

  it('is told again at the next request when the listener failed, as the same event', async () => {
    let listener = fail;
    const ring = await openRing((event) => listener(event));
    const key = await condemnKey(ring);
    await expect(ring.advanceClock(weekMs)).rejects.toThrow('the disk is full');
    listener = listen;
    await ring.bringUpToDate();
    await ring.bringUpToDate();
    expect(told).toHaveLength(2);
    expect(told[1]).toEqual(told[0]);
    expect(stored()).not.toContain(key.id);
  });

  it('is told again when the ring is opened after a crash, as the same event', async () => {
    const ring = await openRing(fail);
    const key = await condemnKey(ring);
    await expect(ring.advanceClock(weekMs)).rejects.toThrow('the disk is full');
    expect(stored()).not.toContain(key.material);
    await expect(openRing(fail)).rejects.toThrow('the disk is full');
    await openRing(listen);
    expect(told).toHaveLength(3);
    expect(new Set(told.map(({ id }) => id)).size).toBe(1);
    expect(told[2]).toMatchObject({ name: 'DeleteKey', keyArn: key.arn });
    await openRing(listen);
    expect(told).toHaveLength(3);
  });

  it('is told twice rather than never when the crash comes before it is noted as told', async () => {
    const crashed = join(folder, 'crashed.jsonl');
    const ring = await openRing((event) => {
      copyFileSync(path, crashed);
      return listen(event);
    });
    await condemnKey(ring);
    await ring.advanceClock(weekMs);
    await openRing(listen, crashed);
    expect(told).toHaveLength(2);
    expect(told[1]).toEqual(told[0]);
  });

  it('holds back whoever asks meanwhile, and is told once to all of them', async () => {
    let isKept = false;
    const ring = await openRing(async (event) => {
      await listen(event);
      await new Promise((resolve) => setImmediate(resolve));
      isKept = true;
    });
    await condemnKey(ring);
    const moved = ring.advanceClock(weekMs);
    const seen = await Promise.all([1, 2, 3].map(() => ring.bringUpToDate().then(() => isKept)));
    await moved;
    expect(seen).toEqual([true, true, true]);
    expect(told).toHaveLength(1);
  });
});
