import { randomUUID } from 'node:crypto';
import { Clock } from '@entrepot/kernel';
import type { PrivacyRequestId, SubjectId } from '@entrepot/kernel';
import { RecipientNotices } from '@entrepot/privacy';
import type { RecipientNotice } from '@entrepot/privacy';
import { Injectable } from '@nestjs/common';
import { isClosed, prepared } from '../../domain/recipient-duty.ts';
import { KnownIdentities } from './known-identities.ts';
import { RecipientRegister } from './recipient-register.ts';
import { RequestSeal } from './request-seal.ts';
import { TellRecipient } from './tell-recipient.ts';

/** Something about a person was corrected. What, is not said: a recipient that needs it asks for it. */
export interface Correction {
  readonly requestId: PrivacyRequestId;
  readonly subject: SubjectId;
}

/** Where the notices of a correction lie, and how they are sent. */
export abstract class CorrectionDesk {
  abstract readonly notices: RecipientNotices;
  abstract readonly seal: RequestSeal;
  abstract readonly tell: TellRecipient;
}

/**
 * Tells every processor that knows a person of a correction (GDPR Article 19) and sees to it until each has
 * signed that it heard. What it takes to name the person lies under the key of the request and goes with it.
 */
@Injectable()
export class TellOfCorrection {
  readonly #desk: CorrectionDesk;

  constructor(
    private readonly register: RecipientRegister,
    private readonly known: KnownIdentities,
    private readonly clock: Clock,
    desk: CorrectionDesk,
  ) {
    this.#desk = desk;
  }

  /** Whether each has. Doing it again is harmless. Throws StepFailure where people have to look. */
  async execute(correction: Correction): Promise<boolean> {
    const { notices, seal, tell } = this.#desk;
    const { requestId } = correction;
    const at = this.clock.now();
    const before = await notices.of(requestId);
    const isOver = before.length > 0 && before.every(isClosed);
    if (!isOver) {
      await this.collect(correction, before, at);
      if (!(await tell.all(requestId, at)).every(isClosed)) return false;
    }
    await seal.destroy(requestId);
    return true;
  }

  private async collect(
    { requestId, subject }: Correction,
    before: readonly RecipientNotice[],
    at: Date,
  ): Promise<void> {
    const { notices, seal } = this.#desk;
    const contact = await this.known.contactOf(subject);
    for (const { processor } of this.register.all) {
      if (before.some((notice) => notice.processor === processor.name)) continue;
      const identities = await this.known.of(subject, processor.knowsBy, contact);
      if (identities.length === 0) continue;
      const sealed = await seal.sealIdentities(requestId, processor.name, identities);
      const facts = { requestId, processor, identities: identities.length, sealed };
      await notices.insert(prepared({ ...facts, reference: randomUUID() }, at));
    }
  }
}
