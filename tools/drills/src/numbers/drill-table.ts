import { reportedSpecs } from './reported-specs.ts';
import type { ReportedSpec } from './reported-specs.ts';

/** One spec of a Jest report, by the number in its title. */
export interface DrilledSpec extends Omit<ReportedSpec, 'titles'> {
  readonly number: number;
}

const numbered = /^T(?<number>[1-9]\d?) /;

export const numberOf = (title: string): number | undefined => {
  const found = numbered.exec(title)?.groups?.['number'];
  return found === undefined ? undefined : Number(found);
};

/** A spec has the number of its title, or of the block that it stands in. */
const numberWithin = (titles: readonly string[]): number | undefined =>
  titles
    .toReversed()
    .map(numberOf)
    .find((number) => number !== undefined);

/** What Jest says of the specs that have a number, or of those with one number; 0 for a file that could not be loaded. */
export function drilledSpecs(reportText: string, only?: number): DrilledSpec[] {
  return reportedSpecs(reportText).flatMap(({ titles, ...spec }) => {
    if (titles.length === 0) return [{ number: 0, ...spec }];
    const number = numberWithin(titles);
    if (number === undefined || (only !== undefined && number !== only)) return [];
    return [{ number, ...spec }];
  });
}
