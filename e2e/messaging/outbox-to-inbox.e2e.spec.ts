import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EnvelopeSigner, KafkaEventLog, readPeerHealth } from '@entrepot/platform-messaging';
import { setTimeout as sleep } from 'node:timers/promises';

import { seededRandom } from './killable-process.ts';
import type { Killable } from './killable-process.ts';
import { deadLetterCodes, parcelKey, poolKey, ProbeWriter, summarise } from './probe-writers.ts';
import type { EffectSummary } from './probe-writers.ts';
import { startTwoCells } from './two-cells.ts';
import type { TwoCells } from './two-cells.ts';

const poolsCount = 160;
const parcelsCount = 40;
const eventsPerKey = 50;
const writersCount = 8;
const killsPerProcess = 5;

let cells: TwoCells;

beforeAll(async () => {
  cells = await startTwoCells();
}, 240_000);
afterAll(() => cells.end(), 60_000);

/** Asks until the answer holds; what is asked decides when it is too late. */
async function eventually<T>(ask: () => Promise<T>, holds: (answer: T) => boolean): Promise<T> {
  const end = performance.now() + 60_000;
  for (;;) {
    const answer = await ask();
    if (holds(answer) || performance.now() > end) return answer;
    await sleep(200);
  }
}

/** A loaded machine is slow, not at rest: the time counts from the last effect that was seen. */
async function allEffects(
  summary: () => Promise<EffectSummary>,
  expected: number,
): Promise<EffectSummary> {
  let seen = -1;
  let end = 0;
  for (;;) {
    const answer = await summary();
    if (answer.effects > seen) end = performance.now() + 60_000;
    seen = answer.effects;
    if (seen >= expected || performance.now() > end) return answer;
    await sleep(200);
  }
}

async function killRepeatedly(victim: Killable, random: () => number): Promise<void> {
  for (let kill = 0; kill < killsPerProcess; kill += 1) {
    await sleep(300 + random() * 1_500);
    await victim.killAndRestart();
  }
}

/** Raises every key to `eventsPerKey`, in transactions of one to five events, several at a time. */
async function writeAll(writer: ProbeWriter, keys: readonly string[], random: () => number) {
  const left = new Map(keys.map((key) => [key, eventsPerKey]));
  const write = async () => {
    while (left.size > 0) {
      const key = [...left.keys()][Math.floor(random() * left.size)] ?? '';
      const remaining = left.get(key) ?? 0;
      const by = Math.min(remaining, 1 + Math.floor(random() * 5));
      if (remaining === by) left.delete(key);
      else left.set(key, remaining - by);
      await writer.raise(key, by);
      await sleep(random() * 60);
    }
  };
  await Promise.all(Array.from({ length: writersCount }, write));
}

