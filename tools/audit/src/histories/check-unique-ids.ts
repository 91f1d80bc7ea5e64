import type { Breach } from '../breach.ts';
import { breach } from '../breach.ts';
import { answered } from './history.ts';
import type { Operation } from './history.ts';

/** No two operations were given the same id. (Jepsen's `unique-ids`.) */
export function checkUniqueIds(given: readonly Operation<unknown, string>[]): Breach[] {
  const byId = Map.groupBy(answered(given), ({ answer }) => answer);
  return [...byId]
    .filter(([, times]) => times.length > 1)
    .map(([id, times]) => breach('ID_GIVEN_TWICE', { id, times: times.length }));
}
