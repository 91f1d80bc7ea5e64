import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { endEpoch, passKmsWindow } from '@entrepot/drills';
import type { CanaryShopper } from '@entrepot/drills';

import { DrillGround, tablesOfErased } from './drill-ground.ts';

const limitMs = 600_000;
const people = 12;

describe('The erasure of some of many people', () => {
  let ground: DrillGround;

  beforeAll(() => {
    ground = new DrillGround();
  });
  afterAll(() => ground.close());

  const readAll = async (person: CanaryShopper) =>
    (await person.readEverything()).map(({ call, status, text }) => ({ call, status, text }));

  it(
    'T20 leaves everything of everybody else as it was, whoever is chosen',
    async () => {
      const sku = await ground.article();
      const crowd = Array.from({ length: people }, () => ground.newPerson());
      for (const person of crowd) await person.live(sku);
      const seed = fc.sample(fc.integer(), 1)[0] ?? 0;
      process.stderr.write(`nobody else: seed ${seed}\n`);
      const some = fc.subarray(crowd, { minLength: 1, maxLength: people - 2 });
      const [chosen = []] = fc.sample(some, { numRuns: 1, seed });
      const others = crowd.filter((person) => !chosen.includes(person));
      const subjects = await Promise.all(chosen.map((person) => ground.subjectOf(person)));
      const before = await Promise.all(others.map(readAll));

      const requests = [];
      for (const person of chosen) requests.push(await ground.officers.decide(person.accountId));
      for (const { id } of requests) await ground.officers.until(id, 'verified_unreadable');
      await endEpoch(ground.home);
      await passKmsWindow(ground.node, ground.home);
      for (const { id } of requests) await ground.officers.until(id, 'closed');

      for (const person of others) await person.signIn();
      expect(await Promise.all(others.map(readAll))).toEqual(before);
      for (const subject of subjects) {
        expect(await ground.tablesWith(subject)).toEqual(tablesOfErased);
      }
    },
    limitMs,
  );
});
