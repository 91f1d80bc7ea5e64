import type { DemandShape, Outcome } from './demand-shapes.ts';
import type { RetailComparison } from './retail-orders.ts';

/** What each policy made of one demand shape, by the name of the policy. */
export interface ShapeComparison {
  readonly shape: DemandShape;
  readonly outcomes: ReadonlyMap<string, Outcome>;
}

export const nameOf = ({ stock, wishesPerSecond, firstShare }: DemandShape): string => {
  const first = Math.round(firstShare * 100);
  return `${stock.toLocaleString('en')} units, ${wishesPerSecond.toLocaleString('en')}/s, ${first}:${100 - first}`;
};

/** Two decimals where they tell something. */
const figure = (value: number): string =>
  value === 0 ? '0' : value < 10 ? value.toFixed(2) : value.toFixed(value < 100 ? 1 : 0);

const noted = (value: number | undefined): string => (value === undefined ? '' : ` (${value})`);

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const head = (titles: readonly string[]): string[] => [row(titles), row(titles.map(() => '---'))];

/** In brackets what the specification's own simulation had. */
export function shapesTable(comparisons: readonly ShapeComparison[]): string {
  const titles = [
    'demand',
    'policy',
    'false %',
    'waited %',
    'in vain %',
    'p99 wait ms',
    'messages per 1,000 sold',
  ];
  const rows = comparisons.flatMap(({ shape, outcomes }) =>
    [...outcomes].map(([policy, outcome], at) => {
      const note = shape.noted[policy];
      return row([
        at === 0 ? nameOf(shape) : '',
        policy,
        figure(outcome.falsePercent) + noted(note?.falsePercent),
        figure(outcome.waitedPercent) + noted(note?.waitedPercent),
        figure(outcome.waitedInVainPercent),
        outcome.waitP99Ms.toFixed(0) + noted(note?.waitP99Ms),
        figure(outcome.messagesPerThousand) + noted(note?.messagesPerThousand),
      ]);
    }),
  );
  return [...head(titles), ...rows].join('\n');
}

/**
 * What is refused wrongly where the border is cut for a while, a column per shape; behind a stroke what was so
 * while the cells could reach each other.
 */
export function cutTable(comparisons: readonly ShapeComparison[]): string {
  const policies = [...(comparisons[0]?.outcomes.keys() ?? [])];
  const rows = policies.map((policy) =>
    row([
      policy,
      ...comparisons.map(({ outcomes }) => {
        const outcome = outcomes.get(policy);
        return `${figure(outcome?.falsePercent ?? 0)} / ${figure(outcome?.falseInReachPercent ?? 0)}`;
      }),
    ]),
  );
  const titles = ['false %', ...comparisons.map(({ shape }) => nameOf(shape))];
  return [...head(titles), ...rows].join('\n');
}

export function retailTable({ outcomes }: RetailComparison): string {
  const rows = outcomes.map((of) =>
    row([
      of.name,
      figure(of.falsePercent),
      figure(of.waitedPercent),
      figure(of.waitedInVainPercent),
      figure(of.messagesPerThousand),
    ]),
  );
  const titles = ['policy', 'false %', 'waited %', 'in vain %', 'messages per 1,000 lines sold'];
  return [...head(titles), ...rows].join('\n');
}
