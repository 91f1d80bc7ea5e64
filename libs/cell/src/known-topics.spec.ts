import { expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { knownTopics } from './known-topics.ts';

interface Declared {
  readonly name: string;
  readonly cleanup: 'delete' | 'compact';
}

it('the topics that an erasure knows are those that a broker is given', () => {
  const file = new URL('../../../infra/kafka/topics.json', import.meta.url);
  const { topics, mirrorCanary } = JSON.parse(readFileSync(file, 'utf8')) as {
    readonly topics: readonly Declared[];
    readonly mirrorCanary: Declared;
  };
  const declared = [...topics, mirrorCanary].map(({ name, cleanup }) => ({
    name,
    kind: cleanup === 'compact' ? 'stays' : 'expires',
  }));
  const known = knownTopics.filter(({ name }) => name !== 'border-scan-control');
  const byName = (a: { name: string }, b: { name: string }) => a.name.localeCompare(b.name);
  expect(known.toSorted(byName)).toEqual(declared.toSorted(byName));
});
