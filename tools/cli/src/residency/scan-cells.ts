import { setTimeout as delay } from 'node:timers/promises';

import { isClean, readForms, scanStore } from '@entrepot/border-scan';
import type { ScannedStore, StoreScan } from '@entrepot/border-scan';
import type { DescribedCell, StackPaths } from '@entrepot/stack';

import { sharedStores, storesOf } from './scanned-stores.ts';
import { formsFileOf, sendPeople } from './send-people.ts';
import type { SentPerson } from './send-people.ts';

/** Long enough for relays, mirrors and standbys to carry on what a person just did. */
const settleMs = 5_000;
const findsPrintedMax = 20;

export interface CellScan {
  readonly cell: DescribedCell;
  /** The people who were looked for: those of all other cells, also of the same region. */
  readonly people: readonly SentPerson[];
  readonly scans: readonly StoreScan[];
}

export interface BorderScan {
  readonly people: readonly SentPerson[];
  readonly cells: readonly CellScan[];
  readonly shared: readonly StoreScan[];
  readonly pace: ScanPace;
}

/** How much was looked through, and by how much work of this process. */
export interface ScanPace {
  readonly bytes: number;
  /** User and system time. */
  readonly cpuSeconds: number;
}

export interface ScanOrder {
  readonly paths: StackPaths;
  readonly cells: readonly DescribedCell[];
  readonly cellsFile: string;
  readonly tell: (line: string) => void;
}

/** Lets a person live in every cell, then looks for each of them in everything of all other cells. */
export async function scanCells({ paths, cells, cellsFile, tell }: ScanOrder): Promise<BorderScan> {
  const people = await sendPeople(paths, cells, cellsFile);
  for (const { home, calls } of people) tell(`${home}: a person made ${calls.length} calls`);
  await delay(settleMs);
  const scanned: CellScan[] = [];
  const worked = process.cpuUsage();
  for (const cell of cells) {
    const others = cells.map(({ id }) => id).filter((id) => id !== cell.id);
    const scans = await scanAll(storesOf(paths, cell), { paths, homes: others, tell });
    scanned.push({ cell, scans, people: people.filter(({ home }) => others.includes(home)) });
  }
  const homes = cells.map(({ id }) => id);
  const shared = await scanAll(sharedStores(paths, cells), { paths, homes, tell });
  const found = { people, cells: scanned, shared };
  const { user, system } = process.cpuUsage(worked);
  const bytes = allScansOf(found).reduce((sum, scan) => sum + scan.bytes, 0);
  return { ...found, pace: { bytes, cpuSeconds: (user + system) / 1e6 } };
}

async function scanAll(
  stores: readonly ScannedStore[],
  { paths, homes, tell }: Pick<ScanOrder, 'paths' | 'tell'> & { readonly homes: readonly string[] },
): Promise<StoreScan[]> {
  const foreign = homes.flatMap((home) => readForms(formsFileOf(paths, home)));
  const scans: StoreScan[] = [];
  for (const store of stores) {
    for (const scan of await scanStore(store, foreign)) {
      scans.push(scan);
      for (const line of linesOf(scan)) tell(line);
    }
  }
  return scans;
}

function linesOf(scan: StoreScan): string[] {
  const found = scan.controls - scan.missedControls.length;
  const verdict = isClean(scan) ? 'clean' : 'NOT CLEAN';
  const mib = `${(scan.bytes / 2 ** 20).toFixed(1)} MiB`;
  return [
    `${scan.store.padEnd(38)} ${mib.padStart(11)}  controls ${found}/${scan.controls}  ` +
      `finds ${scan.finds.length}  ${verdict}`,
    ...scan.finds
      .slice(0, findsPrintedMax)
      .map(({ label, file, offset }) => `    FOUND ${label} in ${file} at ${offset}`),
    ...scan.missedControls.map((label) => `    missed ${label}`),
    ...scan.problems.map((problem) => `    ${problem}`),
  ];
}

export const allScansOf = ({
  cells,
  shared,
}: Pick<BorderScan, 'cells' | 'shared'>): StoreScan[] => [
  ...cells.flatMap(({ scans }) => scans),
  ...shared,
];
