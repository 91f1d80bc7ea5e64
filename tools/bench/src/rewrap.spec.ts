import { describe, expect, it } from '@jest/globals';
import { measureRewrap, rewrapLine } from './rewrap.ts';

describe('the figure of moving keys', () => {
  it('is held against the cipher alone', () => {
    const report = measureRewrap(200);
    expect(report.keysPerRound).toBe(200);
    expect(report.ratio).toBeCloseTo(report.keysPerSecond / report.plainPerSecond);
    expect(rewrapLine({ ...report, keysPerSecond: 5, plainPerSecond: 10, ratio: 0.5 })).toBe(
      're-wrap: 5 keys/s per core; AES alone 10/s; ratio 0.500',
    );
  });
});
