import type { ErasureOutcome, SubjectId } from '@entrepot/kernel';
import { PersonalDataOwners } from '@entrepot/privacy';
import { Injectable } from '@nestjs/common';
import { StepFailure } from './step-failure.ts';
import { StoreKeepers } from './store-keeper.ts';
import { SubjectTables } from './subject-tables.ts';

/** Why a row may still name the person: it keeps them erased, or the eraser alone may delete it. */
const reasonsToStay: ReadonlySet<string | undefined> = new Set(['TOMBSTONE', 'DESTROYED_WITH_KEY']);

/** A table as it was read again. */
export interface TableReadBack {
  readonly table: string;
  readonly rows: number;
  readonly leftReason: string | undefined;
}

/**
 * Every owner deletes its rows or cuts them off the person, every other store is swept, and then each
 * table that the databases have is read again: an answer is not taken for the fact.
 */
@Injectable()
export class SweepStores {
  constructor(
    private readonly owners: PersonalDataOwners,
    private readonly keepers: StoreKeepers,
    private readonly tables: SubjectTables,
  ) {}

  async sweep(subject: SubjectId): Promise<readonly ErasureOutcome[]> {
    const outcomes: ErasureOutcome[] = [];
    for (const owner of this.owners.all()) outcomes.push(...(await owner.erase(subject)));
    for (const keeper of this.keepers.all) outcomes.push(...(await keeper.purge(subject)));
    return outcomes;
  }

  /** Throws StepFailure for a table that nobody answered for, and for rows that nobody accounted for. */
  async readBack(
    subject: SubjectId,
    outcomes: readonly ErasureOutcome[],
  ): Promise<readonly TableReadBack[]> {
    const answers = new Map(outcomes.map((outcome) => [outcome.store, outcome]));
    return (await this.tables.rowsOf(subject)).map(({ table, rows }) => {
      const answer = answers.get(table);
      if (answer === undefined) throw unowned(table);
      const { leftReason } = answer;
      if (rows !== (reasonsToStay.has(leftReason) ? answer.left : 0)) throw stillThere(table);
      return { table, rows, leftReason };
    });
  }
}

const unowned = (store: string): StepFailure =>
  new StepFailure('ERASURE_STORE_UNKNOWN', `nobody answers for ${store}`, { store });
const stillThere = (store: string): StepFailure =>
  new StepFailure('ERASURE_ROWS_LEFT', `${store} still names the person`, { store });
