import { createHmac } from 'node:crypto';

/**
 * JSON with members in code-unit order and no spaces, so that equal contents have equal text whatever
 * order a client writes them in. Members that are undefined are left out, as in JSON.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'bigint') return value.toString();
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value === null || typeof value !== 'object')
    return value === undefined ? 'null' : JSON.stringify(value);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}

/** HMAC-SHA-256 over parts that cannot run into each other, under a key of the cell. */
export function keyedDigest(key: Uint8Array, purpose: string, parts: readonly string[]): Buffer {
  return createHmac('sha256', key)
    .update(canonicalJson([purpose, ...parts]))
    .digest();
}
