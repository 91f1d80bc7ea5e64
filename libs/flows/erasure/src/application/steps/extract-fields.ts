import { isTombstone } from '@entrepot/platform-crypto';
import { ErasureStore, FencedKeys, MakeCohort, RetainedFields } from '@entrepot/privacy';
import type { ClearField, ErasureRequest } from '@entrepot/privacy';
import { Injectable } from '@nestjs/common';
import type { ErasurePlan } from '../../domain/assess.ts';
import { extractionsOf } from '../../domain/extraction.ts';
import type { Extraction } from '../../domain/extraction.ts';
import { ErasureStepWork } from '../erasure-step.ts';
import type { StepOutcome } from '../erasure-step.ts';
import { PersonalFields } from '../personal-fields.ts';
import { StepFailure } from '../step-failure.ts';

/**
 * Moves what a law or a case keeps under the key of its cohort, field by field as the approved plan names
 * them, while the person's key can still be used. A store is moved whole or not at all, so that a process
 * that dies in between leaves nothing half done; the key is not ended before every store is.
 */
@Injectable()
export class ExtractFields extends ErasureStepWork {
  readonly action = 'extract';

  constructor(
    private readonly keys: FencedKeys,
    private readonly fields: PersonalFields,
    private readonly cohorts: MakeCohort,
    private readonly retained: RetainedFields,
    private readonly requests: ErasureStore,
  ) {
    super();
  }

  override async perform(request: ErasureRequest, at: Date): Promise<StepOutcome> {
    const plan = JSON.parse(request.plan?.text ?? '{"entries":[]}') as ErasurePlan;
    const byStore = Map.groupBy(extractionsOf(plan), ({ store }) => store);
    const done = await this.storesDone(request);
    for (const [store, extractions] of byStore) {
      if (done.has(store)) continue;
      let kept = 0;
      for (const extraction of extractions) kept += await this.extract(request, extraction);
      await this.requests.recordMeasures(request.id, [
        {
          ...{ step: this.action, state: 'done', store, matched: kept, deleted: 0, left: kept },
          ...(kept > 0 && { leftReason: 'KEPT_UNDER_COHORT' }),
        },
      ]);
    }
    return { event: { action: this.action, at } };
  }

  private async storesDone({ id }: ErasureRequest): Promise<ReadonlySet<string>> {
    const steps = await this.requests.stepsOf(id);
    const mine = steps.filter(({ step, state }) => step === this.action && state === 'done');
    return new Set(mine.map(({ store }) => store));
  }

  private async extract(request: ErasureRequest, extraction: Extraction): Promise<number> {
    const of = { requestId: request.id, ...extraction };
    const kept = await this.retained.keptOf(of);
    if (kept > 0) return kept;
    const fields = await this.read(request, extraction);
    if (fields.length === 0) return 0;
    await this.cohorts.execute(extraction.cohort);
    await this.retained.keep(of, fields);
    return fields.length;
  }

  private async read(
    { subject }: ErasureRequest,
    { store, fields }: Extraction,
  ): Promise<readonly ClearField[]> {
    const read = await this.keys.open(subject, (cipher) =>
      this.fields.read({ store, fields, subject }, cipher),
    );
    if (!isTombstone(read)) return read;
    // a person whose key never sealed anything has nothing to be kept
    if (read.reason === 'absent') return [];
    throw new StepFailure('ERASURE_EXTRACT_UNREADABLE', 'the key ended before its time', { store });
  }
}
