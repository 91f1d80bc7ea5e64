import type { MovementJournal, TellingLease } from './movement-journal.ts';
import type { WitnessMark } from './witness-mark.ts';
import type { WitnessTopic } from './witness-topic.ts';

/** How often a worker looks for movements to tell: about as long as the tail that a lost cluster forgets. */
export const tellMovementsEveryMs = 250;
const movementsPerPage = 500;
const pagesPerRunMax = 200;
const leaseSeconds = 10;

/**
 * Tells each movement of a reservation and of rights to the topic, in the order of the journal, and then the highest place to
 * the file. Nothing waits for it. One that dies half way leaves records that its successor tells again:
 * readers take the newest of each reservation and the highest totals of each channel.
 */
export class TellMovements {
  constructor(
    private readonly journal: MovementJournal,
    private readonly topic: WitnessTopic,
    private readonly mark: WitnessMark,
  ) {}

  /** Resolves to the number of movements told; 0 also while another process tells. */
  async execute(): Promise<number> {
    if ((await this.journal.countUntold()) === 0) return 0;
    const lease = await this.journal.take(leaseSeconds);
    if (lease === undefined) return 0;
    try {
      return await this.tellFrom(lease);
    } finally {
      await this.journal.release(lease);
    }
  }

  private async tellFrom(lease: TellingLease): Promise<number> {
    const settled = await this.journal.findSettled();
    let told = 0;
    let place = lease.place;
    for (let pages = 0; pages < pagesPerRunMax && place < settled; pages += 1) {
      const { told: page, reached } = await this.journal.read(place, settled, movementsPerPage);
      if (!(await this.journal.hold(lease, leaseSeconds))) break;
      if (page.length > 0) await this.topic.append(page);
      await this.mark.raise(reached);
      if (!(await this.journal.advance(lease, reached.place))) break;
      place = reached.place;
      told += page.length;
    }
    return told;
  }
}
