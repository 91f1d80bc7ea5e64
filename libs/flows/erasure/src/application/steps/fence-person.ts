import { EndSessions } from '@entrepot/identity';
import { ErasureStore, Fences } from '@entrepot/privacy';
import type { ErasureRequest } from '@entrepot/privacy';
import { Injectable } from '@nestjs/common';
import { ErasureStepWork } from '../erasure-step.ts';
import type { StepOutcome } from '../erasure-step.ts';
import { CountObjection } from '../count-objection.ts';
import { PrepareRecipients } from './prepare-recipients.ts';

/** Nothing personal is written about the person any more, and every session of theirs has ended. */
@Injectable()
export class FencePerson extends ErasureStepWork {
  readonly action = 'fence';

  constructor(
    private readonly fences: Fences,
    private readonly sessions: EndSessions,
    private readonly requests: ErasureStore,
    private readonly recipients: PrepareRecipients,
    private readonly objection: CountObjection,
  ) {
    super();
  }

  override async perform(request: ErasureRequest, at: Date): Promise<StepOutcome> {
    const { id, subject } = request;
    await this.recipients.keepContact(request);
    await this.objection.execute(request);
    await this.fences.fence(subject);
    const matched = await this.sessions.execute(subject);
    await this.requests.recordSteps(id, [
      {
        ...{ step: this.action, state: 'done', store: 'identity.session' },
        ...{ matched, deleted: 0, left: matched },
        ...(matched > 0 && { leftReason: 'PURGED_LATER' }),
      },
    ]);
    return { event: { action: this.action, at } };
  }
}
