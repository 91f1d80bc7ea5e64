import type { CellStock } from '@entrepot/inventory/testing';
import type { SimulatedCell } from '../cell/simulated-cell.ts';
import type { Notes } from './notes.ts';

/** A database as it was at a moment. */
export interface Backup {
  readonly stock: CellStock;
  readonly notes: Notes;
}

export const backUpEveryMs = 600;
const keptMax = 5;

/** The backups of a cell, oldest first. */
export class Backups {
  private readonly kept: Backup[] = [];

  constructor(private readonly cell: SimulatedCell) {}

  take(): void {
    const { stock, notes } = this.cell;
    this.kept.push({ stock, notes });
    if (this.kept.length > keptMax) this.kept.shift();
  }

  /** One by lot. Those that are younger are dropped: they are of a course of events that ends with the restore. */
  draw(): Backup | undefined {
    if (this.kept.length === 0) return undefined;
    const at = this.cell.world.random.between(0, this.kept.length - 1);
    this.kept.length = at + 1;
    return this.kept[at];
  }
}
