import { isClean, scanStore, TraceMatcher } from '@entrepot/border-scan';
import type { ByteMatcher, ScannedStore, StoreScan } from '@entrepot/border-scan';
import type { ErasureRequest, TraceDigests } from '@entrepot/privacy';
import { StackError } from '@entrepot/stack';

type RequestId = ErasureRequest['id'];

/** One person who is looked for, by digests alone. */
export interface TracedRequest {
  readonly id: RequestId;
  readonly forms: number;
  readonly matcher: ByteMatcher;
}

/** What the stores say of one request. */
export interface ScannedRequest {
  readonly id: RequestId;
  /** Forms that were looked for, without those that were set aside. */
  readonly tried: number;
  readonly found: number;
  /** For the signed statement: counts and names of stores and tables, no word of the person. */
  readonly details: {
    readonly stores: readonly {
      readonly store: string;
      readonly bytes: number;
      readonly controls: number;
      readonly finds: number;
    }[];
    /** Forms that stand in public rows as well, so that finding them says nothing of the person. */
    readonly setAside: readonly { readonly table: string; readonly forms: number }[];
  };
}

export interface OpenedTraces {
  readonly traced: readonly TracedRequest[];
  /** Nothing can be said of these, which is no reason to say nothing of the others. */
  readonly unopened: readonly RequestId[];
}

/** Opens what was kept of each request to look for. */
export async function openTraces(
  requests: readonly Pick<ErasureRequest, 'id'>[],
  tracesOf: (id: RequestId) => Promise<TraceDigests | undefined>,
  tell: (line: string) => void,
): Promise<OpenedTraces> {
  const traced: TracedRequest[] = [];
  const unopened: RequestId[] = [];
  for (const { id } of requests) {
    try {
      const traces = await tracesOf(id);
      if (traces === undefined) tell(`${id}: nothing was kept to look for.`);
      else {
        traced.push({ id, forms: traces.digests.length, matcher: new TraceMatcher(id, traces) });
      }
    } catch (error) {
      const why = error instanceof Error ? error.name : 'unknown';
      tell(
        `${id}: what to look for cannot be opened (${why}), so that no store is scanned for it.`,
      );
      unopened.push(id);
    }
  }
  return { traced, unopened };
}

/** Where the stores of a cell are, and which of what is found in them anybody may read. */
export interface StoresToScan {
  readonly stores: readonly ScannedStore[];
  /** Labels of what the matchers find in public rows, with the table. */
  readonly inPublicRows: (matchers: readonly ByteMatcher[]) => Promise<ReadonlyMap<string, string>>;
  readonly tell: (line: string) => void;
}

/** Throws where a store cannot be seen through. */
export async function scanFor(
  traced: readonly TracedRequest[],
  { stores, inPublicRows, tell }: StoresToScan,
): Promise<ScannedRequest[]> {
  if (traced.length === 0) return [];
  const matchers = traced.map(({ matcher }) => matcher);
  const scans = await scanAll(stores, matchers, tell);
  const blind = scans.find((scan) => !isClean({ ...scan, finds: [] }));
  if (blind !== undefined) {
    throw new StackError(`${blind.store} cannot be seen through, so that a scan says nothing.`);
  }
  const found = new Set(scans.flatMap(({ finds }) => finds.map(({ label }) => label)));
  const standing = found.size === 0 ? new Map<string, string>() : await inPublicRows(matchers);
  // what stands in a public row and was found in no store took nothing from the scan
  const setAside = new Map([...standing].filter(([label]) => found.has(label)));
  for (const { store, finds } of scans) {
    for (const { label, file, offset } of finds) {
      const table = setAside.get(label);
      if (table === undefined) tell(`    FOUND ${label} in ${file} at ${offset} of ${store}`);
    }
  }
  return traced.map((request) => outcomeOf(request, scans, setAside));
}

function outcomeOf(
  { id, forms }: TracedRequest,
  scans: readonly StoreScan[],
  setAside: ReadonlyMap<string, string>,
): ScannedRequest {
  const isOwn = (label: string) => label.startsWith(`${id}/`);
  const counted = scans.map((scan) => ({
    ...{ store: scan.store, bytes: scan.bytes, controls: scan.controls },
    finds: scan.finds.filter(({ label }) => isOwn(label) && !setAside.has(label)).length,
  }));
  const ownSetAside = [...setAside].filter(([label]) => isOwn(label));
  const byTable = Map.groupBy(ownSetAside, ([, table]) => table);
  return {
    id,
    tried: forms - ownSetAside.length,
    found: counted.reduce((sum, { finds }) => sum + finds, 0),
    details: {
      stores: counted,
      setAside: [...byTable].map(([table, labels]) => ({ table, forms: labels.length })),
    },
  };
}

async function scanAll(
  stores: readonly ScannedStore[],
  matchers: readonly ByteMatcher[],
  tell: (line: string) => void,
): Promise<StoreScan[]> {
  const scans: StoreScan[] = [];
  for (const store of stores) {
    for (const scan of await scanStore(store, [], matchers)) {
      scans.push(scan);
      const controls = `${scan.controls - scan.missedControls.length}/${scan.controls}`;
      tell(`  ${scan.store.padEnd(38)} controls ${controls}  matches ${scan.finds.length}`);
    }
  }
  return scans;
}
