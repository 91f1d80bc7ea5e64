import { ErasureStore, KeyHolders } from '@entrepot/privacy';
import type { ErasureRequest } from '@entrepot/privacy';
import { Injectable } from '@nestjs/common';
import { ErasureStepWork } from '../erasure-step.ts';
import type { StepOutcome } from '../erasure-step.ts';
import { StepFailure } from '../step-failure.ts';
import { RecordTraces } from '../record-traces.ts';
import { PrepareRecipients } from './prepare-recipients.ts';
import { countStep, SubjectTables } from '../subject-tables.ts';

/** Longer than any process that lives needs to heed a fence, or one that died to count as gone. */
const patienceMs = 15 * 60_000;

/**
 * Waits until every process that may hold the person's key in memory has said that it heeded the fence.
 * Writes that were under way are waited for by the fence itself, which takes the lock they share; jobs
 * carry references and meet the fence at their next write.
 */
@Injectable()
export class DrainProcesses extends ErasureStepWork {
  readonly action = 'drain';

  constructor(
    private readonly holders: KeyHolders,
    private readonly tables: SubjectTables,
    private readonly requests: ErasureStore,
    private readonly recipients: PrepareRecipients,
    private readonly traces: RecordTraces,
  ) {
    super();
  }

  override async perform(request: ErasureRequest, at: Date): Promise<StepOutcome | undefined> {
    const { id, subject, fencedAt } = request;
    const { holders, heeded } = await this.holders.measure(subject);
    const left = holders - heeded;
    await this.requests.recordMeasures(id, [
      {
        ...{ step: this.action, state: 'done', store: 'processes' },
        ...{ matched: left, deleted: 0, left, ...(left > 0 && { leftReason: 'FENCE_NOT_HEEDED' }) },
      },
    ]);
    // this very process holds keys: where nobody reports, nothing is known
    if (left === 0 && holders > 0) {
      await this.recipients.collect(request, at);
      await this.traces.execute(request);
      await this.count(request);
      return { event: { action: this.action, at } };
    }
    if (fencedAt !== undefined && at.getTime() - fencedAt.getTime() > patienceMs) {
      throw new StepFailure(
        'ERASURE_DRAIN_TIMED_OUT',
        `${left} of ${holders} processes do not heed the fence`,
      );
    }
    return undefined;
  }

  /** How much there is to purge, before anything of it goes: a purge that died knows no more. */
  private async count({ id, subject }: ErasureRequest): Promise<void> {
    const found = await this.tables.rowsOf(subject);
    await this.requests.recordMeasures(
      id,
      found.map(({ table, rows }) => ({
        ...{ step: countStep, state: 'done' as const, store: table },
        ...{ matched: rows, deleted: 0, left: rows },
        ...(rows > 0 && { leftReason: 'PURGED_LATER' }),
      })),
    );
  }
}
