import { DomainError } from '@entrepot/kernel';
import type { ErasureRequestId, SubjectId } from '@entrepot/kernel';
import { ErasureStore } from '@entrepot/privacy';
import type { ErasureEventRecord, ErasureRequest, ErasureStep } from '@entrepot/privacy';
import { Injectable } from '@nestjs/common';

const listedMax = 100;

/** A request with everything that is known of its way. */
export interface ErasureDetail {
  readonly request: ErasureRequest;
  readonly steps: readonly ErasureStep[];
  readonly events: readonly ErasureEventRecord[];
}

@Injectable()
export class ReadErasures {
  private readonly requests: ErasureStore;

  constructor(requests: ErasureStore) {
    this.requests = requests;
  }

  /** About one person. */
  listOf(subject: SubjectId): Promise<ErasureRequest[]> {
    return this.requests.listOf(subject, listedMax);
  }

  /** The newest ones. */
  list(): Promise<ErasureRequest[]> {
    return this.requests.list(listedMax);
  }

  /** Throws NOT_FOUND. */
  async detail(id: ErasureRequestId): Promise<ErasureDetail> {
    const request = await this.requests.find(id);
    if (request === undefined) throw new DomainError('NOT_FOUND', 'there is no such request');
    const steps = await this.requests.stepsOf(id);
    return { request, steps, events: await this.requests.eventsOf(id) };
  }
}
