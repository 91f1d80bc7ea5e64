import {
  ErasureCertificates,
  ErasureEvidence,
  ErasureStore,
  evidenceDigest,
  isSignedEvidence,
  newestOf,
  saysInNoBackup,
  triedLogins,
} from '@entrepot/privacy';
import type {
  ErasureRequest,
  GivenEvidence,
  KeyTrialEvidence,
  OperatorEvidence,
  OperatorPart,
  SigningKey,
  TriedLogin,
} from '@entrepot/privacy';
import { Injectable } from '@nestjs/common';
import { partOfStep } from '../domain/verification.ts';
import { StepFailure } from './step-failure.ts';

const step = 'verify-unreadable';

/** What is known so far of who tried to read an erased person. */
export interface Gathered {
  readonly trials: readonly KeyTrialEvidence[];
  /** Logins that have given no evidence. */
  readonly silent: readonly TriedLogin[];
  readonly scan: OperatorEvidence | undefined;
  readonly drill: OperatorEvidence | undefined;
}

/** Reads the evidence about a request, believes what is signed only by its signature, and keeps the record of it. */
@Injectable()
export class GatherEvidence {
  constructor(
    private readonly evidence: ErasureEvidence,
    private readonly certificates: ErasureCertificates,
    private readonly requests: ErasureStore,
  ) {}

  giveTrial(trial: KeyTrialEvidence): Promise<void> {
    return this.evidence.giveTrial(trial);
  }

  /**
   * Throws StepFailure where the newest evidence of a part found something, or is not signed by this cell.
   */
  async look({ id }: ErasureRequest): Promise<Gathered> {
    // whoever gives evidence after this signs with it, so that it has to be there
    const signingKey = await this.certificates.signingKey();
    const given = await this.evidence.of(id);
    const trials = given.filter((of): of is GivenEvidence & KeyTrialEvidence => isTrial(of));
    const silent = triedLogins.filter((login) => !trials.some((trial) => trial.login === login));
    return {
      ...{ trials, silent },
      scan: this.newest(given, 'store-scan', signingKey),
      drill: this.newest(given, 'restore-drill', signingKey),
    };
  }

  /** A row for each login and each part; doing it again changes nothing but what was found since. */
  async record({ id }: ErasureRequest, { trials, scan, drill }: Gathered): Promise<void> {
    for (const { login, tried } of trials) {
      await this.requests.recordMeasures(id, [
        {
          ...{ step, state: 'done', store: partOfStep.login(login) },
          ...{ matched: tried, deleted: tried, left: 0 },
        },
      ]);
    }
    await this.recordPart(id, 'store-scan', scan);
    await this.recordPart(id, 'restore-drill', drill);
  }

  private newest(
    given: readonly GivenEvidence[],
    part: OperatorPart,
    signingKey: SigningKey,
  ): OperatorEvidence | undefined {
    const found = newestOf(given, part);
    if (found === undefined) return undefined;
    const store = partOfStep[part];
    if (!isSignedEvidence(signingKey, found)) {
      throw new StepFailure('ERASURE_EVIDENCE_BAD', `${part} is not signed by this cell`, {
        store,
      });
    }
    if (found.found > 0) {
      throw new StepFailure('ERASURE_STILL_READABLE', `${part} found something`, { store });
    }
    return found;
  }

  private async recordPart(
    id: ErasureRequest['id'],
    part: OperatorPart,
    found: OperatorEvidence | undefined,
  ): Promise<void> {
    const tried = found?.tried ?? 0;
    await this.requests.recordMeasures(id, [
      {
        ...{
          step,
          state: 'done',
          store: partOfStep[part],
          matched: tried,
          deleted: tried,
          left: 0,
        },
        ...(found === undefined
          ? { leftReason: 'NOT_RUN' }
          : {
              evidenceDigest: evidenceDigest(found.statement).toString('hex'),
              ...(saysInNoBackup(found) && { leftReason: 'IN_NO_BACKUP' }),
            }),
      },
    ]);
  }
}

const isTrial = (of: GivenEvidence): boolean => of.part === 'key-trial';
