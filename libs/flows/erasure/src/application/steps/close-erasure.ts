import { Fences } from '@entrepot/privacy';
import type { ErasureRequest } from '@entrepot/privacy';
import { Injectable } from '@nestjs/common';
import { ErasureStepWork } from '../erasure-step.ts';
import type { StepOutcome } from '../erasure-step.ts';

/** The tombstone says from now on that the key is destroyed. */
@Injectable()
export class CloseErasure extends ErasureStepWork {
  readonly action = 'close';
  private readonly fences: Fences;

  constructor(fences: Fences) {
    super();
    this.fences = fences;
  }

  override async perform({ subject }: ErasureRequest, at: Date): Promise<StepOutcome> {
    await this.fences.markErased(subject);
    return { event: { action: this.action, at } };
  }
}
