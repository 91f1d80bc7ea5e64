import { describe, expect, it } from '@jest/globals';

import { add, oneFailed, onePassed, sentenceOf, tallyOfGuards, tallyOfJest } from './tally.ts';
import { withExitCode } from './tally.ts';

describe('the tally of a test run', () => {
  it('names skipped checks only where there are some', () => {
    expect(sentenceOf(add([onePassed, onePassed, oneFailed]))).toBe('2 passed, 1 failed');
    expect(sentenceOf({ passed: 1, failed: 0, skipped: 2 })).toBe('1 passed, 0 failed, 2 skipped');
  });

  it('counts a suite that could not be loaded as a failure', () => {
    const report = JSON.stringify({
      numPassedTests: 5,
      numFailedTests: 1,
      numPendingTests: 1,
      numTodoTests: 1,
      numRuntimeErrorTestSuites: 2,
    });
    expect(tallyOfJest(report)).toEqual({ passed: 5, failed: 3, skipped: 2 });
  });

  it('counts each guard once, however much it found', () => {
    const output = 'boundaries: clean\nlayers: 2 found\n  a: clean room\n  b\ntidy: clean\n';
    expect(tallyOfGuards(output)).toEqual({ passed: 2, failed: 1, skipped: 0 });
  });

  it('does not take a crash without a report for a success', () => {
    expect(withExitCode({ passed: 3, failed: 0, skipped: 0 }, 1).failed).toBe(1);
    expect(withExitCode({ passed: 3, failed: 2, skipped: 0 }, 1).failed).toBe(2);
    expect(withExitCode({ passed: 3, failed: 0, skipped: 0 }, 0).failed).toBe(0);
  });
});
