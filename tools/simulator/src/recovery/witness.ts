import type { Backup } from './backups.ts';
import { isBelow, type JournalPlace, type Witnessed } from '@entrepot/inventory/testing';

const tailLength = 100;

/** What a cell told outside of its database: no restore touches it, and it lacks what was done last. */
export class Witness {
  readonly told: Witnessed[] = [];
  /** The highest place that was told, or the newest epoch begun. */
  highest: JournalPlace | undefined;

  append(records: readonly Witnessed[]): void {
    this.told.push(...records);
  }

  raise(place: JournalPlace): void {
    if (this.highest === undefined || isBelow(this.highest, place)) this.highest = place;
  }

  /** Whether somebody told more, in the course of events that went on from a backup. */
  knowsMoreThan({ stock }: Backup): boolean {
    const { highest } = this;
    return (
      highest !== undefined && isBelow({ epoch: stock.epoch, place: stock.journal.length }, highest)
    );
  }

  tail(): readonly Witnessed[] {
    return this.told.slice(-tailLength);
  }
}
