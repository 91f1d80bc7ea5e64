import { MarketingPermission } from '@entrepot/consents';
import type { ConsentPurpose } from '@entrepot/consents';
import { ReadAccountUseCase } from '@entrepot/identity';
import { DomainError } from '@entrepot/kernel';
import type { SubjectId } from '@entrepot/kernel';
import { Mailer } from '@entrepot/platform-mail';
import type { MailMessage } from '@entrepot/platform-mail';
import { SuppressionDigests } from '@entrepot/privacy';
import { Injectable } from '@nestjs/common';

export interface MarketingMessage extends Omit<MailMessage, 'to' | 'locale'> {
  readonly subject: SubjectId;
  readonly purpose: ConsentPurpose;
}

export type MarketingOutcome = 'sent' | 'not_permitted' | 'erased';

/**
 * The one way by which marketing leaves a cell. A campaign queues whom to write to; whether that is permitted
 * is asked here, at the moment of sending, and of the database: what was queued yesterday is stopped by what
 * was decided a second ago.
 */
@Injectable()
export class SendMarketing {
  constructor(
    private readonly accounts: ReadAccountUseCase,
    private readonly digests: SuppressionDigests,
    private readonly permission: MarketingPermission,
    private readonly mailer: Mailer,
  ) {}

  /** Throws what the mailer throws: the job then comes again, and asks again. */
  async execute({ subject, purpose, ...message }: MarketingMessage): Promise<MarketingOutcome> {
    const account = await this.accountOf(subject);
    if (account === undefined) return 'erased';
    const digest = await this.digests.of(account.email);
    if (!(await this.permission.isGiven({ subject, purpose, digest }))) return 'not_permitted';
    await this.mailer.send({ ...message, to: account.email, locale: account.language });
    return 'sent';
  }

  private async accountOf(subject: SubjectId) {
    try {
      return await this.accounts.execute(subject);
    } catch (error) {
      if (error instanceof DomainError && error.code === 'SUBJECT_ERASED') return undefined;
      throw error;
    }
  }
}
