import type { DataCategory, RetentionLaw } from '@entrepot/privacy';

/** What goes once it is past its end. */
export type RetentionName =
  | 'ended_sessions'
  | 'guest_carts'
  | 'forgotten_carts'
  | 'request_keys'
  | 'answered_requests'
  | 'superseded_consents'
  | 'access_log'
  | 'provider_references'
  | 'provider_events'
  | 'ended_relocations'
  | 'used_packets';

/** How long something stays while its person is not erased, and why not longer (GDPR Article 5(1)(e)). */
export interface RetentionEntry {
  readonly name: RetentionName;
  readonly table: string;
  readonly category: DataCategory;
  readonly days: number;
  /** The column that is emptied, where the row stays; the row goes where none is named. */
  readonly empties?: string;
  /** From when the days are counted. */
  readonly since: string;
  readonly reason: string;
}

/**
 * Networks take a dispute for 120 days, and for up to 540 days from the sale where what was bought comes
 * later; until then a refund or an answer to the bank needs the provider's own id.
 */
const providerReferenceDays = 540;

/** The whole list; what is not on it stays until the person is erased. */
export const retentionSchedule: readonly RetentionEntry[] = [
  {
    ...{ name: 'ended_sessions', table: 'identity.session', category: 'session', days: 90 },
    since: 'the end of the session',
    reason: 'a break-in is looked into for a quarter of a year',
  },
  {
    ...{ name: 'guest_carts', table: 'carts.cart', category: 'cart', days: 60 },
    since: 'the last edit',
    reason: 'the token that opens a guest cart is good for 30 days',
  },
  {
    ...{ name: 'forgotten_carts', table: 'carts.cart', category: 'cart', days: 365 },
    since: 'the last edit',
    reason: 'nobody comes back to a cart after a year',
  },
  {
    ...{ name: 'request_keys', table: 'idempotency.request', category: 'request_key', days: 30 },
    since: 'the request',
    reason: 'a client retries for days, not for months',
  },
  {
    ...{
      name: 'answered_requests',
      table: 'rights.request',
      category: 'rights_request',
      days: 1_095,
    },
    since: 'the answer',
    reason: 'that a request was answered may have to be shown until a claim is barred',
  },
  {
    ...{ name: 'superseded_consents', table: 'consents.entry', category: 'consent', days: 1_095 },
    since: 'the decision that took its place',
    reason: 'a message may have to be justified until a claim is barred',
  },
  {
    ...{ name: 'access_log', table: 'privacy.access_log', category: 'access_record', days: 365 },
    since: 'the access',
    reason: 'a year of accesses shows every habit',
  },
  {
    ...{ name: 'provider_references', table: 'payments.payment', category: 'payment' },
    ...{ days: providerReferenceDays, empties: 'provider_reference' },
    since: 'the end of the payment',
    reason: 'no bank takes a dispute any more; the amount stays in the books without it',
  },
  {
    ...{ name: 'provider_events', table: 'payments.provider_event', category: 'payment' },
    days: providerReferenceDays,
    since: 'its arrival',
    reason: 'its id leads to the payment at the provider, as the reference does',
  },
  {
    ...{
      name: 'ended_relocations',
      table: 'relocation.departure',
      category: 'rights_request',
      days: 90,
    },
    since: 'the last day on which a move could have ended',
    reason:
      'whoever moves sees for a quarter of a year what came of it; an erasure has a record of its own',
  },
  {
    ...{ name: 'used_packets', table: 'relocation.arrival', category: 'rights_request', days: 2 },
    since: 'the end of the packet',
    reason: 'a packet that is over is refused without its mark',
  },
];

const dayMs = 86_400_000;

/** No month has more. */
const daysOfMonthMax = 31;

/**
 * How many days an entry stays by the schedule and by the law of a day (ISO date): where a law wants its
 * category kept for longer in any country, the schedule waits for the law.
 */
export function daysUnder(
  { category, days }: Pick<RetentionEntry, 'category' | 'days'>,
  law: RetentionLaw,
  on: string,
): number {
  const wanted = law.flatMap((rule) =>
    rule.category === category && rule.action === 'retain-until' && rule.inForceSince <= on
      ? [rule.period.months * daysOfMonthMax]
      : [],
  );
  return Math.max(days, ...wanted);
}

/** What is older than this instant is past its end. */
export const cutoffOf = ({ days }: Pick<RetentionEntry, 'days'>, at: Date): Date =>
  new Date(at.getTime() - days * dayMs);
