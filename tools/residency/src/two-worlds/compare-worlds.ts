import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Crossing, WorldTraffic } from './crossing.ts';
import { masked, nonces, periodic } from './nonces.ts';
import type { Nonce } from './nonces.ts';

/** A place at which the worlds differ; it shows digests, since what differs may be somebody's. */
export interface WorldDifference {
  readonly place: string;
  readonly onlyInFirst: readonly string[];
  readonly onlyInSecond: readonly string[];
}

export interface WorldComparison {
  /** Messages and their bytes in each world. */
  readonly messages: readonly [number, number];
  readonly bytes: readonly [number, number];
  readonly places: readonly string[];
  readonly differences: readonly WorldDifference[];
}

/**
 * Compares what crossed in two worlds byte for byte, once the listed nonces are masked. Messages of one key keep
 * their order; of different keys nobody promises any.
 */
export function compareWorlds(first: WorldTraffic, second: WorldTraffic): WorldComparison {
  const [one, two] = [placesOf(first), placesOf(second)];
  const places = [...new Set([...one.keys(), ...two.keys()])].toSorted();
  const differences = places.flatMap((place) => {
    const difference = differenceAt(place, one.get(place) ?? [], two.get(place) ?? []);
    return difference === undefined ? [] : [difference];
  });
  return {
    messages: [first.length, second.length],
    bytes: [bytesOf(first), bytesOf(second)],
    places,
    differences,
  };
}

/** By place: one canonical text for each key, its messages in order; once for what the clock repeats. */
function placesOf(world: WorldTraffic): Map<string, string[]> {
  const places = new Map<string, string[]>();
  for (const [place, at] of Map.groupBy(
    world,
    (crossing) => `${crossing.channel} ${crossing.place}`,
  )) {
    const isPeriodic = periodic.some((pattern) => pattern.test(place));
    const texts = [...Map.groupBy(at, (crossing) => keyOf(crossing))].flatMap(([key, messages]) => {
      const masks = messages.map((message) => maskedText(message, isPeriodic));
      if (isPeriodic) return [...new Set(masks)].map((text) => `${key}\n${text}`);
      // without a key there is no order
      return key === '' ? masks : [`${key}\n${masks.join('\n')}`];
    });
    places.set(place, texts.toSorted());
  }
  return places;
}

const keyOf = (crossing: Crossing): string =>
  noncesOf(crossing).some(({ path }) => path === 'key') ? masked : crossing.key;

const noncesOf = ({ channel, place }: Crossing): Nonce[] =>
  nonces.filter((nonce) => nonce.channel === channel && nonce.place.test(place));

/**
 * The message in its canonical form (RFC 8785) with every listed nonce masked, and nothing else. In what the clock
 * repeats, items that are the same by then count once.
 */
export function maskedText(crossing: Crossing, isPeriodic = false): string {
  const head: Record<string, string> = { ...crossing.head };
  const body = jsonOf(crossing.body);
  for (const { path } of noncesOf(crossing)) {
    const header = /^head:(.+)$/.exec(path)?.[1];
    if (header === undefined)
      mask(
        body,
        path.split(/(?=\[\])|\./).filter((part) => part !== ''),
      );
    else if (head[header] !== undefined) head[header] = masked;
  }
  const told = isPeriodic ? withoutTwins(body) : body;
  return `${canonicalize(head) ?? ''}\n${canonicalize(told) ?? ''}`;
}

function withoutTwins(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = (value as unknown[]).map(withoutTwins);
    return [...new Map(items.map((item) => [canonicalize(item) ?? '', item])).values()];
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, withoutTwins(member)]),
  );
}

/** What is no JSON is compared as it is. */
function jsonOf(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text);
  } catch {
    return text;
  }
}

function mask(value: unknown, path: readonly string[]): void {
  const [part, ...rest] = path;
  if (part === undefined || typeof value !== 'object' || value === null) return;
  if (part === '[]') {
    for (const item of Array.isArray(value) ? (value as unknown[]) : []) mask(item, rest);
    return;
  }
  const members = value as Record<string, unknown>;
  if (!Object.hasOwn(members, part)) return;
  if (rest.length === 0) members[part] = masked;
  else mask(members[part], rest);
}

function differenceAt(
  place: string,
  first: readonly string[],
  second: readonly string[],
): WorldDifference | undefined {
  const onlyInFirst = without(first, second);
  const onlyInSecond = without(second, first);
  if (onlyInFirst.length + onlyInSecond.length === 0) return undefined;
  return {
    place,
    onlyInFirst: onlyInFirst.map(digestOf),
    onlyInSecond: onlyInSecond.map(digestOf),
  };
}

/** As bags: what stands twice here and once there stays once. */
function without(these: readonly string[], those: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const text of those) left.set(text, (left.get(text) ?? 0) + 1);
  return these.filter((text) => {
    const count = left.get(text) ?? 0;
    left.set(text, count - 1);
    return count <= 0;
  });
}

const digestCharacters = 16;
const digestOf = (text: string): string =>
  createHash('sha256').update(text).digest('hex').slice(0, digestCharacters);

const bytesOf = (world: WorldTraffic): number =>
  world.reduce(
    (sum, { key, head, body }) => sum + Buffer.byteLength(key + JSON.stringify(head) + body),
    0,
  );
