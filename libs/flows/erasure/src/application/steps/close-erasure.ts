import { Fences } from '@entrepot/privacy';
import type { ErasureRequest } from '@entrepot/privacy';
import { Injectable } from '@nestjs/common';
import { ErasureStepWork } from '../erasure-step.ts';
import type { StepOutcome } from '../erasure-step.ts';
import { LastLetter } from '../recipients/last-letter.ts';

/**
 * The person gets a last letter, the key of the request is destroyed, and the tombstone says from now on
 * that the person's key is destroyed.
 */
@Injectable()
export class CloseErasure extends ErasureStepWork {
  readonly action = 'close';

  constructor(
    private readonly fences: Fences,
    private readonly letter: LastLetter,
  ) {
    super();
  }

  override async perform(request: ErasureRequest, at: Date): Promise<StepOutcome | undefined> {
    const outcome = await this.letter.send(request, at);
    if (outcome === 'later') return undefined;
    await this.letter.forget(request);
    await this.fences.markErased(request.subject);
    return {
      event: { action: this.action, at },
      ...(outcome === 'given-up' && { detail: 'LAST_LETTER_NOT_SENT' }),
    };
  }
}
