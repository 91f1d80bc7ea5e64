import { DomainError } from '@entrepot/kernel';
import type { ErasureRequestId } from '@entrepot/kernel';
import { ErasureStore } from '@entrepot/privacy';
import type { ErasureRequest, ErasureStep } from '@entrepot/privacy';
import { Injectable } from '@nestjs/common';

const listedMax = 100;

@Injectable()
export class ReadErasures {
  private readonly requests: ErasureStore;

  constructor(requests: ErasureStore) {
    this.requests = requests;
  }

  /** The newest ones. */
  list(): Promise<ErasureRequest[]> {
    return this.requests.list(listedMax);
  }

  /** Throws NOT_FOUND. */
  async detail(id: ErasureRequestId): Promise<{ request: ErasureRequest; steps: ErasureStep[] }> {
    const request = await this.requests.find(id);
    if (request === undefined) throw new DomainError('NOT_FOUND', 'there is no such request');
    return { request, steps: await this.requests.stepsOf(id) };
  }
}
