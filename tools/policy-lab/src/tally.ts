interface Refused {
  readonly waited: number;
  readonly isFalse: boolean;
  /** The cells could not reach each other while it was decided. */
  readonly isCut: boolean;
}

/** What became of the wishes of one run. */
export class Tally {
  wishes = 0;
  falseRefusals = 0;
  /** Those of them at a time when the cells could reach each other. */
  falseRefusalsInReach = 0;
  trueRefusals = 0;
  /** Wishes that waited for another cell and were then served. */
  waited = 0;
  /** Wishes that waited for another cell and heard that there is nothing. */
  waitedInVain = 0;
  soldWishes = 0;
  soldUnits = 0;
  messages = 0;
  private readonly waits: number[] = [];
  private lastMessages = '';
  private readonly sentAt = new Set<string>();

  sold(units: number, waited: number): void {
    this.wishes += 1;
    this.soldWishes += 1;
    this.soldUnits += units;
    if (waited <= 0) return;
    this.waited += 1;
    this.waits.push(waited);
  }

  refused({ waited, isFalse, isCut }: Refused): void {
    this.wishes += 1;
    if (isFalse) this.falseRefusals += 1;
    else this.trueRefusals += 1;
    if (isFalse && !isCut) this.falseRefusalsInReach += 1;
    if (waited > 0) this.waitedInVain += 1;
  }

  /** Asks about several pools that leave one cell for another at one instant are one message. */
  message(at: number, from: string, to: string): void {
    const instant = String(at);
    if (instant !== this.lastMessages) this.sentAt.clear();
    this.lastMessages = instant;
    const way = `${from} ${to}`;
    if (!this.sentAt.has(way)) this.messages += 1;
    this.sentAt.add(way);
  }

  /** The wait in seconds for goods that no more than one wish in a hundred exceeds. */
  waitP99(): number {
    const most = Math.floor(this.wishes / 100);
    return this.waits.toSorted((one, other) => other - one)[most] ?? 0;
  }
}
