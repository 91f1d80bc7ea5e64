import { z } from 'zod';
import { KmsError } from '../errors.ts';
import type { Answer } from './operation.ts';

/** The members by which a caller asks for one page of a list. */
export const pageInput = (limitMax: number, limitDefault: number) => ({
  Limit: z.int().min(1).max(limitMax).default(limitDefault),
  Marker: z.string().min(1).max(1024).optional(),
});

/** What a caller asked for. */
export interface PageInput {
  readonly Limit: number;
  readonly Marker?: string | undefined;
}

/** The page after the marker, of items in the order of their ids, and what tells of the next one. */
export function pageOf<Item extends { readonly id: string }>(
  items: readonly Item[],
  input: PageInput,
): { readonly page: readonly Item[]; readonly more: Answer } {
  const after = input.Marker === undefined ? '' : readMarker(input.Marker);
  const rest = items.filter((item) => item.id > after);
  const page = rest.slice(0, input.Limit);
  const last = page.at(-1);
  if (rest.length === page.length || last === undefined)
    return { page, more: { Truncated: false } };
  const NextMarker = Buffer.from(last.id).toString('base64url');
  return { page, more: { Truncated: true, NextMarker } };
}

function readMarker(marker: string): string {
  const id = Buffer.from(marker, 'base64url').toString('utf8');
  if (!/^[0-9a-f-]{36,64}$/.test(id)) {
    throw new KmsError('InvalidMarkerException', 'The marker is not one this service returned');
  }
  return id;
}
