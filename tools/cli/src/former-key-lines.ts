import { sealedForGood } from '@entrepot/privacy';
import type { FormerKeyReport, LeftValues } from '@entrepot/privacy';

const reasons = {
  waits: () => 'wait for the worker, which begins five minutes after a rotation',
  restricted: () => 'are of people whose data are restricted',
  'for-good': (table: string) => `stay as they are: ${sealedForGood.get(table) ?? ''}`,
};

const lineOf = ({ table, why, values }: LeftValues): string =>
  `  ${values} in ${table} ${reasons[why](table)}.`;

/** How far the worker is with sealing anew, and what keeps former keys. */
export function formerKeyLines({ people, current, left }: FormerKeyReport): readonly string[] {
  if (people === 0) return ['Nobody has a former key.'];
  const former = left.reduce((sum, { values }) => sum + values, 0);
  return [
    `${people} people have former keys. Of their ${current + former} values ${current} lie under the current ` +
      `key and ${former} under a former one${former > 0 ? ':' : '.'}`,
    ...left.map(lineOf),
  ];
}
