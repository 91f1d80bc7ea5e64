import type { Breach } from './breach.ts';
import { breach } from './breach.ts';
import type { OrderedUnits, OrderRow } from './check-orders.ts';

/** What a client was told about one order it asked for, last. */
export interface HistoryEntry {
  /** The idempotency key it asked with. */
  readonly key: string;
  readonly cell: string;
  readonly orderId: string | undefined;
  /** HTTP status of the last answer; 0 where none came. */
  readonly status: number;
  /** Units of the lines the answer showed as ordered. */
  readonly units: number;
}

interface HistoryCheck {
  readonly cell: string;
  readonly history: readonly HistoryEntry[];
  readonly orders: readonly OrderRow[];
  readonly lines: readonly OrderedUnits[];
}

/** Whatever a client of this cell was told has happened is in the books, once, as it was told. */
export function checkHistory({ cell, history, orders, lines }: HistoryCheck): Breach[] {
  const byId = new Map(orders.map((order) => [order.orderId, order]));
  const unitsOf = new Map<string, number>();
  for (const { orderId, units } of lines) {
    unitsOf.set(orderId, (unitsOf.get(orderId) ?? 0) + units);
  }
  const keyOf = new Map<string, string>();
  return history
    .filter((entry) => entry.cell === cell)
    .flatMap((entry) => {
      const { key, orderId, status, units } = entry;
      if (orderId === undefined) return [];
      const row = { cell, key, orderId, status, units };
      const earlier = keyOf.get(orderId);
      keyOf.set(orderId, key);
      if (earlier !== undefined && earlier !== key) {
        return [breach('ORDER_OF_TWO_KEYS', { ...row, otherKey: earlier })];
      }
      const order = byId.get(orderId);
      if (order === undefined) return [breach('ORDER_LOST', row)];
      const found = { ...row, found: order.status, foundUnits: unitsOf.get(orderId) ?? 0 };
      return isAsTold(entry, found) ? [] : [breach('ORDER_NOT_AS_TOLD', found)];
    });
}

/** Only a final answer binds: a declined order may be paid again, an open one may end in any way. */
function isAsTold(
  { status, units }: HistoryEntry,
  { found, foundUnits }: { readonly found: string; readonly foundUnits: number },
): boolean {
  if (status === 201) return found === 'confirmed' && foundUnits === units;
  return status !== 409 || found === 'refused';
}
