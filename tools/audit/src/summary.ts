import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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
  capturedMinor: z.record(z.string(), z.int()),
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

/** The file is not what a cell wrote. */
export class BrokenSealError extends Error {
  override readonly name = 'BrokenSealError';
}

const digestOf = (body: unknown): string =>
  createHash('sha256')
    .update(canonicalize(body) ?? '')
    .digest('base64url');

/** The body with the SHA-256 of its canonical form (RFC 8785), so that a copy can be told from an edit. */
export const seal = (body: CellSummary | CellStepsFile): string =>
  `${JSON.stringify({ sha256: digestOf(body), body })}\n`;

const sealed = z.strictObject({ sha256: z.string(), body: z.unknown() });

/** @throws BrokenSealError where the text was changed after it was sealed, or is of another form. */
export function unseal<T>(text: string, schema: z.ZodType<T>): T {
  const outer = sealed.safeParse(JSON.parse(text));
  if (!outer.success) throw new BrokenSealError('this is not a sealed summary');
  const { sha256, body } = outer.data;
  if (digestOf(body) !== sha256) throw new BrokenSealError('the summary was changed');
  return schema.parse(body);
}

export const unsealSummary = (text: string): CellSummary => unseal(text, cellSummary);

const fileOf = (folder: string, { cell, kind }: { readonly cell: string; readonly kind: string }) =>
  join(folder, `${cell}.${kind}.json`);

export function writeSealed(folder: string, body: CellSummary | CellStepsFile): void {
  writeFileSync(fileOf(folder, body), seal(body), { mode: 0o600 });
}

const readAll = <T>(folder: string, kind: string, schema: z.ZodType<T>): T[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith(`.${kind}.json`))
    .toSorted()
    .map((name) => unseal(readFileSync(join(folder, name), 'utf8'), schema));

export const readSummaries = (folder: string): CellSummary[] =>
  readAll(folder, 'summary', cellSummary);
export const readSteps = (folder: string): CellStepsFile[] => readAll(folder, 'steps', cellSteps);
