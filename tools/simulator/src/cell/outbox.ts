import type { CellId } from '@entrepot/kernel';
import { channelOf } from '@entrepot/inventory/testing';
import type { PoolId } from '@entrepot/inventory';
import type { Committed, SimulatedCell } from './simulated-cell.ts';
import { tellTotal } from './grant-handlers.ts';

const relayMs = 15;

/**
 * Announcements of grants, written with the grant itself. One copy of each newest total goes out; the
 * log between the cells keeps a total and not a history.
 */
export class Outbox {
  private readonly rows = new Map<string, { readonly to: CellId; readonly pool: PoolId }>();
  private isRelaying = false;

  constructor(private readonly cell: SimulatedCell) {}

  get isEmpty(): boolean {
    return this.rows.size === 0;
  }

  note({ commands, verdicts }: Committed): void {
    for (const [at, command] of commands.entries()) {
      if (command.kind !== 'grant' || verdicts[at]?.changed !== true) continue;
      this.rows.set(`${command.peer} ${command.pool}`, { to: command.peer, pool: command.pool });
    }
    this.relayLater();
  }

  /** They were written with the books, which are others now; the totals are repeated. */
  forget(): void {
    this.rows.clear();
    this.isRelaying = false;
  }

  /** A new process takes up what the one before it left. */
  resume(): void {
    this.isRelaying = false;
    this.relayLater();
  }

  private relayLater(): void {
    if (this.isRelaying || this.rows.size === 0) return;
    this.isRelaying = true;
    this.cell.after(relayMs, () => this.relay());
  }

  private relay(): void {
    this.isRelaying = false;
    for (const { to, pool } of this.rows.values()) {
      const { granted } = channelOf(this.cell.stock, pool, to);
      tellTotal(this.cell, to, { pool, total: granted, kind: 'QUOTA_GRANTED' });
    }
    this.rows.clear();
  }
}
