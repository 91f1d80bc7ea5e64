import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import type { HistoryEntry } from './check-history.ts';

const entry = z.looseObject({
  key: z.string(),
  cell: z.string(),
  orderId: z.string().optional(),
  status: z.int(),
  units: z.int(),
});

/** The last word of each key in a client's history, a file of JSON lines; none where there is no file. */
export function readHistory(file: string): HistoryEntry[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  const byKey = new Map<string, HistoryEntry>();
  for (const line of lines) {
    if (line === '') continue;
    const { key, cell, orderId, status, units } = entry.parse(JSON.parse(line));
    byKey.set(key, { key, cell, orderId, status, units });
  }
  return [...byKey.values()];
}
