import { Clock } from '@entrepot/kernel';
import { Injectable } from '@nestjs/common';
import { CorrectionNotices } from './correction-notices.ts';
import { PrivacyRequests } from './privacy-requests.ts';

const correctionsPerSweepMax = 50;

/** Has recipients told of every correction, until each has confirmed it: a correction is a row before anybody is told. */
@Injectable()
export class TellCorrections {
  constructor(
    private readonly requests: PrivacyRequests,
    private readonly notices: CorrectionNotices,
    private readonly clock: Clock,
  ) {}

  /** How many are told by this. One that fails does not hold up the others; the first failure is thrown at the end. */
  async execute(): Promise<number> {
    const failures: unknown[] = [];
    let told = 0;
    for (const correction of await this.requests.untoldCorrections(correctionsPerSweepMax)) {
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
}
