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
 * Tries to read what must be unreadable, in four parts of which each has a row in the record: the key as it was
 * before, several times in a row; every owner; a scan for planted tokens; a restored backup. The last two are
 * hooks that say whether they ran, and the record says so too.
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
    await this.recordHook(request.id, 'canary-scan', isScanned);
    const isDrilled = await this.drill.isUnreadableIn(request.id);
    await this.recordHook(request.id, 'restore-drill', isDrilled);
    const detail = notRun({ isScanned, isDrilled });
    return { event: { action: this.action, at }, ...(detail !== undefined && { detail }) };
  }

  /** Throws where the part found something. */
  private async recordHook(
    id: ErasureRequest['id'],
    part: string,
    isClean: boolean | undefined,
  ): Promise<void> {
    if (isClean === false) {
      throw new StepFailure('ERASURE_STILL_READABLE', `${part} found something`, { store: part });
    }
    await this.requests.recordMeasure(id, {
      ...{ step: this.action, state: 'done', store: part, matched: 0, deleted: 0, left: 0 },
      ...(isClean === undefined && { leftReason: 'NOT_RUN' }),
    });
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

interface Hooks {
  readonly isScanned: boolean | undefined;
  readonly isDrilled: boolean | undefined;
}

function notRun({ isScanned, isDrilled }: Hooks): string | undefined {
  if (isScanned === undefined) {
    return isDrilled === undefined ? 'NO_SCAN_NO_RESTORE_DRILL' : 'NO_SCAN';
  }
  return isDrilled === undefined ? 'NO_RESTORE_DRILL' : undefined;
}
