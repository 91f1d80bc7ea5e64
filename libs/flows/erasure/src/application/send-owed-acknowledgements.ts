import { Clock } from '@entrepot/kernel';
import type { ErasureRequestId } from '@entrepot/kernel';
import { Log } from '@entrepot/platform-telemetry';
import { ErasureStore } from '@entrepot/privacy';
import { Injectable } from '@nestjs/common';
import { AcknowledgementLetter } from './acknowledgement-letter.ts';
import { OwedAcknowledgements } from './owed-acknowledgements.ts';
import type { OwedAcknowledgement } from './owed-acknowledgements.ts';

const lettersPerSweepMax = 50;
/** How long a provider that takes no letter is asked again. After that the record of the request says so. */
const patienceMs = 3 * 86_400_000;

export const acknowledgeStep = 'acknowledge';

/**
 * Sends what the provider of mail did not take when a request came in: an outage delays the letter and does not lose it.
 * Goes round some at a time, so that addresses that take no mail keep no other waiting.
 */
@Injectable()
export class SendOwedAcknowledgements {
  private last: ErasureRequestId | undefined;

  constructor(
    private readonly owed: OwedAcknowledgements,
    private readonly letter: AcknowledgementLetter,
    private readonly requests: ErasureStore,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** How many are sent by this. One that fails does not hold up the others; the first failure is thrown at the end. */
  async execute(): Promise<number> {
    const failures: unknown[] = [];
    let sent = 0;
    for (const of of await this.next()) {
      try {
        if (await this.send(of)) sent += 1;
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
    return sent;
  }

  private async next(): Promise<readonly OwedAcknowledgement[]> {
    const found = await this.owed.after(this.last, lettersPerSweepMax);
    this.last = found.length < lettersPerSweepMax ? undefined : found.at(-1)?.id;
    return found;
  }

  private async send(of: OwedAcknowledgement): Promise<boolean> {
    if (this.clock.now().getTime() - of.since.getTime() > patienceMs) {
      await this.giveUp(of);
      return false;
    }
    const contact = await this.letter.contactOf(of.subject);
    if (contact === undefined || !(await this.isStillOwed(of))) return false;
    await this.letter.send(of, contact);
    return true;
  }

  /** A provider that is slow to refuse the letters before takes minutes, in which a person may take the request back. */
  private async isStillOwed({ id }: OwedAcknowledgement): Promise<boolean> {
    const request = await this.requests.find(id);
    return request?.closedAt === undefined && request?.fencedAt === undefined;
  }

  private async giveUp({ id }: OwedAcknowledgement): Promise<void> {
    await this.requests.recordMeasures(id, [
      {
        ...{ step: acknowledgeStep, state: 'done', store: 'mail:erasure_received' },
        ...{ matched: 1, deleted: 0, left: 1, leftReason: 'ACKNOWLEDGEMENT_NOT_SENT' },
      },
    ]);
    this.log.error('privacy.acknowledgement_given_up', { component: 'erasure.acknowledge' });
  }
}
