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

/** The way of an order that is paid and kept. */
export const forwardSteps = [
  'reserve',
  'reserved',
  'authorize',
  'await-shopper',
  'confirm-stock',
  'capture',
  'settle',
] as const;
/** `undo` is met only where a payment is declined or a hold lost, which no fault here brings about. */
export type CheckoutStep = (typeof forwardSteps)[number] | 'undo';

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
/** Past this a fault is fired whether or not an order is under way: there seem to be none left. */
const patienceForOrdersMs = 30_000;
/** How long a fault waits for an order at a step that its kind has not met yet. */
const patienceForNewStepMs = 5_000;
/** Orders let through, each second, for a fault that waits for one. */
const passesPerSecond = 3;

interface Target {
  readonly cell: string;
  readonly open: readonly OpenOrder[];
}

/** Fires faults while orders run, one at a time, each only when a checkout is under way in its cell. */
export class Chaos {
  private readonly inFlight = new Map<string, number>();
  private readonly fired = new Map<ChaosKind, { fired: number; at: Record<string, number> }>();
  private readonly strikes = new Map<string, number>();
  private total = 0;
  private passes = 0;
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

  /**
   * Holds an order back until as large a part of the faults has been fired as of the orders begun; a
   * fault that waits for a checkout gets one.
   */
  async admit(index: number, orders: number): Promise<void> {
    const due = Math.floor((index / orders) * this.needed) - 1;
    while (this.total < due && !this.isOver) {
      if (this.passes > 0) {
        this.passes -= 1;
        return;
      }
      await pause(pollMs);
    }
  }

  /** Resolves when every kind has been fired often enough and the stack is whole again. */
  async run(): Promise<void> {
    const { kinds, firesPerKind, faults } = this.options;
    try {
      const rounds = Array.from({ length: firesPerKind }, (_, round) => round);
      for (const { kind, round } of rounds.flatMap((round) =>
        kinds.map((kind) => ({ kind, round })),
      )) {
        const target = await this.waitForCheckout(kind);
        if (target === undefined) return;
        await this.fire(kind, target.cell, round);
        this.count(kind, target);
        await faults.untilWhole();
      }
    } finally {
      this.isOver = true;
      await faults.breakProvider(false);
    }
  }

  stop(): void {
    this.isOver = true;
  }

  /** The cell struck least so far that has a checkout under way; undefined when the orders are over. */
  private async waitForCheckout(kind: ChaosKind): Promise<Target | undefined> {
    const startedAt = performance.now();
    let seconds = -1;
    const patienceMs = this.hasMetAll(kind) ? 0 : patienceForNewStepMs;
    let found: Target | undefined;
    while (!this.isOver) {
      const waited = performance.now() - startedAt;
      if (waited > patienceForOrdersMs) return { cell: this.cellsByStrikes()[0] ?? '', open: [] };
      if (Math.floor(waited / 1_000) > seconds) this.passes = passesPerSecond;
      seconds = Math.floor(waited / 1_000);
      const seen = await this.lookForCheckout();
      if (seen?.open.some((order) => this.isNew(kind, stepOf(order))) === true) return seen;
      found = seen ?? found;
      if (seen !== undefined && waited > patienceMs) return seen;
      await pause(pollMs);
    }
    return found;
  }

  private async lookForCheckout(): Promise<Target | undefined> {
    for (const cell of this.cellsByStrikes()) {
      if ((this.inFlight.get(cell) ?? 0) === 0) continue;
      const open = await this.options.books.find((of) => of.cell === cell)?.openOrders();
      if (open !== undefined && open.length > 0) return { cell, open };
    }
    return undefined;
  }

  private cellsByStrikes(): readonly string[] {
    const strikes = (cell: string): number => this.strikes.get(cell) ?? 0;
    return this.options.books.map(({ cell }) => cell).toSorted((a, b) => strikes(a) - strikes(b));
  }

  private isNew(kind: ChaosKind, step: CheckoutStep): boolean {
    return this.fired.get(kind)?.at[step] === undefined;
  }

  private hasMetAll(kind: ChaosKind): boolean {
    return forwardSteps.every((step) => !this.isNew(kind, step));
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
        // one at a time: all of them together would take an order longer than its client waits
        await faults.breakProvider(false);
        return faults.breakProvider(providerFaults[round % providerFaults.length] ?? false);
    }
  }

  private count(kind: ChaosKind, { cell, open }: Target): void {
    this.strikes.set(cell, (this.strikes.get(cell) ?? 0) + 1);
    const known = this.fired.get(kind) ?? { fired: 0, at: {} };
    known.fired += 1;
    this.total += 1;
    for (const step of new Set(open.map(stepOf))) known.at[step] = (known.at[step] ?? 0) + 1;
    this.fired.set(kind, known);
  }
}

/** The step of the checkout an order is at, by what its cell has written down. */
export function stepOf({ status, payment, hasStock }: OpenOrder): CheckoutStep {
  if (status === 'requires_action' || payment === 'requires_action') return 'await-shopper';
  if (payment === null) return hasStock ? 'reserved' : 'reserve';
  if (payment === 'authorizing') return 'authorize';
  if (payment === 'authorized') return 'confirm-stock';
  if (payment === 'capturing') return 'capture';
  return payment === 'captured' ? 'settle' : 'undo';
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
