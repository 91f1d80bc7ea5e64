import { brokenLinks } from '@entrepot/privacy';
import type { ErasureEventRecord } from '@entrepot/privacy';
import type { Breach } from './breach.ts';
import { breach } from './breach.ts';

/** How far a request to erase is, by its own row. */
export interface ErasureRow {
  readonly requestId: string;
  readonly version: number;
}

export interface ErasureBooks {
  readonly requests: readonly ErasureRow[];
  /** By request, in the order of their numbers. */
  readonly events: readonly ErasureEventRecord[];
}

/** Every change of a request has its event, and no event was changed, taken out or put in. */
export function checkErasures(cell: string, { requests, events }: ErasureBooks): Breach[] {
  const chains = Map.groupBy(events, ({ requestId }): string => requestId);
  const known = new Set(requests.map(({ requestId }) => requestId));
  const broken = [...chains].flatMap(([requestId, chain]) =>
    brokenLinks(chain).map((seq) => breach('ERASURE_CHAIN_BROKEN', { cell, requestId, seq })),
  );
  const unrecorded = requests
    .filter(({ requestId, version }) => chains.get(requestId)?.at(-1)?.seq !== version)
    .map(({ requestId, version }) => breach('ERASURE_UNRECORDED', { cell, requestId, version }));
  const orphaned = [...chains.keys()]
    .filter((requestId) => !known.has(requestId))
    .map((requestId) => breach('ERASURE_REQUEST_MISSING', { cell, requestId }));
  return [...broken, ...unrecorded, ...orphaned];
}
