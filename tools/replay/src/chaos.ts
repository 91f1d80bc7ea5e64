import type { CellBooks, OpenOrder } from './cell-books.ts';

export const chaosKinds = [
  'kill-api',
  'kill-worker',
  'kill-broker',
  'kill-redis',
  'restart-primary',
  'cut-border',
  'psp-faults',
] as const;
export type ChaosKind = (typeof chaosKinds)[number];

/** How often a fault was fired, and at which steps the orders under way in its cell were then. */
export type ChaosMatrix = Readonly<
  Record<string, { readonly fired: number; readonly at: Readonly<Record<string, number>> }>
>;

/** What can be broken in a stack. */
export abstract class FaultInjector {
  /** Signals a service of a cell, `in-1 worker`; its supervisor starts it again. */
  abstract kill(service: string, signal: NodeJS.Signals): Promise<void>;
  abstract cutBorder(isCut: boolean): Promise<void>;
  /** Orders a fault of the provider for a share of the payments to come; false clears all. */
  abstract breakProvider(kind: string | false): Promise<void>;
  /** Resolves when everything runs again. */
  abstract untilWhole(): Promise<void>;
}

export interface ChaosOptions {
  readonly kinds: readonly ChaosKind[];
  readonly firesPerKind: number;
  readonly apiProcesses: number;
  readonly books: readonly CellBooks[];
  readonly faults: FaultInjector;
}

const providerFaults = [
  'timeout_before_authorize',
  'timeout_after_authorize',
  'error_before_authorize',
  'timeout_before_capture',
  'timeout_after_capture',
  'error_before_capture',
  'webhook_twice',
  'webhook_reordered',
  'webhook_late',
  'webhook_lost',
] as const;
const borderCutMs = 2_000;
const pollMs = 10;
/** Past this a fault is fired whether or not an order is in the air: the stock of orders is at an end. */
const patienceForOrdersMs = 30_000;

/** Fires faults while orders run, one at a time, each only when a checkout is under way in its cell. */
export class Chaos {
  private readonly inFlight = new Map<string, number>();
  private readonly fired = new Map<ChaosKind, { fired: number; at: Record<string, number> }>();
  private total = 0;
  private isOver = false;

  constructor(private readonly options: ChaosOptions) {}

  get needed(): number {
    return this.options.kinds.length * this.options.firesPerKind;
  }

  get matrix(): ChaosMatrix {
    return Object.fromEntries(this.fired);
  }

  note(cell: string, change: 1 | -1): void {
    this.inFlight.set(cell, (this.inFlight.get(cell) ?? 0) + change);
  }

  /** Holds an order back until as large a part of the faults has been fired as of the orders begun. */
  async admit(index: number, orders: number): Promise<void> {
    const due = Math.floor((index / orders) * this.needed) - 1;
    while (this.total < due && !this.isOver) await pause(pollMs);
  }

  /** Resolves when every kind has been fired often enough and the stack is whole again. */
  async run(): Promise<void> {
    const { kinds, firesPerKind, books, faults } = this.options;
    try {
      for (let round = 0; round < firesPerKind; round += 1) {
        for (const kind of kinds) {
          const books_ = books[round % books.length];
          if (books_ === undefined || this.isOver) return;
          const open = await this.waitForCheckout(books_);
          await this.fire(kind, books_.cell, round);
          this.count(kind, open);
          await faults.untilWhole();
        }
      }
    } finally {
      this.isOver = true;
      await faults.breakProvider(false);
    }
  }

  stop(): void {
    this.isOver = true;
  }

  private async waitForCheckout(books: CellBooks): Promise<readonly OpenOrder[]> {
    const until = performance.now() + patienceForOrdersMs;
    while (performance.now() < until && !this.isOver) {
      if ((this.inFlight.get(books.cell) ?? 0) > 0) {
        const open = await books.openOrders();
        if (open.length > 0) return open;
      }
      await pause(pollMs);
    }
    return [];
  }

  private async fire(kind: ChaosKind, cell: string, round: number): Promise<void> {
    const { faults, apiProcesses } = this.options;
    switch (kind) {
      case 'kill-api':
        return faults.kill(`${cell} api-${1 + (round % apiProcesses)}`, 'SIGKILL');
      case 'kill-worker':
        return faults.kill(`${cell} worker`, 'SIGKILL');
      case 'kill-broker':
        return faults.kill(`${cell} kafka`, 'SIGKILL');
      case 'kill-redis':
        return faults.kill(`${cell} redis`, 'SIGKILL');
      case 'restart-primary':
        return faults.kill(`${cell} shop`, 'SIGINT');
      case 'cut-border':
        await faults.cutBorder(true);
        await pause(borderCutMs);
        return faults.cutBorder(false);
      case 'psp-faults':
        return faults.breakProvider(providerFaults[round % providerFaults.length] ?? false);
    }
  }

  private count(kind: ChaosKind, open: readonly OpenOrder[]): void {
    const known = this.fired.get(kind) ?? { fired: 0, at: {} };
    known.fired += 1;
    this.total += 1;
    for (const step of new Set(open.map(stepOf))) known.at[step] = (known.at[step] ?? 0) + 1;
    this.fired.set(kind, known);
  }
}

/** The step of the checkout an order is at, by what its cell has written down. */
export function stepOf({ status, payment, hasStock }: OpenOrder): string {
  if (status === 'requires_action' || payment === 'requires_action') return 'await-shopper';
  if (payment === undefined) return hasStock ? 'reserved' : 'reserve';
  if (payment === 'created' || payment === 'authorizing') return 'authorize';
  if (payment === 'authorized') return 'confirm-stock';
  if (payment === 'capturing') return 'capture';
  return payment === 'captured' ? 'settle' : 'undo';
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
