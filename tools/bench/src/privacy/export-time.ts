import type { PersonalDataExtract, SubjectId } from '@entrepot/kernel';
import { withCellDatabases } from './own-process.ts';
import { measureInTurns, pairedFigure, roundsOfPairs } from '../paired-figure.ts';
import type { PairedFigure } from '../paired-figure.ts';
import { PersonWithOrders } from './person-with-orders.ts';

const orders = 500;

/** Whatever answers with everything that a cell keeps of a person. */
export interface PersonExport {
  extractsOf(subject: SubjectId): Promise<readonly PersonalDataExtract[]>;
  close(): Promise<void>;
}

/** How long it takes to collect all that a cell keeps of somebody who ordered often. */
export async function measureExport(onStage: (stage: string) => void): Promise<PairedFigure> {
  return withCellDatabases(async (databases) => {
    onStage(`export: a person with ${orders} orders`);
    const person = await PersonWithOrders.make(databases, orders);
    try {
      onStage('export: in turns');
      let records = 0;
      const work = {
        measured: secondsOf(async () => {
          const extracts = await person.extractsOf(person.subject);
          records = extracts.reduce((sum, extract) => sum + extract.records.length, 0);
        }),
        baseline: secondsOf(() => person.rowsAsTheyAre()),
      };
      await measureInTurns(1, work);
      const pairs = await measureInTurns(roundsOfPairs, work);
      return pairedFigure(
        {
          ...{ name: `export, ${orders} orders`, unit: 'seconds' },
          baseline: 'the rows as they are, in one query',
          aim: { of: 'figure', bound: 'at most', value: 2 },
        },
        pairs,
        [`${records} records of every owner, each delivery address opened`],
      );
    } finally {
      await person.close();
    }
  });
}

const secondsOf = (work: () => Promise<void>) => async (): Promise<number> => {
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) / 1_000;
};
