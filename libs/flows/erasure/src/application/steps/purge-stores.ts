import type { ErasureRequestId } from '@entrepot/kernel';
import { ErasureStore } from '@entrepot/privacy';
import type { ErasureRequest } from '@entrepot/privacy';
import { Injectable } from '@nestjs/common';
import { ErasureStepWork } from '../erasure-step.ts';
import type { StepOutcome } from '../erasure-step.ts';
import { countStep } from '../subject-tables.ts';
import { SweepStores } from '../sweep-stores.ts';

/** Empties every store of the person and writes down what each had and has. */
@Injectable()
export class PurgeStores extends ErasureStepWork {
  readonly action = 'purge';

  constructor(
    private readonly stores: SweepStores,
    private readonly requests: ErasureStore,
  ) {
    super();
  }

  override async perform({ id, subject }: ErasureRequest, at: Date): Promise<StepOutcome> {
    const outcomes = await this.stores.sweep(subject);
    await this.requests.recordSteps(
      id,
      outcomes.map((outcome) => ({ step: this.action, state: 'done', ...outcome })),
    );
    const counted = await this.countedBefore(id);
    const found = await this.stores.readBack(subject, outcomes);
    await this.requests.recordMeasures(
      id,
      found.map(({ table, rows, leftReason }) => {
        const matched = Math.max(counted.get(table) ?? 0, rows);
        return {
          ...{ step: 'read-back', state: 'done' as const, store: table },
          ...{ matched, deleted: matched - rows, left: rows },
          ...(rows > 0 && leftReason !== undefined && { leftReason }),
        };
      }),
    );
    return { event: { action: this.action, at } };
  }

  private async countedBefore(id: ErasureRequestId): Promise<ReadonlyMap<string, number>> {
    const steps = await this.requests.stepsOf(id);
    const counts = steps.filter(({ step }) => step === countStep);
    return new Map(counts.map(({ store, matched }) => [store, matched]));
  }
}
