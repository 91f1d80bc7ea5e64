import type { Breach } from '../breach.ts';
import { breach } from '../breach.ts';
import { answered } from './history.ts';
import type { Operation } from './history.ts';

/**
 * Everything that was put in and acknowledged comes out once the queue has been drained, and nothing that nobody put in. (Jepsen's
 * `total-queue`.) A queue that delivers at least once may give an element twice: say so with `mayDouble`.
 */
export function checkQueue(
  puts: readonly Operation<string, unknown>[],
  takes: readonly Operation<unknown, string>[],
  { mayDouble }: { readonly mayDouble: boolean },
): Breach[] {
  const taken = Map.groupBy(answered(takes), ({ answer }) => answer);
  const possible = new Set(
    puts.filter(({ outcome }) => outcome !== 'refused').map(({ ask }) => ask),
  );
  const owed = puts.filter(({ outcome, ask }) => outcome === 'done' && !taken.has(ask));
  return [
    ...owed.map(({ ask }) => breach('QUEUE_LOST', { element: ask })),
    ...[...taken.keys()]
      .filter((element) => !possible.has(element))
      .map((element) => breach('QUEUE_UNASKED', { element })),
    ...[...taken]
      .filter(([, times]) => times.length > 1 && !mayDouble)
      .map(([element, times]) => breach('QUEUE_DOUBLED', { element, times: times.length })),
  ];
}
