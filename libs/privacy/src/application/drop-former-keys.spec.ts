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
  asked = 0;

  constructor(private readonly moved: SubjectId) {
    super();
  }

  override versionsOf(people: readonly SubjectId[]) {
    this.asked += 1;
    return Promise.resolve(new Map(people.map((id) => [id, [id === this.moved ? 2 : 1]])));
  }
}

const vaultOf = (people: readonly SubjectId[], dropped: SubjectId[]) =>
  ({
    supersededBefore: (_: Date, of: { after: SubjectId | undefined; rowsMax: number }) =>
      Promise.resolve(
        people
          .filter((id) => id > (of.after ?? ''))
          .slice(0, of.rowsMax)
          .map((subject) => ({ subject, version: 2 })),
      ),
    dropFormer: (page: readonly SubjectId[], named: ReadonlyMap<SubjectId, readonly number[]>) => {
      const free = page.filter((id) => named.get(id)?.includes(1) !== true);
      dropped.push(...free);
      return Promise.resolve(free.length);
    },
  }) as unknown as VaultStore;

describe('Dropping former keys', () => {
  it('gets to everybody, however many still need theirs, and asks once for a page', async () => {
    const make = () => newCellId('subject', 'in-1' as CellId);
    const people = Array.from({ length: 450 }, make).toSorted();
    const last = people.at(-1) as SubjectId;
    const dropped: SubjectId[] = [];
    const versions = new Versions(last);
    const drop = new DropFormerKeys(vaultOf(people, dropped), versions, new StillClock());
    expect(await drop.execute()).toBe(1);
    expect(dropped).toEqual([last]);
    expect(versions.asked).toBe(3);
  });
});
