import type { Breach } from '../breach.ts';
import { breach } from '../breach.ts';
import { answered } from './history.ts';
import type { AnsweredRead, Operation } from './history.ts';

type Elements = readonly string[];

/**
 * Elements are added, each once, and reads show the whole set. (Jepsen's `set-full`, for a store that claims to be
 * linearizable.) An element is known from when its addition was acknowledged, or from when a read that showed it ended; every read
 * that begins after that must show it. One of an unknown outcome may appear at any time, but then it stays.
 */
export function checkSet(
  additions: readonly Operation<string, unknown>[],
  reads: readonly Operation<unknown, Elements>[],
): Breach[] {
  const seen = answered(reads);
  const shown = seen.map((of) => ({ ...of, elements: new Set(of.answer) }));
  const asked = Map.groupBy(additions, ({ ask }) => ask);
  const all = new Set([...asked.keys(), ...seen.flatMap(({ answer }) => answer)]);
  return [
    ...seen.flatMap(findDoubles),
    ...[...all].flatMap((element) => checkElement(element, asked.get(element) ?? [], shown)),
  ];
}

function findDoubles({ startedAt, answer }: AnsweredRead<Elements>): Breach[] {
  const counts = Map.groupBy(answer, (element) => element);
  return [...counts]
    .filter(([, times]) => times.length > 1)
    .map(([element, times]) => breach('SET_DOUBLED', { element, startedAt, times: times.length }));
}

type Shown = AnsweredRead<Elements> & { readonly elements: ReadonlySet<string> };

function checkElement(
  element: string,
  additions: readonly Operation<string, unknown>[],
  reads: readonly Shown[],
): Breach[] {
  const present = reads.filter(({ elements }) => elements.has(element));
  const possible = additions.filter(({ outcome }) => outcome !== 'refused');
  if (possible.length === 0) {
    return present.length === 0 ? [] : [breach('SET_ADDED_UNASKED', { element })];
  }
  const firstAsked = Math.min(...possible.map(({ startedAt }) => startedAt));
  const tooEarly = present.filter(({ endedAt }) => endedAt < firstAsked);
  const knownFrom = Math.min(
    ...possible.filter(({ outcome }) => outcome === 'done').map(({ endedAt }) => endedAt),
    ...present.map(({ endedAt }) => endedAt),
  );
  const absent = reads.filter(
    ({ startedAt, elements }) => startedAt >= knownFrom && !elements.has(element),
  );
  const lastSeen = Math.max(...present.map(({ startedAt }) => startedAt));
  const lastMissed = Math.max(...absent.map(({ startedAt }) => startedAt));
  return [
    ...(tooEarly.length > 0 ? [breach('SET_ADDED_UNASKED', { element })] : []),
    ...(absent.length === 0
      ? []
      : [breach(lastMissed > lastSeen ? 'SET_LOST' : 'SET_STALE', { element, knownFrom })]),
  ];
}
