import { createHash } from 'node:crypto';
import { z } from 'zod';

export const faultKind = z.enum([
  'decline',
  'action',
  'no_action',
  'error_before_authorize',
  'timeout_before_authorize',
  'timeout_after_authorize',
  'error_before_capture',
  'timeout_before_capture',
  'timeout_after_capture',
  'webhook_twice',
  'webhook_reordered',
  'webhook_late',
  'webhook_lost',
]);
export type FaultKind = z.infer<typeof faultKind>;

export const faultOrder = z.strictObject({
  kind: faultKind,
  /** The merchant's id of one payment, or `*` for all. */
  reference: z.string().min(1).max(128).default('*'),
  /** Of the references `*` stands for, this share is hit, chosen by hash. */
  share: z.number().min(0).max(1).default(1),
  /** How often each reference is hit. */
  times: z.int().min(1).max(1_000_000).default(1),
  /** How long a time-out holds the connection, or a late webhook waits. */
  delayMs: z.int().min(0).max(600_000).default(15_000),
});
export type FaultOrder = z.infer<typeof faultOrder>;

const faultsMax = 100_000;

/** Faults ordered ahead of time, each keyed by reference, so that a run with the same keys repeats. */
export class Faults {
  private readonly orders: { readonly order: FaultOrder; readonly hits: Map<string, number> }[] =
    [];
  private readonly counts = new Map<FaultKind, number>();

  add(order: FaultOrder): void {
    if (this.orders.length >= faultsMax) throw new RangeError('too many faults are ordered');
    this.orders.push({ order, hits: new Map() });
  }

  clear(): void {
    this.orders.length = 0;
  }

  /** How often each kind has struck. */
  get struck(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.counts);
  }

  /** The fault that strikes this step of this payment, used up by one. */
  take(kind: FaultKind, reference: string): FaultOrder | undefined {
    for (const { order, hits } of this.orders) {
      if (order.kind !== kind || !matches(order, reference)) continue;
      const struck = hits.get(reference) ?? 0;
      if (struck >= order.times) continue;
      hits.set(reference, struck + 1);
      this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
      return order;
    }
    return undefined;
  }
}

function matches(order: FaultOrder, reference: string): boolean {
  if (order.reference !== '*') return order.reference === reference;
  return shareOf(`${order.kind} ${reference}`) < order.share;
}

/** A number in [0, 1) that depends on the text alone. */
export function shareOf(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE(0) / 2 ** 32;
}
