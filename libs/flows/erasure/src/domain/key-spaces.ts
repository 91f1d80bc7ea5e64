/** A part of a key-value store that somebody answers for: all keys that begin so. */
export interface KeySpace {
  /** `cache`, `rate`: how it is called in the record of an erasure. */
  readonly name: string;
  readonly prefix: string;
}

export interface FoundSpaces {
  /** Every declared space, with the keys that are in it. */
  readonly bySpace: ReadonlyMap<string, readonly string[]>;
  /** The name of a space that is not declared; undefined where all are. */
  readonly unknown: string | undefined;
}

/** Puts keys into the spaces they belong to. */
export function findSpaces(keys: readonly string[], spaces: readonly KeySpace[]): FoundSpaces {
  const bySpace = new Map<string, string[]>(spaces.map(({ name }) => [name, []]));
  let unknown: string | undefined;
  for (const key of keys) {
    const space = spaces.find(({ prefix }) => key.startsWith(prefix));
    if (space === undefined) unknown ??= spaceNameOf(key);
    else bySpace.get(space.name)?.push(key);
  }
  return { bySpace, unknown };
}

const nameSegment = /^[a-z][a-z0-9-]{0,30}$/;

/** The beginning of a key, as far as it can be no value: a key that nobody declared may hold anything. */
function spaceNameOf(key: string): string {
  const [first = ''] = key.split(':');
  return nameSegment.test(first) && key.includes(':') ? first : 'unnamed';
}

export interface FoundQueue {
  readonly prefix: string;
  readonly name: string;
}

const queueMark = ':meta';

/** The queues of BullMQ among keys: each has a key `<prefix>:<name>:meta`. */
export const queuesAmong = (keys: readonly string[]): FoundQueue[] =>
  keys
    .filter((key) => key.endsWith(queueMark))
    .toSorted()
    .flatMap((key) => {
      const path = key.slice(0, -queueMark.length);
      const at = path.lastIndexOf(':');
      const [prefix, name] = [path.slice(0, Math.max(at, 0)), path.slice(at + 1)];
      return prefix === '' || name === '' ? [] : [{ prefix, name }];
    });
