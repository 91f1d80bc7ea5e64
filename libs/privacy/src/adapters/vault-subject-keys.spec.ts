import type { SubjectId } from '@entrepot/kernel';
import { describe, expect, it } from '@jest/globals';
import { VaultSubjectKeys } from './vault-subject-keys.ts';

describe('a new key', () => {
  it('is given to nobody who is fenced, even while a hash takes the place of the reference', async () => {
    const subject = 'sub_in-1_x' as SubjectId;
    const assigned: SubjectId[] = [];
    const states = ['destroyed', 'fenced'];
    const keys = new VaultSubjectKeys({
      // whoever looks again does not find the old name any more
      store: { findKey: async () => ({ state: states.shift() }) },
      subjects: { assign: async (of: SubjectId) => void assigned.push(of) },
    } as unknown as ConstructorParameters<typeof VaultSubjectKeys>[0]);
    for (let attempt = 0; attempt < 2; attempt += 1) {
      await expect(keys.create(subject)).rejects.toMatchObject({ code: 'SUBJECT_ERASED' });
    }
    expect(assigned).toEqual([]);
  });
});
