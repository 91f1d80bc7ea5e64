import { Clock } from '@entrepot/kernel';
import type { PrivacyRequestId } from '@entrepot/kernel';
import { Injectable } from '@nestjs/common';
import { CorrectionNotices } from './correction-notices.ts';
import type { UntoldCorrection } from './correction-notices.ts';
import { PrivacyRequests } from './privacy-requests.ts';

const correctionsPerSweepMax = 50;

/**
 * Has recipients told of every correction, until each has confirmed it: a correction is a row before anybody is told.
 * Goes through all of them, some at a time: those that nobody confirms keep no other waiting.
 */
@Injectable()
export class TellCorrections {
  private after: PrivacyRequestId | undefined;

  constructor(
    private readonly requests: PrivacyRequests,
    private readonly notices: CorrectionNotices,
    private readonly clock: Clock,
  ) {}

  /** How many are told by this. One that fails does not hold up the others; the first failure is thrown at the end. */
  async execute(): Promise<number> {
    const failures: unknown[] = [];
    let told = 0;
    for (const correction of await this.next()) {
      try {
        if (!(await this.notices.execute(correction))) continue;
        await this.requests.noteTold(correction.requestId, this.clock.now());
        told += 1;
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
    return told;
  }

  private async next(): Promise<readonly UntoldCorrection[]> {
    const found = await this.requests.untoldCorrections(this.after, correctionsPerSweepMax);
    this.after = found.length < correctionsPerSweepMax ? undefined : found.at(-1)?.requestId;
    return found;
  }
}
