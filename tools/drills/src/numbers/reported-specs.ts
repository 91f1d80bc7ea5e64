/** One spec of a Jest report. */
export interface ReportedSpec {
  /** Of the blocks around it, from without, and its own. */
  readonly titles: readonly string[];
  readonly title: string;
  readonly file: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  readonly seconds: number;
}

interface JestReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message?: string;
    readonly assertionResults: readonly {
      readonly title: string;
      readonly ancestorTitles?: readonly string[];
      readonly status: string;
      readonly duration?: number | null;
    }[];
  }[];
}

/** What Jest says of each spec. A file that could not be loaded has no specs: it counts as one that failed. */
export function reportedSpecs(reportText: string): ReportedSpec[] {
  const { testResults } = JSON.parse(reportText) as JestReport;
  return testResults.flatMap(({ name: file, status, assertionResults }): ReportedSpec[] => {
    if (assertionResults.length === 0 && status === 'failed') {
      return [{ titles: [], title: 'cannot be loaded', file, outcome: 'failed', seconds: 0 }];
    }
    return assertionResults.map(({ title, ancestorTitles = [], duration, ...spec }) => ({
      ...{ titles: [...ancestorTitles, title], title, file },
      outcome: outcomeOf(spec.status),
      seconds: (duration ?? 0) / 1_000,
    }));
  });
}

function outcomeOf(status: string): ReportedSpec['outcome'] {
  if (status === 'passed') return 'passed';
  return status === 'failed' ? 'failed' : 'skipped';
}

/** A skipped drill shows nothing, and counts as one that failed. */
export const hasFailed = ({ outcome }: Pick<ReportedSpec, 'outcome'>): boolean =>
  outcome !== 'passed';
