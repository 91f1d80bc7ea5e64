import { closeSync, openSync, readSync, statSync } from 'node:fs';
import {
  filesBelow,
  NeedleMatcher,
  needlesOf,
  newCanaries,
  scanFiles,
} from '@entrepot/border-scan';
import { createHash, randomBytes } from 'node:crypto';
import { measureInTurns, pairedFigure, roundsOfPairs } from '../paired-figure.ts';
import type { PairedFigure } from '../paired-figure.ts';

const megabyte = 1_000_000;
/** Enough that no cache of the processor holds it. */
const bytesMin = 8 * megabyte;
const bytesMax = 256 * megabyte;
/** So that no single file is most of what is scanned. */
const fileBytesMax = 32 * megabyte;
const chunkBytes = 4 * 1024 * 1024;

/**
 * How fast one core looks through what stores have written, for every form of every text of one person,
 * as the border scan does. Undefined where the folders hold too little to tell.
 */
export async function measureScan(folders: readonly string[]): Promise<PairedFigure | undefined> {
  const files = sampleOf(folders.flatMap((folder) => filesBelow(folder)));
  const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0);
  if (bytes < bytesMin) return undefined;
  const needles = needlesOf('bench', newCanaries());
  const matcher = new NeedleMatcher(needles);
  const needle = randomBytes(16);
  const buffer = Buffer.allocUnsafe(chunkBytes);
  const work = {
    measured: perCoreSecond(() => scanFiles(files, matcher).bytes),
    baseline: perCoreSecond(() =>
      files.reduce((sum, file) => sum + lookFor(needle, file, buffer), 0),
    ),
  };
  // brings the files into the page cache and the code to its speed
  await measureInTurns(1, work);
  return pairedFigure(
    {
      name: 'residency scan',
      unit: 'MB/s per core',
      baseline: 'one needle by Buffer.indexOf',
      aim: { of: 'figure', bound: 'at least', value: 60 },
    },
    await measureInTurns(roundsOfPairs, work),
    [`${Math.round(bytes / megabyte)} MB in ${files.length} files, ${needles.length} needles`],
  );
}

/** Of all stores alike, small files and large ones, and the same files each time: by a digest of their names. */
function sampleOf(files: readonly string[]): readonly string[] {
  const chosen: string[] = [];
  let bytes = 0;
  for (const file of files.toSorted((left, right) => (orderOf(left) < orderOf(right) ? -1 : 1))) {
    const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
    if (size === 0 || size > fileBytesMax || bytes + size > bytesMax) continue;
    chosen.push(file);
    bytes += size;
  }
  return chosen;
}

const orderOf = (file: string): string => createHash('sha256').update(file).digest('hex');

const perCoreSecond = (work: () => number) => (): Promise<number> => {
  const before = process.cpuUsage();
  const bytes = work();
  const { user, system } = process.cpuUsage(before);
  return Promise.resolve(bytes / (user + system));
};

/** Reads the file as the scan does; answers its bytes. */
function lookFor(needle: Buffer, file: string, buffer: Buffer): number {
  const handle = openSync(file, 'r');
  let position = 0;
  try {
    for (;;) {
      const read = readSync(handle, buffer, 0, chunkBytes, position);
      if (read === 0) return position;
      buffer.subarray(0, read).indexOf(needle);
      position += read;
    }
  } finally {
    closeSync(handle);
  }
}
