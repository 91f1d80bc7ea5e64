import { createPublicKey, sign, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isCellId } from '@entrepot/kernel';
import type { CellId } from '@entrepot/kernel';
import canonicalize from 'canonicalize';
import { z } from 'zod';

const units = z.int();
const pool = z.strictObject({
  pool: z.string(),
  home: z.string(),
  minted: units,
  applied: units,
  free: units,
  held: units,
  sold: units,
  shipped: units,
  granted: units,
  writtenOff: units,
  transferred: units,
  deficit: units,
  safety: units,
  quarantine: units,
  suspense: units,
});
const channel = z.strictObject({
  pool: z.string(),
  peer: z.string(),
  granted: units,
  applied: units,
  acked: units,
});
const refusal = z.strictObject({
  pool: z.string(),
  quantity: units,
  startedAt: z.int(),
  endedAt: z.int(),
});

/** What one cell tells an auditor: totals of goods, counts, and violations by code. No person, no order. */
const cellSummary = z.strictObject({
  kind: z.literal('summary'),
  cell: z.string(),
  takenAt: z.iso.datetime(),
  ordersByStatus: z.record(z.string(), z.int()),
  unitsOrdered: units,
  /** By currency; in decimal, since a year's sum may be more than JSON carries as a number. */
  capturedMinor: z.record(z.string(), z.string().regex(/^-?[0-9]+$/)),
  borrows: z.int(),
  historyEntries: z.int(),
  violations: z.record(z.string(), z.int()),
  pools: z.array(pool),
  channels: z.array(channel),
  refusals: z.array(refusal),
});
export type CellSummary = z.infer<typeof cellSummary>;

/** How the pools of some refusals stood in one cell while they were given. */
const cellSteps = z.strictObject({
  kind: z.literal('steps'),
  cell: z.string(),
  steps: z.array(
    z.strictObject({
      pool: z.string(),
      at: z.int(),
      free: units,
      granted: units,
      applied: units,
    }),
  ),
});
export type CellStepsFile = z.infer<typeof cellSteps>;

/** The file is not what the cell that it names has signed. */
export class BrokenSealError extends Error {
  override readonly name = 'BrokenSealError';
}

type Sealed = CellSummary | CellStepsFile;

/** Separates these signatures from any other use of the same key. */
const signedPrefix = 'entrepot audit 1\n';

/** The canonical form (RFC 8785): one value has one spelling, so a signature covers what is read. */
const signedBytes = (body: unknown): Buffer =>
  Buffer.from(`${signedPrefix}${canonicalize(body) ?? ''}`);

/** The Ed25519 key of a cell; what it signs speaks for that cell alone. */
export interface CellKey {
  readonly cell: string;
  readonly kid: string;
  readonly privateKey: KeyObject;
}

/** The public keys that are pinned for every cell; the cell directory fits. */
export interface PinnedKeys {
  /** PEM; undefined for a key that the cell does not have. */
  envelopeKey(cell: CellId, kid: string): string | undefined;
}

/** The body with the signature of the cell that it is about. */
export function seal(body: Sealed, { cell, kid, privateKey }: CellKey): string {
  if (body.cell !== cell) throw new TypeError(`${cell} does not sign for ${body.cell}`);
  const sig = sign(null, signedBytes(body), privateKey).toString('base64url');
  return `${JSON.stringify({ kid, sig, body })}\n`;
}

const sealed = z.strictObject({ kid: z.string(), sig: z.base64url(), body: z.unknown() });
const signedBody = z.looseObject({ cell: z.string() });

/** @throws BrokenSealError where the text is of another form or its cell has not signed it so. */
export function unseal<T>(text: string, schema: z.ZodType<T>, keys: PinnedKeys): T {
  const outer = sealed.safeParse(parseJson(text));
  const about = outer.success ? signedBody.safeParse(outer.data.body) : undefined;
  if (!outer.success || !about?.success) throw new BrokenSealError('is not a signed summary');
  const { kid, sig, body } = outer.data;
  const { cell } = about.data;
  const key = isCellId(cell) ? keys.envelopeKey(cell, kid) : undefined;
  if (key === undefined)
    throw new BrokenSealError(`is signed with a key that ${cell} does not have`);
  if (!verify(null, signedBytes(body), createPublicKey(key), Buffer.from(sig, 'base64url'))) {
    throw new BrokenSealError(`is not what ${cell} has signed`);
  }
  const read = schema.safeParse(body);
  if (!read.success) throw new BrokenSealError(`is of another form than this version reads`);
  return read.data;
}

/** Undefined for what is no JSON, which no schema takes. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const nameOf = ({ cell, kind }: { readonly cell: string; readonly kind: string }): string =>
  `${cell}.${kind}.json`;

export function writeSealed(folder: string, body: Sealed, key: CellKey): void {
  writeFileSync(join(folder, nameOf(body)), seal(body, key), { mode: 0o600 });
}

/** @throws BrokenSealError naming the file whose signature does not hold. */
function readAll<T extends Sealed>(
  folder: string,
  { kind, schema, keys }: { kind: T['kind']; schema: z.ZodType<T>; keys: PinnedKeys },
): T[] {
  const names = readdirSync(folder).filter((name) => name.endsWith(`.${kind}.json`));
  return names.toSorted().map((name) => {
    try {
      const body = unseal(readFileSync(join(folder, name), 'utf8'), schema, keys);
      if (nameOf(body) !== name) throw new BrokenSealError(`is what ${body.cell} has signed`);
      return body;
    } catch (error) {
      if (!(error instanceof BrokenSealError)) throw error;
      throw new BrokenSealError(`${name} ${error.message}.`, { cause: error });
    }
  });
}

export const readSummaries = (folder: string, keys: PinnedKeys): CellSummary[] =>
  readAll(folder, { kind: 'summary', schema: cellSummary, keys });
export const readSteps = (folder: string, keys: PinnedKeys): CellStepsFile[] =>
  readAll(folder, { kind: 'steps', schema: cellSteps, keys });
