import { newCellId } from '@entrepot/kernel';
import type { SubjectId } from '@entrepot/kernel';
import { WrappingKey } from '@entrepot/platform-crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { kekPlace, shardOf } from '../src/application/key-places.ts';
import { ShardKeys } from '../src/application/shard-keys.ts';
import { cell, EpochDrill } from './epoch-drill.ts';

const people = 20_000;
const rowsPerInsert = 2_000;
const limitMs = 120_000;
let drill: EpochDrill;

beforeAll(async () => {
  drill = await EpochDrill.start('kms-epoch');
});
afterAll(() => drill.fixture.end());

/** People as registrations leave them, without the time that registrations take. */
async function addPeople(epoch: number, count: number): Promise<void> {
  const subjects = Array.from({ length: count }, () => newCellId('subject', cell) as SubjectId);
  const shardKeys = drill.worker.get(ShardKeys);
  const keks = [];
  for (const subject of subjects) {
    const place = { epoch, shard: shardOf(subject) };
    const at = kekPlace(cell, place, subject);
    keks.push(await shardKeys.use(place, (key) => key.wrap(randomBytes(32), at)));
  }
  await drill.query(
    'spec.add_people',
    `WITH people AS (
       INSERT INTO vault.subject_key (subject_id, state, driver, wrapped_key, first_epoch, activated_at)
       SELECT subject_id, 'active', 'kms-epoch', wrapped, $1, now()
       FROM unnest($2::text[], $3::bytea[]) AS given (subject_id, wrapped)
     )
     INSERT INTO vault.subject_kek (subject_id, epoch, shard, wrapped_kek)
     SELECT subject_id, $1, shard, wrapped
     FROM unnest($2::text[], $3::bytea[], $4::int[]) AS given (subject_id, wrapped, shard)`,
    [epoch, subjects, keks, subjects.map(shardOf)],
  );
}

/** The same bytes unwrapped and wrapped again with nothing around it. */
function plainAesPerSecond(): number {
  const [from, to] = [new WrappingKey(randomBytes(32)), new WrappingKey(randomBytes(32))];
  const place = `kek|${cell}|1|1|${newCellId('subject', cell)}`;
  const wrapped = Array.from({ length: people }, () => from.wrap(randomBytes(32), place));
  const startedAt = performance.now();
  for (const each of wrapped) to.wrap(from.unwrap(each, place), place);
  return (people * 1_000) / (performance.now() - startedAt);
}

it(
  'moves the keys of many people with AES alone, and says how fast',
  async () => {
    const old = await drill.openEpoch();
    for (let added = 0; added < people; added += rowsPerInsert) await addPeople(old, rowsPerInsert);
    await drill.openNext();
    const plain = plainAesPerSecond();
    const [startedAt, cpuBefore] = [performance.now(), process.cpuUsage()];
    expect(await drill.move()).toEqual({ keys: people, logins: 0 });
    const seconds = (performance.now() - startedAt) / 1_000;
    const cpu = process.cpuUsage(cpuBefore);
    const ownSeconds = (cpu.user + cpu.system) / 1_000_000;
    expect(await drill.rowsUnder(old)).toEqual({ keys: 0, logins: 0 });
    const rate = people / seconds;
    process.stdout.write(
      `re-wrap: ${Math.round(rate)} keys/s with the vault, ` +
        `${Math.round(people / ownSeconds)} keys per second of this process's core; ` +
        `plain AES ${Math.round(plain)} keys/s, ratio ${(rate / plain).toFixed(3)}\n`,
    );
  },
  limitMs,
);