describe('Events on their way from outbox to inbox', () => {
  it('take effect once and in order while worker, broker and border are killed', async () => {
    const seed = Number(process.env['ENTREPOT_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
    process.stderr.write(`seed ${seed}: ENTREPOT_SEED=${seed} repeats this run\n`);
    const random = seededRandom(seed);
    const { india, europe } = cells;
    const database = india.shop.open('api', { connectionsMax: writersCount });
    const writer = new ProbeWriter(database, india.id);
    const keys = [
      ...Array.from({ length: poolsCount }, (_, index) => poolKey(index)),
      ...Array.from({ length: parcelsCount }, (_, index) => parcelKey(index)),
    ];
    await writer.add(keys);
    const victims = [india.worker, india.broker, india.border];
    await Promise.all([
      writeAll(writer, keys, random),
      ...victims.map((victim) => killRepeatedly(victim, random)),
    ]);

    const atHome = india.shop.open('worker');
    const abroad = europe.shop.open('border');
    const localCount = poolsCount * eventsPerKey;
    const local = await allEffects(() => summarise(atHome, 'pool-%'), localCount);
    const globalCount = parcelsCount * eventsPerKey;
    const global = await allEffects(() => summarise(abroad, 'parcel-%'), globalCount);
    const once = (keysCount: number) => ({
      effects: keysCount * eventsPerKey,
      distinct: keysCount * eventsPerKey,
      keys: keysCount,
      inverted: 0,
    });
    expect(local).toEqual(once(poolsCount));
    expect(global).toEqual(once(parcelsCount));
    expect(await deadLetterCodes(atHome)).toEqual([]);
    expect(await deadLetterCodes(abroad)).toEqual([]);
    for (const { kills } of victims) expect(kills).toBeGreaterThanOrEqual(killsPerProcess);
  }, 480_000);

  it('are noticed when told in another order than they happened', async () => {
    const { india } = cells;
    const writer = new ProbeWriter(india.shop.open('api'), india.id);
    const key = poolKey(poolsCount);
    await writer.add([key]);
    await writer.raise(key, 1);
    await writer.raiseAfterTelling(key, 3, () => writer.raise(key, 1));
    const atHome = india.shop.open('worker');
    const letters = await eventually(
      () => deadLetterCodes(atHome, key),
      ([letter]) => letter?.state === 'resolved',
    );
    // The third was told before the second: parked, and taken in once the second had been.
    expect(letters).toEqual([{ code: 'VERSION_GAP', state: 'resolved', letters: 1 }]);
    expect(await summarise(atHome, key)).toEqual({
      effects: 3,
      distinct: 3,
      keys: 1,
      inverted: 0,
    });
  });

  it('cross the border signed, and the answer comes back', async () => {
    const { india } = cells;
    const border = india.shop.open('border');
    const [peer] = await eventually(
      () => readPeerHealth(border),
      ([health]) => health !== undefined && health.heardSequence > 0n && health.echoSequence > 0n,
    );
    expect(peer?.cell).toBe('eu-1');
    expect(peer?.heardSequence).toBeGreaterThan(0n);
    expect(peer?.echoSequence).toBeGreaterThan(0n);
  });

  it('are refused and counted when forged', async () => {
    const { india, europe } = cells;
    const event = (parcelToken: string) => ({
      type: 'ParcelMoved',
      v: 1,
      seq: 1,
      body: { parcelToken, number: 1 },
    });
    const signedBy = (privateKeyPem: string, cell: string, parcelToken: string) =>
      new EnvelopeSigner({ cell, epoch: 1, privateKeyPem }).sign(event(parcelToken));
    const [wrongKey, otherCell, altered, spaced] = [0, 1, 2, 3].map((n) => parcelKey(900 + n));
    const genuine = Buffer.from(signedBy(india.envelopeKeyPem, 'in-1', altered ?? '')).toString();
    const records = [
      [wrongKey, signedBy(europe.envelopeKeyPem, 'in-1', wrongKey ?? '')],
      [otherCell, signedBy(europe.envelopeKeyPem, 'eu-1', otherCell ?? '')],
      [altered, Buffer.from(genuine.replace('"number":1', '"number":2'))],
      [spaced, Buffer.from(genuine.replace('"number":1', '"number": 1'))],
    ] as const;
    const log = new KafkaEventLog({ ...india.loginAs('border'), clientId: 'forger' });
    await log.append(
      records.map(([key, value]) => ({ topic: 'global.parcel.v1', key: key ?? '', value })),
    );
    await log.close();
    const abroad = europe.shop.open('border');
    const letters = await eventually(
      () => deadLetterCodes(abroad),
      (found) => found.reduce((sum, { letters: count }) => sum + count, 0) >= records.length,
    );
    expect(letters).toEqual([
      { code: 'CELL_MISMATCH', state: 'parked', letters: 1 },
      { code: 'RECORD_NOT_CANONICAL', state: 'parked', letters: 1 },
      { code: 'SIGNATURE_INVALID', state: 'parked', letters: 2 },
    ]);
    expect(await summarise(abroad, 'parcel-00000000000009%')).toMatchObject({ effects: 0 });
  });
});
