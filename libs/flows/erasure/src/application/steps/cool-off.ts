import { Injectable } from '@nestjs/common';
import type { ErasureRequest } from '@entrepot/privacy';
import { ErasureSettings } from '../erasure-settings.ts';
import { ErasureStepWork } from '../erasure-step.ts';
import type { StepOutcome } from '../erasure-step.ts';

const hourMs = 3_600_000;

/** Time in which the officers may think again. The person's data are not yet touched. */
@Injectable()
export class CoolOff extends ErasureStepWork {
  readonly action = 'cool-off';
  private readonly settings: ErasureSettings;

  constructor(settings: ErasureSettings) {
    super();
    this.settings = settings;
  }

  override perform(_: ErasureRequest, at: Date): Promise<StepOutcome> {
    const until = new Date(at.getTime() + this.settings.coolingOffHours * hourMs);
    return Promise.resolve({ event: { action: this.action, at, until } });
  }
}
