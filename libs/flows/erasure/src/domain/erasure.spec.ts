import { describe, expect, it } from '@jest/globals';
import { erasureStages, stageOf } from './erasure.ts';

describe('the stages of an erasure', () => {
  it('lead from the approval to the end, each from where the last one stopped', () => {
    for (const [index, { from }] of erasureStages.entries()) {
      expect(from).toBe(erasureStages[index - 1]?.to ?? 'approved');
    }
    expect(erasureStages.at(-1)?.to).toBe('closed');
  });

  it('fence before the key goes, and lose the key before rows are deleted', () => {
    const works = erasureStages.map(({ work }) => work);
    expect(works.indexOf('fence')).toBeLessThan(works.indexOf('await-unusable'));
    expect(works.indexOf('await-unusable')).toBeLessThan(works.indexOf('purge'));
  });

  it.each(['requested', 'withdrawn', 'rejected', 'failed', 'closed'] as const)(
    'begin nothing for a request that is %s',
    (status) => {
      expect(stageOf(status)).toBeUndefined();
    },
  );
});
