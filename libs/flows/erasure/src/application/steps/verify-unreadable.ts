import {
  attemptsInARow,
  ErasureStore,
  isProof,
  KeyTrial,
  outcomeOf,
  PersonalDataOwners,
} from '@entrepot/privacy';
import type { ErasureRequest } from '@entrepot/privacy';
import { Injectable } from '@nestjs/common';
import { notRunOf, partOfStep } from '../../domain/verification.ts';
import { ErasureSettings } from '../erasure-settings.ts';
import { ErasureStepWork } from '../erasure-step.ts';
import type { StepOutcome } from '../erasure-step.ts';
import { GatherEvidence } from '../gather-evidence.ts';
import type { Gathered } from '../gather-evidence.ts';
import { StepFailure } from '../step-failure.ts';

const ownLogin = 'worker';
/**
 * A changed state of a key is seen after seconds, in some cases after minutes (AWS KMS, eventual consistency); and a
 * process that lives answers within seconds.
 */
const patienceMs = 15 * 60_000;
/** What the owner of privacy itself shows of an erased person: that there was one. */
const tombstoneSections: ReadonlySet<string> = new Set(['subject', 'erasureRequests', 'approvals']);

/**
 * Tries to read what must be unreadable, in four parts of which each has a row in the record: the key as it was
 * before, several times in a row with the login of each kind of process; every owner; a scan for what the person
 * typed; a restored backup. An operator's tool gives the last two, signed: where the cell requires them the request
 * waits for them here, and else the record says that they did not run.
 */
@Injectable()
export class VerifyUnreadable extends ErasureStepWork {
  readonly action = 'verify-unreadable';

  constructor(
    private readonly keys: KeyTrial,
    private readonly owners: PersonalDataOwners,
    private readonly evidence: GatherEvidence,
    private readonly requests: ErasureStore,
    private readonly settings: ErasureSettings,
  ) {
    super();
  }

  override async perform(request: ErasureRequest, at: Date): Promise<StepOutcome | undefined> {
    const known = await this.evidence.look(request);
    if (known.silent.includes(ownLogin) && (await this.stillOpens(request))) {
      const since = request.keyUnusableAt ?? at;
      if (at.getTime() - since.getTime() <= patienceMs) return undefined;
      throw new StepFailure('ERASURE_STILL_READABLE', 'the key of before still opens');
    }
    const gathered = await this.evidence.look(request);
    if (gathered.silent.length > 0) return this.waitFor(request, at, gathered);
    const isWhole = gathered.scan !== undefined && gathered.drill !== undefined;
    if (!isWhole && this.settings.evidence === 'required') return undefined;
    await this.evidence.record(request, gathered);
    await this.tryReading(request);
    const detail = notRunOf(gathered.scan !== undefined, gathered.drill !== undefined);
    return { event: { action: this.action, at }, ...(detail !== undefined && { detail }) };
  }

  /** Gives evidence of the login of this process where the key stays shut. */
  private async stillOpens(request: ErasureRequest): Promise<boolean> {
    const outcome = await outcomeOf(this.keys, request);
    if (outcome === undefined) return true;
    if (isProof(ownLogin, outcome)) {
      const trial = { requestId: request.id, part: 'key-trial', login: ownLogin, outcome } as const;
      await this.evidence.giveTrial({ ...trial, tried: attemptsInARow });
    }
    return false;
  }

  /** Counted from when the request came here, so that trying again gives everybody their time again. */
  private async waitFor(
    { id }: ErasureRequest,
    at: Date,
    { silent }: Gathered,
  ): Promise<undefined> {
    const since = (await this.requests.eventsOf(id)).at(-1)?.at ?? at;
    if (at.getTime() - since.getTime() <= patienceMs) return undefined;
    const [first = ownLogin] = silent;
    throw new StepFailure(
      'ERASURE_LOGIN_SILENT',
      `no process has tried the key with the login of ${silent.join(', ')}`,
      { store: partOfStep.login(first) },
    );
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
    await this.requests.recordMeasures(id, [
      {
        ...{ step: this.action, state: 'done', store: partOfStep.owners },
        ...{ matched: sections, deleted: sections, left: 0 },
      },
    ]);
  }
}
