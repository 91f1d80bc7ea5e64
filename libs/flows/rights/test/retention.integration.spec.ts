import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  PgPastRetention,
  readErasedSince,
  readExposure,
  SweepRetention,
} from '@entrepot/flow-rights';
import type { MappedTable } from '@entrepot/flow-rights';
import { newCellId } from '@entrepot/kernel';
import type { CellId } from '@entrepot/kernel';
import { statement } from '@entrepot/platform-database';
import type { ShopDatabase } from '@entrepot/platform-database';
import { testDatabase } from '@entrepot/testing';
import type { TestDatabase } from '@entrepot/testing';
import { randomBytes } from 'node:crypto';

const cell = 'in-1' as CellId;
const [here, gone] = [newCellId('subject', cell), newCellId('subject', cell)];
const entries = [
  ...['ended_sessions', 'guest_carts', 'forgotten_carts', 'request_keys'],
  ...['answered_requests', 'superseded_consents', 'access_log'],
  ...['provider_references', 'provider_events'],
  ...['ended_relocations', 'used_packets'],
];

const admit = statement('spec.admit', 'SELECT privacy.admit_subject($1)');
const fence = statement('spec.fence_gone', 'SELECT privacy.fence_subject($1)');
const insertSession = statement(
  'spec.insert_session',
  `INSERT INTO identity.session (session_id, subject_id, holder_kind, holder_id, handle_hash,
     family_hash, refresh_hash, started_at, expires_at)
   VALUES ($1, $2, 'shopper', $3, $4, $5, $6, now() - make_interval(days => $7 + 30),
     now() - make_interval(days => $7))`,
);
const insertCart = statement(
  'spec.insert_old_cart',
  `INSERT INTO carts.cart (cart_id, subject_id, owner_kind, sales_channel_id, changed_at)
   VALUES ($1, $2, $3, 'web', now() - make_interval(days => $4))`,
);
const insertKey = statement(
  'spec.insert_key',
  `INSERT INTO idempotency.request (claim_digest, operation, fingerprint, resource_id, created_at)
   VALUES ($1, 'POST /v1/orders', $2, $3, now() - make_interval(days => $4))`,
);
const insertRequest = statement(
  'spec.insert_old_request',
  `INSERT INTO rights.request (request_id, subject_id, kind, requested_at, due_at, answered_at)
   VALUES ($1, $2, 'export', now() - make_interval(days => $3 + 1), now(),
     CASE WHEN $4 THEN now() - make_interval(days => $3) END)`,
);
const insertConsent = statement(
  'spec.insert_consent',
  `INSERT INTO consents.entry (subject_id, purpose, seq, is_granted, text_version, text_hash, locale,
     surface, actor, decided_at)
   VALUES ($1, 'marketing_mail', $2, $2 % 2 = 1, 1, $3, 'en', 'web', 'subject',
     now() - make_interval(days => $4))`,
);
const insertAccess = statement(
  'spec.insert_access',
  `INSERT INTO privacy.access_log (subject_id, staff_id, route, purpose, at)
   VALUES ($1, $2, '/admin/v1/accounts', 'incident', now() - make_interval(days => $3))`,
);
/** Taken so many days ago, and in the books. */
const insertPayment = statement(
  'spec.insert_old_payment',
  `WITH paid AS (
     INSERT INTO payments.payment (payment_id, order_id, attempt, provider, provider_reference, method,
       currency, amount_minor, tax_minor, state, changed_at)
     VALUES ($1, $2, 1, 'razorpay', 'pay_1', 'upi', 'INR', 118, 18, 'captured',
       now() - make_interval(days => $3)) RETURNING payment_id),
   booked AS (
     INSERT INTO payments.journal (journal_id, kind, payment_id)
     SELECT gen_random_uuid(), 'capture', payment_id FROM paid RETURNING journal_id)
   INSERT INTO payments.ledger_entry (journal_id, line_number, account, currency, amount_minor)
   SELECT journal_id, line_number, account, 'INR', amount_minor FROM booked, (VALUES
     (1, 'provider_receivable', 118), (2, 'sales', -100), (3, 'tax_payable', -18))
     AS entry (line_number, account, amount_minor)`,
);
const insertProviderEvent = statement(
  'spec.insert_old_event',
  `INSERT INTO payments.provider_event (provider, event_id, type, payment_id, received_at)
   VALUES ('razorpay', $1, 'payment.captured', $2, now() - make_interval(days => $3))`,
);
const paymentsLeft = statement(
  'spec.payments_left',
  `SELECT provider_reference AS "reference", amount_minor::int AS "amount", version,
     (SELECT sum(e.amount_minor) FILTER (WHERE e.account = 'sales')::int FROM payments.journal j
      JOIN payments.ledger_entry e USING (journal_id) WHERE j.payment_id = p.payment_id) AS "sold"
   FROM payments.payment p ORDER BY changed_at`,
);
const emptyReferences = statement(
  'spec.empty_references',
  'UPDATE payments.payment SET provider_reference = NULL WHERE provider_reference IS NOT NULL',
);

const insertDeparture = statement(
  'spec.insert_departure',
  `INSERT INTO relocation.departure (relocation_id, subject_id, to_cell, status, issued_at, expires_at)
   VALUES ($1, $2, 'eu-1', $3, now() - make_interval(days => $4, mins => 30),
     now() - make_interval(days => $4))`,
);
const insertArrival = statement(
  'spec.insert_arrival',
  `INSERT INTO relocation.arrival (packet_id, from_cell, taken_at, expires_at)
   VALUES ($1, 'eu-1', now() - make_interval(days => $2, mins => 10),
     now() - make_interval(days => $2))`,
);

