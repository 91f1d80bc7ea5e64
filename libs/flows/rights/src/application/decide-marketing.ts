import {
  ConsentLedger,
  DecideConsent,
  marketingPurposes,
  SuppressionList,
} from '@entrepot/consents';
import type { ConsentDecision } from '@entrepot/consents';
import { ReadAccountUseCase } from '@entrepot/identity';
import type { SubjectId } from '@entrepot/kernel';
import { SuppressionDigests } from '@entrepot/privacy';
import { Injectable } from '@nestjs/common';

/**
 * What a person decides about being written to: consents, and the objection to direct marketing, which holds
 * for the address and outlives the account.
 */
@Injectable()
export class DecideMarketing {
  constructor(
    private readonly accounts: ReadAccountUseCase,
    private readonly digests: SuppressionDigests,
    private readonly suppressions: SuppressionList,
    private readonly decide: DecideConsent,
    private readonly ledger: ConsentLedger,
  ) {}

  /** A consent to marketing takes an objection back: it is the newer word. Throws what DecideConsent throws. */
  async consent(subject: SubjectId, decision: ConsentDecision): Promise<void> {
    await this.decide.execute(subject, decision);
    if (!decision.isGranted || !marketingPurposes.includes(decision.purpose)) return;
    await this.suppressions.remove(await this.digestOf(subject));
  }

  /** The list first: it stops everything that is queued. Then the ledger says what was withdrawn. */
  async object(subject: SubjectId, isRaised: boolean): Promise<void> {
    const digest = await this.digestOf(subject);
    if (!isRaised) return this.suppressions.remove(digest);
    await this.suppressions.add(digest);
    for (const { purpose, isGranted, locale } of await this.ledger.current(subject)) {
      if (!isGranted || !marketingPurposes.includes(purpose)) continue;
      await this.decide.execute(subject, {
        ...{ purpose, isGranted: false, textVersion: undefined, locale },
        ...{ surface: 'web', actor: 'subject' },
      });
    }
  }

  async hasObjected(subject: SubjectId): Promise<boolean> {
    return this.suppressions.has(await this.digestOf(subject));
  }

  private async digestOf(subject: SubjectId): Promise<Buffer> {
    const { email } = await this.accounts.execute(subject);
    return this.digests.of(email);
  }
}
