import { inSnapshot } from '../snapshot.ts';
import { lineOfVector } from './vector-chain.ts';
import type { ExportedVector } from './vector-chain.ts';

const signedSql = `
SELECT body, signature FROM inventory.conservation_vector
WHERE signature IS NOT NULL ORDER BY number`;

/** The signed vectors that a cell keeps, by its auditor's login, as lines of a file that others check. */
export const readVectors = (url: string): Promise<string[]> =>
  inSnapshot(url, async (read) => (await read<ExportedVector>(signedSql)).map(lineOfVector));
