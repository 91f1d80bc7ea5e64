import { describe, expect, it } from '@jest/globals';
import { processorProblems } from '@entrepot/cell/testing';
import { india } from './profile.ts';

describe('the processors of the region', () => {
  it('are those that its processes can be told of', () => {
    expect(processorProblems(india.processors)).toEqual([]);
  });

  it('are told with which data, where and why', () => {
    for (const processor of india.processors) {
      const { place, legalBasis, transferTool, fieldsSent, answersWithinDays } = processor;
      expect([place, legalBasis, transferTool, ...fieldsSent]).not.toContain('');
      expect(fieldsSent.length).toBeGreaterThan(0);
      // the law gives a month for the whole request
      expect(answersWithinDays).toBeLessThan(28);
    }
  });
});
