import { describe, expect, it } from '@jest/globals';
import { Clock, newCellId } from '@entrepot/kernel';
import type { CellId, SubjectId } from '@entrepot/kernel';
import { CiphertextVersions, DropFormerKeys } from './drop-former-keys.ts';
import type { VaultStore } from './vault-store.ts';

const now = new Date('2026-01-31T10:00:00Z');

class StillClock extends Clock {
  override now(): Date {
    return now;
  }
}

/** Values of everybody name the first key, but for one person's. */
class Versions extends CiphertextVersions {
  constructor(private readonly moved: SubjectId) {
    super();
  }

  override lowestOf(subject: SubjectId): Promise<number> {
    return Promise.resolve(subject === this.moved ? 2 : 1);
  }
}

const vaultOf = (people: readonly SubjectId[], dropped: SubjectId[]) =>
  ({
    supersededBefore: (_: Date, of: { after: SubjectId | undefined; rowsMax: number }) =>
      Promise.resolve(people.filter((id) => id > (of.after ?? '')).slice(0, of.rowsMax)),
    findKey: () => Promise.resolve({ version: 2 }),
    dropFormer: (subject: SubjectId, below: number) => {
      if (below > 1) dropped.push(subject);
      return Promise.resolve(below > 1 ? 1 : 0);
    },
  }) as unknown as VaultStore;

describe('Dropping former keys', () => {
  it('gets to everybody, however many still need theirs', async () => {
    const make = () => newCellId('subject', 'in-1' as CellId);
    const people = Array.from({ length: 450 }, make).toSorted();
    const last = people.at(-1) as SubjectId;
    const dropped: SubjectId[] = [];
    const drop = new DropFormerKeys(vaultOf(people, dropped), new Versions(last), new StillClock());
    expect(await drop.execute()).toBe(1);
    expect(dropped).toEqual([last]);
  });
});
