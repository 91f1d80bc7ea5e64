import { newCellId } from '@entrepot/kernel';
import type { CellId, SubjectId } from '@entrepot/kernel';
import { WrappingKey } from '@entrepot/platform-crypto';
import type { Log } from '@entrepot/platform-telemetry';
import { describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import type { EpochStore, KekRow } from './epoch-store.ts';
import { kekPlace, shardOf } from './key-places.ts';
import type { ShardPlace } from './key-places.ts';
import type { LoginIndex } from './login-index.ts';
import { MoveToOpenEpoch } from './move-to-open-epoch.ts';
import type { ShardKeys } from './shard-keys.ts';
import type { SubjectKeySettings } from './subject-key-settings.ts';

const cell = 'in-1' as CellId;
const people = Array.from({ length: 12 }, () => newCellId('subject', cell));
const keyOf = new Map<string, Buffer>();

function shardKey({ epoch, shard }: ShardPlace): WrappingKey {
  const bytes = keyOf.get(`${epoch}|${shard}`) ?? randomBytes(32);
  keyOf.set(`${epoch}|${shard}`, bytes);
  return new WrappingKey(Buffer.from(bytes));
}

/** People under epoch 1, while the keys of one shard cannot be had. */
function moveWithout(shardAway: number) {
  const moved: SubjectId[] = [];
  const store = {
    live: () => Promise.resolve([{ epoch: 1 }, { epoch: 2, isOpen: true }]),
    progressOf: () => Promise.resolve({ total: 1 }),
    keksOf: (epoch: number, shard: number, { after }: { after: string }) =>
      Promise.resolve(
        people
          .filter((subject) => shardOf(subject) === shard && after === '')
          .map((subject) => ({
            subject,
            wrappedKek: shardKey({ epoch, shard }).wrap(
              randomBytes(32),
              kekPlace(cell, { epoch, shard }, subject),
            ),
          })),
      ),
    moveKeks: (_from: number, _to: number, rows: readonly KekRow[]) => {
      moved.push(...rows.map(({ subject }) => subject));
      return Promise.resolve(rows.length);
    },
    loginsOf: () => Promise.resolve([]),
  };
  const shardKeys = {
    useBoth: <T>(from: ShardPlace, to: ShardPlace, work: (a: WrappingKey, b: WrappingKey) => T) =>
      from.shard === shardAway
        ? Promise.reject(new Error('KMS did not answer'))
        : Promise.resolve(work(shardKey(from), shardKey(to))),
  };
  const move = new MoveToOpenEpoch(
    store as unknown as EpochStore,
    shardKeys as unknown as ShardKeys,
    undefined as unknown as LoginIndex,
    { cell } as unknown as SubjectKeySettings,
    { error: () => undefined } as unknown as Log,
  );
  return { move, moved };
}

describe('the move to the open epoch', () => {
  it('moves everybody but those whose keys cannot be had, and says so at the end', async () => {
    const [first] = people as [SubjectId];
    const { move, moved } = moveWithout(shardOf(first));
    await expect(move.execute()).rejects.toThrow('KMS did not answer');
    expect(moved.toSorted()).toEqual(
      people.filter((subject) => shardOf(subject) !== shardOf(first)).toSorted(),
    );
  });

  it('moves everybody where all keys can be had', async () => {
    const { move, moved } = moveWithout(-1);
    expect(await move.execute()).toEqual({ keys: people.length, logins: 0 });
    expect(moved.toSorted()).toEqual(people.toSorted());
  });
});