let shop: TestDatabase<'shop'>;
let worker: ShopDatabase;

/** Of each kind one that is past its end by a day, and one that is a day short of it. */
beforeAll(async () => {
  shop = await testDatabase('shop', { cell });
  worker = shop.open('worker');
  const owner = shop.open('superuser');
  const bytes = () => randomBytes(32);
  for (const subject of [here, gone]) await owner.query(admit, [subject]);
  for (const days of [91, 89]) {
    const ids = [newCellId('session', cell), here, newCellId('account', cell)];
    await owner.execute(insertSession, [...ids, bytes(), bytes(), bytes(), days]);
  }
  for (const [kind, days] of [
    ...([
      ['guest', 61],
      ['guest', 59],
    ] as const),
    ...([
      ['shopper', 366],
      ['shopper', 364],
    ] as const),
  ]) {
    await owner.execute(insertCart, [newCellId('cart', cell), here, kind, days]);
  }
  for (const days of [31, 29])
    await owner.execute(insertKey, [bytes(), bytes(), newCellId('order', cell), days]);
  for (const [days, isAnswered] of [
    [1_096, true],
    [1_094, true],
    [2_000, false],
  ] as const) {
    const id = newCellId('privacyRequest', cell);
    await owner.execute(insertRequest, [id, here, days, isAnswered]);
  }
  for (const [seq, days] of [
    [1, 1_400],
    [2, 1_096],
    [3, 10],
  ] as const) {
    await owner.execute(insertConsent, [here, seq, bytes(), days]);
  }
  for (const days of [366, 364]) {
    await owner.execute(insertAccess, [here, newCellId('staff', cell), days]);
  }
  for (const days of [541, 539]) {
    const payment = newCellId('payment', cell);
    await owner.execute(insertPayment, [payment, newCellId('order', cell), days]);
    await owner.execute(insertProviderEvent, [`evt_${days}`, payment, days]);
  }
  // seven days after the packet nobody brings a receipt any more
  for (const [status, days] of [
    ['voided', 90 + 7 + 1],
    ['issued', 90 + 7 - 1],
  ] as const) {
    await owner.execute(insertDeparture, [newCellId('relocation', cell), here, status, days]);
  }
  for (const days of [3, 1]) {
    await owner.execute(insertArrival, [newCellId('relocation', cell), days]);
  }
  await owner.query(fence, [gone]);
});
afterAll(() => shop.drop());

const swept = async (isDryRun: boolean) => {
  const sweep = new SweepRetention(new PgPastRetention(worker), []);
  const found = await sweep.execute(new Date(), { isDryRun });
  return found.map(({ name, due, ended }) => ({ name, due, ended }));
};

describe('what is past its end', () => {
  it('is counted by a dry run, which ends nothing', async () => {
    const expected = entries.map((name) => ({ name, due: 1, ended: 0 }));
    expect(await swept(true)).toEqual(expected);
    expect(await swept(true)).toEqual(expected);
  });

  it('is ended, one of each kind, and what is a day short of it stays', async () => {
    expect(await swept(false)).toEqual(entries.map((name) => ({ name, due: 1, ended: 1 })));
    expect(await swept(false)).toEqual(entries.map((name) => ({ name, due: 0, ended: 0 })));
  });
});

describe('a payment whose reference at the provider is past its end', () => {
  it('is not looked for sooner by a process whose clock runs ahead of the database', async () => {
    const ahead = new Date(Date.now() + 2 * 86_400_000);
    const sweep = new SweepRetention(new PgPastRetention(worker), []);
    const found = await sweep.execute(ahead, { isDryRun: true });
    expect(found.find(({ name }) => name === 'provider_references')?.due).toBe(0);
  });

  it('keeps its amount and its place in the books', async () => {
    expect(await worker.query(paymentsLeft, [])).toEqual([
      { reference: null, amount: 118, version: 2, sold: -100 },
      { reference: 'pay_1', amount: 118, version: 1, sold: -100 },
    ]);
  });

  it('does not lose it earlier, whoever asks', async () => {
    const asked = worker.execute(emptyReferences, []);
    await expect(asked).rejects.toThrow('is still needed');
  });
});

describe('whom a breach is about', () => {
  const map: readonly MappedTable[] = [
    { cluster: 'shop', table: 'identity.session', subject: 'subject_id', columns: [] },
    { cluster: 'shop', table: 'carts.cart_line_slot', subject: null, columns: [] },
  ];

  it('is everybody with a row, and who was erased since', async () => {
    const exposed = await readExposure(() => worker, map, ['identity.session']);
    expect(exposed).toEqual([{ table: 'identity.session', subjects: [here] }]);
    expect(await readErasedSince(worker, new Date(Date.now() - 60_000))).toEqual([gone]);
    expect(await readErasedSince(worker, new Date(Date.now() + 60_000))).toEqual([]);
  });

  it('cannot be asked of a table that names nobody', async () => {
    const asked = readExposure(() => worker, map, ['carts.cart_line_slot']);
    await expect(asked).rejects.toThrow('no column of carts.cart_line_slot names a person');
  });
});
