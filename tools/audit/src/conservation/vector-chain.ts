import {
  conservationVector,
  digestOfVector,
  isSignedByOneOf,
  noVector,
} from '@entrepot/inventory/model';
import type { ConservationVector } from '@entrepot/inventory/model';
import { z } from 'zod';
import type { Breach } from '../breach.ts';
import { breach } from '../breach.ts';

/** One line of an exported file: the text that was signed, as it was signed. */
const exportedLine = z.strictObject({ signature: z.base64url(), body: z.string() });
export type ExportedVector = z.infer<typeof exportedLine>;

export const lineOfVector = (exported: ExportedVector): string => JSON.stringify(exported);

/** The vectors of one cell that can be believed, in their order, and what is wrong with the file. */
export interface VectorChain {
  readonly cell: string;
  readonly vectors: readonly ConservationVector[];
  readonly breaches: readonly Breach[];
}

interface ReadLine {
  /** Counted from one. */
  readonly line: number;
  readonly vector: ConservationVector;
  readonly digest: string;
}

/** Reads the lines that a cell has exported. `keys` are the public keys (PEM) that are pinned for it. */
export function readChain(
  cell: string,
  lines: Iterable<string>,
  keys: readonly string[],
): VectorChain {
  const breaches: Breach[] = [];
  const read: ReadLine[] = [];
  let line = 0;
  for (const text of lines) {
    line += 1;
    const found = readLine(text, keys);
    if (typeof found === 'string') breaches.push(breach(found, { cell, line }));
    else if (found.vector.cell !== cell) {
      breaches.push(breach('VECTOR_OF_ANOTHER_CELL', { cell, line, of: found.vector.cell }));
    } else read.push({ ...found, line });
  }
  const ordered = read.toSorted((left, right) => left.vector.number - right.vector.number);
  return {
    cell,
    vectors: ordered.map(({ vector }) => vector),
    breaches: [
      ...breaches,
      ...read.flatMap((of, at) => checkPlace(read[at - 1], of)),
      ...ordered.flatMap((of, at) => checkLink(ordered[at - 1], of)),
    ],
  };
}

function readLine(text: string, keys: readonly string[]): Omit<ReadLine, 'line'> | string {
  const outer = exportedLine.safeParse(parsed(text));
  if (!outer.success) return 'VECTOR_MALFORMED';
  const { body, signature } = outer.data;
  if (!isSignedByOneOf(body, signature, keys)) return 'VECTOR_SIGNATURE_INVALID';
  const vector = conservationVector.safeParse(parsed(body));
  if (!vector.success) return 'VECTOR_MALFORMED';
  return { vector: vector.data, digest: digestOfVector(body) };
}

/** Undefined for what is no JSON, which no schema takes. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A file that was put together by hand may be whole and is not what the cell has exported. */
function checkPlace(before: ReadLine | undefined, { line, vector }: ReadLine): Breach[] {
  const { cell, number } = vector;
  if (before === undefined || before.vector.number <= number) return [];
  return [breach('VECTOR_OUT_OF_ORDER', { cell, line, number })];
}

function checkLink(before: ReadLine | undefined, { vector, digest }: ReadLine): Breach[] {
  const { cell, number, previous } = vector;
  if (before === undefined) {
    const isBroken = number === 1 && previous !== noVector;
    return isBroken ? [breach('VECTOR_CHAIN_BROKEN', { cell, number })] : [];
  }
  const last = before.vector;
  if (last.number === number) {
    const isCopy = digest === before.digest;
    return [breach(isCopy ? 'VECTOR_DOUBLED' : 'VECTOR_NUMBER_TWICE', { cell, number })];
  }
  if (last.number + 1 !== number) {
    return [breach('VECTOR_MISSING', { cell, from: last.number + 1, to: number - 1 })];
  }
  const goesBack =
    vector.notAfter < last.notBefore ||
    BigInt(vector.position) < BigInt(last.position) ||
    vector.epoch < last.epoch;
  return [
    ...(previous === before.digest ? [] : [breach('VECTOR_CHAIN_BROKEN', { cell, number })]),
    ...(goesBack ? [breach('VECTOR_GOES_BACK', { cell, number })] : []),
  ];
}
