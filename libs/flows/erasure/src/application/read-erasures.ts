import { DomainError } from '@entrepot/kernel';
import type { ErasureRequestId, SubjectId } from '@entrepot/kernel';
import { ErasureEvidence, ErasureStore } from '@entrepot/privacy';
import type {
  ErasureEventRecord,
  ErasureRequest,
  ErasureStep,
  GivenEvidence,
} from '@entrepot/privacy';
import { Injectable } from '@nestjs/common';

const listedMax = 100;

/** A request with everything that is known of its way. */
export interface ErasureDetail {
  readonly request: ErasureRequest;
  readonly steps: readonly ErasureStep[];
  readonly events: readonly ErasureEventRecord[];
}

/** And who tried to read the person since. */
export interface EvidencedErasure extends ErasureDetail {
  readonly evidence: readonly GivenEvidence[];
}

@Injectable()
export class ReadErasures {
  constructor(
    private readonly requests: ErasureStore,
    private readonly evidence: ErasureEvidence,
  ) {}

  /** About one person. */
  listOf(subject: SubjectId): Promise<ErasureRequest[]> {
    return this.requests.listOf(subject, listedMax);
  }

  /** The newest ones. */
  list(): Promise<ErasureRequest[]> {
    return this.requests.list(listedMax);
  }

  /** Throws NOT_FOUND. */
  async detail(id: ErasureRequestId): Promise<EvidencedErasure> {
    const request = await this.requests.find(id);
    if (request === undefined) throw new DomainError('NOT_FOUND', 'there is no such request');
    const steps = await this.requests.stepsOf(id);
    const [events, evidence] = [await this.requests.eventsOf(id), await this.evidence.of(id)];
    return { request, steps, events, evidence };
  }
}
