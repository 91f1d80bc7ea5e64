import { ErasureStore, KeyTrial, PersonalDataOwners } from '@entrepot/privacy';
import type { ErasureRequest } from '@entrepot/privacy';
import { Injectable } from '@nestjs/common';
import { CanaryScan, RestoreDrill } from '../evidence-hooks.ts';
import { ErasureStepWork } from '../erasure-step.ts';
import type { StepOutcome } from '../erasure-step.ts';
import { StepFailure } from '../step-failure.ts';

const attempts = 5;
/** A changed state of a key is seen after seconds, in some cases after minutes (AWS KMS, eventual consistency). */
const patienceMs = 15 * 60_000;
/** What the owner of privacy itself shows of an erased person: that there was one. */
const tombstoneSections: ReadonlySet<string> = new Set(['subject', 'erasureRequests', 'approvals']);

/**
 * Tries to read what must be unreadable: the key as it was before, several times in a row, and every
 * owner. The scan for planted tokens and the restore of a backup are hooks that say whether they ran.
 */
@Injectable()
export class VerifyUnreadable extends ErasureStepWork {
  readonly action = 'verify-unreadable';

  constructor(
    private readonly keys: KeyTrial,
    private readonly owners: PersonalDataOwners,
    private readonly scan: CanaryScan,
    private readonly drill: RestoreDrill,
    private readonly requests: ErasureStore,
  ) {
    super();
  }

  override async perform(request: ErasureRequest, at: Date): Promise<StepOutcome | undefined> {
    if (await this.stillOpens(request)) {
      const since = request.keyUnusableAt ?? at;
      if (at.getTime() - since.getTime() <= patienceMs) return undefined;
      throw new StepFailure('ERASURE_STILL_READABLE', 'the key of before still opens');
    }
    await this.tryReading(request);
    const isScanned = await this.scan.isCleanOf(request.id);
    const isDrilled = await this.drill.isUnreadableIn(request.id);
    if (isScanned === false || isDrilled === false) {
      throw new StepFailure(
        'ERASURE_STILL_READABLE',
        'a scan or a restored backup found something',
      );
    }
    const isWhole = isScanned === true && isDrilled === true;
    return {
      event: { action: this.action, at },
      ...(!isWhole && { detail: 'NO_SCAN_NO_RESTORE_DRILL' }),
    };
  }

  private async stillOpens({ id, subject }: ErasureRequest): Promise<boolean> {
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      if (await this.keys.opens(subject)) return true;
    }
    await this.record(id, 'kms', attempts);
    return false;
  }

  private async tryReading({ id, subject }: ErasureRequest): Promise<void> {
    let sections = 0;
    for (const owner of this.owners.all()) {
      for (const { section, records } of await owner.exportFor(subject)) {
        sections += 1;
        if (records.length === 0 || tombstoneSections.has(section)) continue;
        throw new StepFailure('ERASURE_STILL_READABLE', `${section} still shows the person`);
      }
    }
    await this.record(id, 'reads', sections);
  }

  private record(id: ErasureRequest['id'], store: string, tries: number): Promise<void> {
    const outcome = { matched: tries, deleted: tries, left: 0 };
    return this.requests.recordMeasure(id, { step: this.action, state: 'done', store, ...outcome });
  }
}
