import { newCellId } from '@entrepot/kernel';
import type { CellId, RegionCode, SubjectId } from '@entrepot/kernel';
import {
  FieldCipher,
  readCiphertext,
  SubjectKey,
  SubjectKeys,
  WrappingKey,
} from '@entrepot/platform-crypto';
import { describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';

const vectors = 100_000;
const columns = 500;
const limitMs = 180_000;
const vectorBytes = 12;

/** One key for everything: of two subjects nobody asks that their vectors differ. */
class OneKey extends SubjectKeys {
  readonly #key = new SubjectKey(randomBytes(32), 1);

  override create(): Promise<void> {
    return Promise.resolve();
  }

  override use<T>(_: SubjectId, work: (key: SubjectKey) => T): Promise<T> {
    return Promise.resolve(work(this.#key));
  }
}

/** How many of the vectors are like none before them. */
class SeenVectors {
  readonly #seen = new Set<bigint>();

  add(vector: Buffer): void {
    // 96 bits in one number: strings would need much more room
    this.#seen.add((BigInt(vector.readUInt32BE(0)) << 64n) | vector.readBigUInt64BE(4));
  }

  get count(): number {
    return this.#seen.size;
  }
}

describe('initialisation vectors', () => {
  it(
    'never repeat over a hundred thousand values of one person',
    async () => {
      const cipher = new FieldCipher('eu' as RegionCode, new OneKey());
      const subject = newCellId('subject', 'eu-1' as CellId);
      const fields = Object.fromEntries(
        Array.from({ length: columns }, (_, at) => [`column${at}`, 'same']),
      );
      const seen = new SeenVectors();
      for (let row = 0; row < vectors / columns; row += 1) {
        const place = { table: 'spec.table', rowId: 'row', subject };
        for (const text of Object.values(await cipher.encrypt(place, fields))) {
          seen.add(readCiphertext(text).iv);
        }
      }
      expect(seen.count).toBe(vectors);
    },
    limitMs,
  );

  it(
    'never repeat over a hundred thousand keys under one wrapping key',
    () => {
      const key = new WrappingKey(randomBytes(32));
      const bytes = randomBytes(32);
      const seen = new SeenVectors();
      for (let at = 0; at < vectors; at += 1) {
        seen.add(key.wrap(bytes, 'kek|in-1|1|1|subject').subarray(1, 1 + vectorBytes));
      }
      expect(seen.count).toBe(vectors);
    },
    limitMs,
  );
});
