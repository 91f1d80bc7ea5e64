import { newCellId } from '@entrepot/kernel';
import type { CellId, RegionCode, SubjectId } from '@entrepot/kernel';
import {
  FieldCipher,
  readCiphertext,
  SubjectKey,
  SubjectKeys,
  WrappingKey,
} from '@entrepot/platform-crypto';
import { randomBytes } from 'node:crypto';

const columns = 500;
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
    // 96 bits in one number: a million strings would need much more room
    this.#seen.add((BigInt(vector.readUInt32BE(0)) << 64n) | vector.readBigUInt64BE(4));
  }

  get count(): number {
    return this.#seen.size;
  }
}

/** How many different vectors that many values of one person were encrypted with. */
export async function vectorsOfValues(count: number): Promise<number> {
  const cipher = new FieldCipher('eu' as RegionCode, new OneKey());
  const subject = newCellId('subject', 'eu-1' as CellId);
  const fields = Object.fromEntries(
    Array.from({ length: columns }, (_, at) => [`column${at}`, 'same']),
  );
  const place = { table: 'spec.table', rowId: 'row', subject };
  const seen = new SeenVectors();
  for (let row = 0; row < count / columns; row += 1) {
    for (const text of Object.values(await cipher.encrypt(place, fields))) {
      seen.add(readCiphertext(text).iv);
    }
  }
  return seen.count;
}

/** How many different vectors that many keys were wrapped with under one wrapping key. */
export function vectorsOfKeys(count: number): number {
  const key = new WrappingKey(randomBytes(32));
  const bytes = randomBytes(32);
  const seen = new SeenVectors();
  for (let at = 0; at < count; at += 1) {
    seen.add(key.wrap(bytes, 'kek|in-1|1|1|subject').subarray(1, 1 + vectorBytes));
  }
  return seen.count;
}
