import type { CellId, SubjectId } from '@entrepot/kernel';
import { describe, expect, it } from '@jest/globals';
import type { ErasedReferences } from './erased-references.ts';
import { HashTombstones, Tombstones } from './hash-tombstones.ts';

class FailingTombstones extends Tombstones {
  readonly renamed: SubjectId[] = [];

  constructor(private readonly people: readonly SubjectId[]) {
    super();
  }

  override due(
    _: Date,
    { after, limit }: { readonly after: SubjectId | undefined; readonly limit: number },
  ): Promise<readonly SubjectId[]> {
    const rest = this.people.filter((subject) => after === undefined || subject > after);
    return Promise.resolve(rest.slice(0, limit));
  }

  override rename(subject: SubjectId): Promise<boolean> {
    if (subject === this.people[0]) return Promise.reject(new Error('the row is stuck'));
    this.renamed.push(subject);
    return Promise.resolve(true);
  }
}

describe('the sweep of tombstones', () => {
  it('passes over one that fails, tells it at the end, and reaches everybody else', async () => {
    const people = Array.from(
      { length: 150 },
      (_, index) => `sub_in-1_${String(index).padStart(26, '0')}` as SubjectId,
    );
    const tombstones = new FailingTombstones(people);
    const references: ErasedReferences = { of: (subject) => Promise.resolve(subject) };
    const sweep = new HashTombstones('in-1' as CellId, { tombstones, references });
    await expect(sweep.execute(new Date(), { isDryRun: false })).rejects.toThrow('stuck');
    expect(tombstones.renamed).toEqual(people.slice(1));
  });
});
