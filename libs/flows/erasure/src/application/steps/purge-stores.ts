import type { ErasureOutcome, ErasureRequestId, SubjectId } from '@entrepot/kernel';
import { ErasureStore } from '@entrepot/privacy';
import type { ErasureRequest } from '@entrepot/privacy';
import { Injectable } from '@nestjs/common';
import { ErasureStepWork } from '../erasure-step.ts';
import type { StepOutcome } from '../erasure-step.ts';
import { PersonalDataOwners } from '../personal-data-owners.ts';
import { StepFailure } from '../step-failure.ts';
import { StoreKeepers } from '../store-keeper.ts';
import { countStep, SubjectTables } from '../subject-tables.ts';

/** Why a row may still name the person: it keeps them erased, or the eraser alone may delete it. */
const reasonsToStay: ReadonlySet<string | undefined> = new Set(['TOMBSTONE', 'DESTROYED_WITH_KEY']);

export interface PurgeParts {
  readonly owners: PersonalDataOwners;
  readonly keepers: StoreKeepers;
  readonly tables: SubjectTables;
  readonly requests: ErasureStore;
}

/**
 * Every owner deletes its rows or cuts them off the person, every other store is swept, and then each
 * table that the databases have is read again: an answer is not taken for the fact.
 */
@Injectable()
export class PurgeStores extends ErasureStepWork {
  readonly action = 'purge';
  private readonly parts: PurgeParts;

  constructor(
    owners: PersonalDataOwners,
    keepers: StoreKeepers,
    tables: SubjectTables,
    requests: ErasureStore,
  ) {
    super();
    this.parts = { owners, keepers, tables, requests };
  }

  override async perform({ id, subject }: ErasureRequest, at: Date): Promise<StepOutcome> {
    const { owners, keepers, requests } = this.parts;
    const outcomes: ErasureOutcome[] = [];
    for (const owner of owners.all()) outcomes.push(...(await owner.erase(subject)));
    for (const keeper of keepers.all) outcomes.push(...(await keeper.purge(subject)));
    for (const outcome of outcomes) {
      await requests.recordStep(id, { step: this.action, state: 'done', ...outcome });
    }
    await this.readBack(id, subject, outcomes);
    return { event: { action: this.action, at } };
  }

  private async readBack(
    id: ErasureRequestId,
    subject: SubjectId,
    outcomes: readonly ErasureOutcome[],
  ): Promise<void> {
    const answers = new Map(outcomes.map((outcome) => [outcome.store, outcome]));
    const counted = await this.countedBefore(id);
    for (const { table, rows } of await this.parts.tables.rowsOf(subject)) {
      const answer = answers.get(table);
      if (answer === undefined) throw unowned(table);
      const { leftReason } = answer;
      if (rows !== (reasonsToStay.has(leftReason) ? answer.left : 0)) throw stillThere(table);
      const matched = Math.max(counted.get(table) ?? 0, rows);
      await this.parts.requests.recordMeasure(id, {
        ...{ step: 'read-back', state: 'done', store: table },
        ...{ matched, deleted: matched - rows, left: rows },
        ...(rows > 0 && leftReason !== undefined && { leftReason }),
      });
    }
  }

  private async countedBefore(id: ErasureRequestId): Promise<ReadonlyMap<string, number>> {
    const steps = await this.parts.requests.stepsOf(id);
    const counts = steps.filter(({ step }) => step === countStep);
    return new Map(counts.map(({ store, matched }) => [store, matched]));
  }
}

const unowned = (store: string): StepFailure =>
  new StepFailure('ERASURE_STORE_UNKNOWN', `nobody answers for ${store}`, { store });
const stillThere = (store: string): StepFailure =>
  new StepFailure('ERASURE_ROWS_LEFT', `${store} still names the person`, { store });
