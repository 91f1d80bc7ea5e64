import type { AttackReport } from './attack.ts';
import type { KeptFinding } from './kept-records.ts';

/** A report for people: counts and names of stores. What was recovered is told by `--json` only. */
export function describeAttack({
  cell,
  logins,
  keys,
  stores,
  kept,
  guesses,
  trails,
  siblings,
}: AttackReport): string {
  const people = new Set(stores.flatMap(({ opened }) => opened.map(({ subject }) => subject)));
  const holding = stores.filter(({ sealed }) => sealed > 0);
  const width = Math.max(...holding.map(({ store }) => store.length), 'store'.length);
  const byKind = Map.groupBy(guesses, ({ by }) => by);
  return [
    `The attack on ${cell}`,
    `  ${keys.living} keys live; ${keys.unwrapped} of ${keys.wrapped} wrapped keys and hashes opened`,
    ...(keys.triedWithEveryKey > 0
      ? [`  ${keys.triedWithEveryKey} that did not were tried with each living key by name`]
      : []),
    ...logins.map(({ name, given, refused }) => {
      const why = Object.entries(refused).map(([code, times]) => `${code} ${times}`);
      return `  login ${name.padEnd(14)} given ${given}${why.length > 0 ? `; refused: ${why.join(', ')}` : ''}`;
    }),
    '',
    `  ${'store'.padEnd(width)}  sealed  opened`,
    ...holding.map(
      ({ store, sealed, opened }) =>
        `  ${store.padEnd(width)}  ${String(sealed).padStart(6)}  ${String(opened.length).padStart(6)}`,
    ),
    `  ${stores.length - holding.length} other stores hold no sealed value`,
    '',
    `  values of ${people.size} people were read`,
    `  ${kept.sealed} records lie under keys of laws, cases and requests; read: ${distinct(kept)}`,
    ...[...byKind].map(([by, found]) => `  ${found.length} words of the dictionary found by ${by}`),
    ...trails.flatMap(({ subject, take, tables, sameInstants }) => [
      `  ${take}: ids lead from the erased ${subject} to ${tables.join(', ') || 'nothing'}`,
      ...sameInstants.map((pair) => `    and the clock to a row that no id leads to: ${pair}`),
    ]),
    ...siblings.map(({ take, orders }) => `  ${take}: ids lead from ${orders.join(' to ')}`),
  ].join('\n');
}

/** One record may lie in many stores. */
const distinct = ({ opened }: KeptFinding): number =>
  new Set(opened.map(({ column, under, value }) => [column, under, value].join('\n'))).size;
