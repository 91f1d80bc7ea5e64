import type {
  CartId,
  CurrencyCode,
  OrderId,
  SalesChannelId,
  Sku,
  SubjectId,
} from '@entrepot/kernel';
import { Money } from '@entrepot/kernel';
import type { StoredRecipient } from '../application/order-store.ts';
import type { DroppedLine, Order, OrderLine, OrderStatus } from '../domain/order.ts';

/** A line inside the JSON that the reading statements aggregate; numbers stay below 2^53. */
export interface OrderLineJson {
  readonly line_number: number;
  readonly sku: string;
  readonly quantity: number;
  readonly unit_price_minor: number;
  readonly tax_rate_basis_points: number;
  readonly tax_minor: number;
  readonly price_version: number;
  readonly shortage_reason: 'INSUFFICIENT' | 'GLOBAL_EMPTY' | null;
  readonly available_quantity: number | null;
}

/** The recipient of a gift inside the JSON of the statement that reads one order. */
interface RecipientJson {
  readonly subject_id: string | null;
  readonly address: string | null;
  readonly message: string | null;
}

export interface OrderRow {
  readonly order_id: string;
  readonly subject_id: string | null;
  readonly sales_channel_id: string;
  readonly currency: string;
  readonly cart_id: string | null;
  readonly status: OrderStatus;
  readonly on_shortage: 'refuse' | 'partial';
  readonly reserve_round: number;
  readonly has_round_ended: boolean;
  readonly payment_attempt: number;
  readonly fencing_token: bigint;
  readonly version: number;
  readonly total_minor: bigint;
  readonly tax_minor: bigint;
  readonly address: string | null;
  readonly payment_method: Order['paymentMethod'];
  readonly payment_token: string | null;
  readonly action_until: Date | null;
  readonly refusal_code: string | null;
  readonly placed_at: Date;
  readonly attempted_at: Date;
  readonly confirmed_at: Date | null;
  readonly lines: readonly OrderLineJson[];
  /** Read with one order only; null where it is no gift. */
  readonly recipient?: RecipientJson | null;
}

function toLine(row: OrderLineJson, currency: CurrencyCode): OrderLine {
  const dropped: DroppedLine | undefined =
    row.shortage_reason === null
      ? undefined
      : {
          reason: row.shortage_reason,
          ...(row.available_quantity === null ? {} : { available: row.available_quantity }),
        };
  return {
    lineNumber: row.line_number,
    sku: row.sku as Sku,
    quantity: row.quantity,
    unitPrice: Money.of(row.unit_price_minor, currency),
    taxRateBasisPoints: row.tax_rate_basis_points,
    taxIncluded: Money.of(row.tax_minor, currency),
    priceVersion: row.price_version,
    ...(dropped === undefined ? {} : { dropped }),
  };
}

export function toOrder(row: OrderRow): Order {
  const currency = row.currency as CurrencyCode;
  return {
    orderId: row.order_id as OrderId,
    subjectId: (row.subject_id ?? undefined) as SubjectId | undefined,
    salesChannelId: row.sales_channel_id as SalesChannelId,
    cartId: (row.cart_id ?? undefined) as CartId | undefined,
    status: row.status,
    onShortage: row.on_shortage,
    reserveRound: row.reserve_round,
    hasRoundEnded: row.has_round_ended,
    paymentAttempt: row.payment_attempt,
    fencingToken: row.fencing_token,
    version: row.version,
    currency,
    total: Money.of(row.total_minor, currency),
    taxIncluded: Money.of(row.tax_minor, currency),
    paymentMethod: row.payment_method,
    ...(row.payment_token === null ? {} : { paymentToken: row.payment_token }),
    ...(row.action_until === null ? {} : { actionUntil: row.action_until }),
    placedAt: row.placed_at,
    attemptedAt: row.attempted_at,
    ...(row.refusal_code === null ? {} : { refusalCode: row.refusal_code }),
    ...(row.confirmed_at === null ? {} : { confirmedAt: row.confirmed_at }),
    lines: row.lines.map((line) => toLine(line, currency)),
  };
}

export const toRecipient = (row: RecipientJson): StoredRecipient => ({
  subjectId: (row.subject_id ?? undefined) as SubjectId | undefined,
  addressCiphertext: row.address ?? undefined,
  messageCiphertext: row.message ?? undefined,
});

export function toLineJson(line: OrderLine): OrderLineJson {
  return {
    line_number: line.lineNumber,
    sku: line.sku,
    quantity: line.quantity,
    unit_price_minor: Number(line.unitPrice.amountMinor),
    tax_rate_basis_points: line.taxRateBasisPoints,
    tax_minor: Number(line.taxIncluded.amountMinor),
    price_version: line.priceVersion,
    shortage_reason: line.dropped?.reason ?? null,
    available_quantity: line.dropped?.available ?? null,
  };
}
