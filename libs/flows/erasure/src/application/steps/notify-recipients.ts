import type { ErasureRequest } from '@entrepot/privacy';
import { Injectable } from '@nestjs/common';
import { ErasureStepWork } from '../erasure-step.ts';
import type { StepOutcome } from '../erasure-step.ts';

/** Processors outside of the cell that would have to be told (GDPR Article 19): none is connected yet. */
@Injectable()
export class NotifyRecipients extends ErasureStepWork {
  readonly action = 'notify-recipients';

  override perform(_: ErasureRequest, at: Date): Promise<StepOutcome> {
    return Promise.resolve({
      event: { action: this.action, at },
      detail: 'NO_RECIPIENT_CONNECTED',
    });
  }
}
