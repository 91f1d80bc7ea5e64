import { ErasureStore } from '@entrepot/privacy';
import type { ErasureRequest, RecipientNotice } from '@entrepot/privacy';
import { Injectable } from '@nestjs/common';
import { isOverdue } from '../../domain/recipient-duty.ts';
import { ErasureStepWork } from '../erasure-step.ts';
import type { StepOutcome } from '../erasure-step.ts';
import { RecipientRegister } from '../recipients/recipient-register.ts';
import { TellRecipient } from '../recipients/tell-recipient.ts';

/**
 * Tells every processor that knows the person (GDPR Article 19) and waits until each has signed that it has
 * erased. One that says nothing keeps the request here, for ever if need be; once its day has passed, an
 * event says so, and the health of the worker.
 */
@Injectable()
export class NotifyRecipients extends ErasureStepWork {
  readonly action = 'notify-recipients';

  constructor(
    private readonly register: RecipientRegister,
    private readonly tell: TellRecipient,
    private readonly requests: ErasureStore,
  ) {
    super();
  }

  override async perform(request: ErasureRequest, at: Date): Promise<StepOutcome | undefined> {
    const notices = await this.tell.all(request.id, at);
    if (notices.every(({ state }) => state === 'completed')) {
      await this.record(request, notices);
      const isAlone = this.register.all.length === 0;
      return {
        event: { action: this.action, at },
        ...(isAlone && { detail: 'NO_RECIPIENT_CONNECTED' }),
      };
    }
    const isLate = notices.some((notice) => isOverdue(notice, at));
    if (!isLate || (await this.isEscalated(request))) return undefined;
    return { event: { action: 'escalate', at }, detail: 'RECIPIENT_SILENT' };
  }

  private async isEscalated({ id }: ErasureRequest): Promise<boolean> {
    const events = await this.requests.eventsOf(id);
    return events.some(({ action }) => action === 'escalate');
  }

  private async record({ id }: ErasureRequest, notices: readonly RecipientNotice[]): Promise<void> {
    for (const { processor, identities } of notices) {
      await this.requests.recordMeasures(id, [
        {
          ...{ step: this.action, state: 'done', store: `recipient:${processor}` },
          ...{ matched: identities, deleted: identities, left: 0 },
        },
      ]);
    }
  }
}
