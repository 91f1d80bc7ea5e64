/** What a step of the test command found. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export const nothing: Tally = { passed: 0, failed: 0, skipped: 0 };
export const onePassed: Tally = { passed: 1, failed: 0, skipped: 0 };
export const oneFailed: Tally = { passed: 0, failed: 1, skipped: 0 };

export function add(tallies: readonly Tally[]): Tally {
  return tallies.reduce(
    (sum, tally) => ({
      passed: sum.passed + tally.passed,
      failed: sum.failed + tally.failed,
      skipped: sum.skipped + tally.skipped,
    }),
    nothing,
  );
}

/** `12 passed, 0 failed`, and `, 1 skipped` where some were. */
export function sentenceOf({ passed, failed, skipped }: Tally): string {
  const rest = skipped > 0 ? `, ${skipped} skipped` : '';
  return `${passed} passed, ${failed} failed${rest}`;
}

/** A program that did not end well must not look clean because it did not get to report why. */
export const withExitCode = (tally: Tally, exitCode: number): Tally =>
  exitCode !== 0 && tally.failed === 0 ? add([tally, oneFailed]) : tally;

interface JestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly numRuntimeErrorTestSuites: number;
}

/** Jest's report: a suite that could not even be loaded has no tests and is itself a failure. */
export function tallyOfJest(report: string): Tally {
  const counts = JSON.parse(report) as JestReport;
  return {
    passed: counts.numPassedTests,
    failed: counts.numFailedTests + counts.numRuntimeErrorTestSuites,
    skipped: counts.numPendingTests + counts.numTodoTests,
  };
}

/** What `entrepot guards` prints: a line for each guard, `tidy: clean` or `tidy: 3 found`. */
export function tallyOfGuards(output: string): Tally {
  const lines = output.split('\n');
  return {
    passed: lines.filter((line) => /^[\w-]+: clean$/.test(line)).length,
    failed: lines.filter((line) => /^[\w-]+: \d+ found$/.test(line)).length,
    skipped: 0,
  };
}
