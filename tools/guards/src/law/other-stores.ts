import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { repositoryRoot } from '@entrepot/stack';

/** A store that is no table: what it holds about people, and how that ends. */
export interface OtherStore {
  readonly name: string;
  readonly holds: string;
  readonly ends: string;
}

const references = 'references, codes and amounts; no word of a person';
const afterDays = 'the broker deletes it after seven days';

/** Topics, key spaces and folders. Each topic of `infra/kafka/topics.json` has to be here. */
export const otherStores: readonly OtherStore[] = [
  ...['carts', 'identity', 'orders', 'payments', 'privacy'].map((name) => ({
    ...{ name: `topic local.${name}.v1`, holds: references, ends: afterDays },
  })),
  { name: 'topic local.catalog.v1', holds: 'nothing about people', ends: afterDays },
  { name: 'topic local.inventory.v1', holds: 'nothing about people', ends: afterDays },
  {
    name: 'topic local.stock-witness.v1',
    ...{ holds: references, ends: 'the broker deletes it after 45 days' },
  },
  { name: 'topic global.cell.v1', holds: 'nothing about people', ends: 'after a day' },
  { name: 'topic global.inventory.v1', holds: 'nothing about people', ends: 'compacted' },
  {
    name: 'topic global.parcel.v1',
    ...{ holds: 'a random token per parcel, which only its home can resolve', ends: afterDays },
  },
  {
    name: 'Redis, cache',
    ...{ holds: 'nothing about people', ends: 'by time; an erasure looks through every key' },
  },
  {
    name: 'Redis, rate limits',
    ...{ holds: 'keyed digests of addresses and sessions', ends: 'with their window' },
  },
  {
    name: 'Redis, jobs',
    ...{
      holds: 'references of what is to be done',
      ends: 'when done; an erasure looks through all',
    },
  },
  {
    name: 'logs',
    ...{ holds: 'listed fields only, none of which is about a person', ends: 'by rotation' },
  },
];

interface TopicsFile {
  readonly topics: readonly { readonly name: string }[];
}

/** Topics that the cluster has and nobody described, one sentence each. */
export function topicProblems(described: readonly OtherStore[] = otherStores): string[] {
  const file = join(repositoryRoot, 'infra', 'kafka', 'topics.json');
  const { topics } = JSON.parse(readFileSync(file, 'utf8')) as TopicsFile;
  const names = new Set(described.map(({ name }) => name));
  return topics.flatMap(({ name }) =>
    names.has(`topic ${name}`)
      ? []
      : [`topic ${name} is not described: add it to tools/guards/src/law/other-stores.ts`],
  );
}
