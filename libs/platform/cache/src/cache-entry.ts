import type { Lifetime } from './cache-policy.ts';

/** A body with the version of the thing it shows; a null body says that there is no such thing. */
export interface Versioned {
  readonly version: number;
  readonly body: string | null;
}

export interface CacheEntry extends Versioned, Lifetime {}

/** `version|softAt|hardAt|+body`, or `…|-` for a thing that does not exist. */
export function encodeEntry(entry: CacheEntry): string {
  const body = entry.body === null ? '-' : `+${entry.body}`;
  return `${entry.version}|${entry.softAt}|${entry.hardAt}|${body}`;
}

/** Undefined for anything this version of the program did not write. */
export function decodeEntry(text: string): CacheEntry | undefined {
  const parts = /^(\d+)\|(\d+)\|(\d+)\|([+-])/.exec(text);
  if (parts === null) return undefined;
  const [head, version, softAt, hardAt, sign] = parts;
  return {
    version: Number(version),
    softAt: Number(softAt),
    hardAt: Number(hardAt),
    body: sign === '-' ? null : text.slice(head.length),
  };
}
