import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Money, newCellId, OutcomeUnknownError } from '@entrepot/kernel';
import type { CellId, CurrencyCode, OrderId, PaymentId } from '@entrepot/kernel';
import { statement } from '@entrepot/platform-database';
import type { ShopDatabase } from '@entrepot/platform-database';
import { Outbox } from '@entrepot/platform-messaging';
import { testDatabase } from '@entrepot/testing';
import type { TestDatabase } from '@entrepot/testing';
import { PaymentsPersonalData } from '../src/adapters/payments-personal-data.ts';
import { PgPaymentStore } from '../src/adapters/pg-payment-store.ts';
import { RecordPayment } from '../src/application/record-payment.ts';
import { LookAtLateNewsUseCase } from '../src/application/look-at-late-news.ts';
import { SettlePaymentUseCase } from '../src/application/settle-payment.ts';
import { StartPaymentUseCase } from '../src/application/start-payment.ts';
import { TakeWebhookUseCase } from '../src/application/take-webhook.ts';
import { paymentFactOf } from '../src/domain/payment.ts';
import type { LedgerEntry } from '../src/domain/ledger.ts';
import type { Payment } from '../src/domain/payment.ts';
import { ScriptedGateway } from './scripted-gateway.ts';

const cell = 'in-1' as CellId;
const inr = (amount: number): Money => Money.of(amount, 'INR' as CurrencyCode);
const ledgerOf = statement(
  'payments_test.ledger',
  `SELECT e.account, e.amount_minor FROM payments.ledger_entry e
   JOIN payments.journal j USING (journal_id) WHERE j.payment_id = $1 ORDER BY e.line_number`,
);
const eventsOf = statement(
  'payments_test.events',
  'SELECT event_id FROM payments.provider_event WHERE payment_id = $1',
);
/** As if the call to the provider had been made long ago. */
const ageCall = statement(
  'payments_test.age_call',
  "UPDATE payments.payment SET changed_at = now() - interval '1 minute' WHERE payment_id = $1",
);
const outboxOf = statement(
  'payments_test.outbox',
  'SELECT aggregate_version FROM messaging.outbox WHERE record_key = $1 ORDER BY id',
);

describe('payments on PostgreSQL', () => {
  let shop: TestDatabase<'shop'>;
  let database: ShopDatabase;
  const store = new PgPaymentStore();
  const gateway = new ScriptedGateway();
  const start = new StartPaymentUseCase(store, gateway);
  let settle: SettlePaymentUseCase;
  let webhooks: TakeWebhookUseCase;

  beforeAll(async () => {
    shop = await testDatabase('shop');
    database = shop.open('api', { connectionsMax: 8 });
    settle = new SettlePaymentUseCase(gateway, new RecordPayment(database, store));
    webhooks = new TakeWebhookUseCase(database, store, gateway, new Outbox(cell));
  });
  afterAll(() => shop.drop());

  const newPayment = (
    orderId: OrderId = newCellId('order', cell),
    methodToken?: string,
  ): Promise<Payment> =>
    database.unitOfWork((tx) =>
      start.execute(tx, {
        ...{ cell, orderId, attempt: 1, subjectId: newCellId('subject', cell) },
        ...{ amount: inr(118_00), tax: inr(18_00), method: 'upi', methodToken },
      }),
    );
  const stored = async (id: PaymentId): Promise<Payment> => {
    const found = await store.findById(database, id);
    if (found === undefined) throw new TypeError(`no payment ${id}`);
    return found;
  };
  const postings = (id: PaymentId) =>
    database.query<{ account: string; amount_minor: bigint }>(ledgerOf, [id]);

  const toldVersionsOf = async (id: PaymentId): Promise<number[]> => {
    const told = await shop.open('worker').query<{ aggregate_version: bigint }>(outboxOf, [id]);
    return told.map(({ aggregate_version: version }) => Number(version));
  };

  it('starts one payment per order and attempt, however many ask at once', async () => {
    const orderId: OrderId = newCellId('order', cell);
    const payments = await Promise.all([1, 2, 3, 4, 5].map(() => newPayment(orderId)));
    expect(new Set(payments.map(({ id }) => id)).size).toBe(1);
  });

  it('posts a capture once, gross to the receivable, net to sales, tax to tax', async () => {
    const payment = await newPayment();
    const { id } = payment;
    const authorized = await settle.authorize(payment);
    expect(authorized.state).toBe('authorized');
    await Promise.all([1, 2, 3, 4].map(() => settle.capture(authorized)));
    expect((await settle.capture(authorized)).state).toBe('captured');
    expect(gateway.callsOf('capture', id)).toBe(1);
    expect(await postings(id)).toEqual([
      { account: 'provider_receivable', amount_minor: 118_00n },
      { account: 'sales', amount_minor: -100_00n },
      { account: 'tax_payable', amount_minor: -18_00n },
    ]);
  });

  it('takes what was promised although a webhook changed the payment meanwhile', async () => {
    const payment = await newPayment();
    const { id } = payment;
    const authorized = await settle.authorize(payment);
    expect((await stored(id)).state).toBe('authorizing');
    await shop.open('owner').execute(ageCall, [id]);
    await webhooks.execute(gateway.webhookAbout(id));
    expect((await stored(id)).version).toBeGreaterThan(authorized.version);
    expect((await settle.capture(authorized)).state).toBe('captured');
    expect([gateway.paymentsMade(id), gateway.callsOf('capture', id)]).toEqual([1, 1]);
  });

  it('leaves a capture unknown until the provider says, and then books it without asking again', async () => {
    const payment = await newPayment();
    const { id } = payment;
    const authorized = await settle.authorize(payment);
    gateway.loseAnswerOf('capture', id);
    await expect(settle.capture(authorized)).rejects.toBeInstanceOf(OutcomeUnknownError);
    const capturing = await stored(id);
    expect(paymentFactOf(capturing.state)).toBe('unknown');
    const calls = gateway.callsOf('capture', id);
    const captured = await settle.refresh(capturing);
    expect(captured.state).toBe('captured');
    expect((await settle.capture(captured)).state).toBe('captured');
    expect(gateway.callsOf('capture', id)).toBe(calls);
    expect(await postings(id)).toHaveLength(3);
  });

  it('asks again under the same id after an authorization whose answer was lost', async () => {
    const payment = await newPayment();
    const { id } = payment;
    gateway.loseAnswerOf('authorize', id);
    await expect(settle.authorize(payment)).rejects.toBeInstanceOf(OutcomeUnknownError);
    expect((await settle.refresh(payment)).state).toBe('authorized');
    expect(gateway.paymentsMade(id)).toBe(1);
  });

  it('waits for the shopper, forgets the page afterwards, and undoes', async () => {
    const payment = await newPayment();
    const { id } = payment;
    gateway.requireActionOf(id);
    const waiting = await settle.authorize(payment);
    expect(waiting).toMatchObject({ state: 'requires_action', actionUrl: expect.any(String) });
    gateway.approve(id);
    const approved = await settle.refresh(waiting);
    expect(approved).toMatchObject({ state: 'authorized', actionUrl: undefined });
    expect((await settle.void(approved)).state).toBe('voided');
    expect((await settle.void(approved)).state).toBe('voided');
    expect(await postings(id)).toEqual([]);
  });

  it('books the money when an undo comes after a capture nobody heard of', async () => {
    const payment = await newPayment();
    const { id } = payment;
    const authorized = await settle.authorize(payment);
    gateway.loseAnswerOf('capture', id);
    await expect(settle.capture(authorized)).rejects.toBeInstanceOf(OutcomeUnknownError);
    expect((await settle.void(await stored(id))).state).toBe('captured');
    expect(await postings(id)).toHaveLength(3);
  });

  it('keeps a webhook once and tells of it once, in the order of the payment', async () => {
    const payment = await newPayment();
    const { id } = payment;
    gateway.loseAnswerOf('authorize', id);
    await expect(settle.authorize(payment)).rejects.toBeInstanceOf(OutcomeUnknownError);
    await shop.open('owner').execute(ageCall, [id]);
    const first = gateway.webhookAbout(id);
    const second = gateway.webhookAbout(id);
    await Promise.all([first, first, second, first, second].map((each) => webhooks.execute(each)));
    expect(await database.query(eventsOf, [id])).toHaveLength(2);
    const { version } = await stored(id);
    await Promise.all([first, second].map((each) => webhooks.execute(each)));
    expect((await stored(id)).version).toBe(version);
    const versions = await toldVersionsOf(id);
    expect(versions).toHaveLength(2);
    expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b));
    expect((await stored(id)).state).toBe('authorizing');
  });

  it('keeps a webhook about a call under way, and leaves the rest to whoever made the call', async () => {
    const { id } = await newPayment();
    await webhooks.execute(gateway.webhookAbout(id));
    expect(await database.query(eventsOf, [id])).toHaveLength(1);
    expect(await toldVersionsOf(id)).toEqual([]);
  });

  it('refuses a signed webhook whose id could not be kept', async () => {
    const { id } = await newPayment();
    const { body, headers } = gateway.webhookAbout(id);
    const long = Buffer.concat([body, Buffer.alloc(5_000, '1')]);
    const refused = webhooks.execute({ body: long, headers });
    await expect(refused).rejects.toMatchObject({ code: 'WEBHOOK_REFUSED' });
    expect(await database.query(eventsOf, [id])).toHaveLength(0);
  });

  it('keeps a webhook that says what is known already, and tells nobody of it', async () => {
    const payment = await newPayment();
    const { version } = await settle.authorize(payment);
    await webhooks.execute(gateway.webhookAbout(payment.id));
    expect(await database.query(eventsOf, [payment.id])).toHaveLength(1);
    expect(await toldVersionsOf(payment.id)).toEqual([]);
    expect((await stored(payment.id)).version).toBe(version);
  });

  it('keeps the amounts and drops the link when the person is erased', async () => {
    const payment = await newPayment();
    const { id, subjectId = newCellId('subject', cell) } = payment;
    await settle.capture(await settle.authorize(payment));
    const owner = new PaymentsPersonalData(shop.open('worker'), store);
    expect(await owner.exportFor(subjectId)).toEqual([
      { section: 'payments', records: [expect.objectContaining({ id, state: 'captured' })] },
    ]);
    expect(await owner.erase(subjectId)).toEqual([
      expect.objectContaining({ matched: 1, left: 1 }),
    ]);
    expect(await owner.exportFor(subjectId)).toEqual([{ section: 'payments', records: [] }]);
    expect(await postings(id)).toHaveLength(3);
  });

  it('writes nothing of an erased person back, whatever was under way', async () => {
    const authorized = await settle.authorize(await newPayment());
    const { id, subjectId = newCellId('subject', cell) } = authorized;
    const known = { ...authorized, methodToken: 'tok_before' };
    await new PaymentsPersonalData(shop.open('worker'), store).erase(subjectId);
    gateway.loseAnswerOf('capture', id);
    await expect(settle.capture(known)).rejects.toBeInstanceOf(OutcomeUnknownError);
    const { state, methodToken, subjectId: linked } = await stored(id);
    expect({ state, methodToken, linked }).toEqual({ state: 'capturing' });
  });

  it('asks the same again of a payment whose person was erased before the answer', async () => {
    const payment = await newPayment(undefined, 'pm_token');
    const { id, subjectId = newCellId('subject', cell) } = payment;
    gateway.loseAnswerOf('authorize', id);
    await expect(settle.authorize(payment)).rejects.toBeInstanceOf(OutcomeUnknownError);
    await new PaymentsPersonalData(shop.open('worker'), store).erase(subjectId);
    const waiting = await stored(id);
    expect(waiting).toMatchObject({ subjectId: undefined, methodToken: 'pm_token' });
    const taken = await settle.capture(await settle.refresh(waiting));
    expect(taken.state).toBe('captured');
    expect((await stored(id)).methodToken).toBeUndefined();
  });

  it('books money that was taken after its payment had ended', async () => {
    const authorized = await settle.authorize(await newPayment());
    const { id } = authorized;
    const voided = await settle.void(authorized);
    expect(await settle.refresh(voided)).toEqual(voided);
    gateway.takeMoneyOf(id);
    await webhooks.execute(gateway.webhookAbout(id));
    expect(await toldVersionsOf(id)).toHaveLength(1);
    expect((await settle.lookAgain(await stored(id))).state).toBe('captured');
    expect(await postings(id)).toHaveLength(3);
  });

  /** A payment that had ended when its money was taken, and the provider told of it. */
  async function voidedButTaken() {
    const authorized = await settle.authorize(await newPayment());
    const { id } = authorized;
    await settle.void(authorized);
    gateway.takeMoneyOf(id);
    await webhooks.execute(gateway.webhookAbout(id));
    return id;
  }

  it('asks about such money again where the provider did not answer', async () => {
    const id = await voidedButTaken();
    gateway.loseAnswerOf('lookUp', id);
    const sweep = new LookAtLateNewsUseCase(database, store, settle);
    await sweep.execute();
    expect(await stored(id)).toMatchObject({ state: 'voided', hasLateNews: true });
    await sweep.execute();
    expect(await stored(id)).toMatchObject({ state: 'captured', hasLateNews: false });
    expect(await store.findLateNews(database, 10)).toEqual([]);
  });

  it('keeps the news that came while it asked', async () => {
    const id = await voidedButTaken();
    const asked = await stored(id);
    await webhooks.execute(gateway.webhookAbout(id));
    const record = new RecordPayment(database, store);
    await record.observe(asked, {
      providerReference: asked.providerReference,
      state: 'voided',
      declineCode: undefined,
      actionUrl: undefined,
    });
    expect(await stored(id)).toMatchObject({ state: 'voided', hasLateNews: true });
  });

  it('asks no further where a provider told of a payment that is as it was', async () => {
    const id = await voidedButTaken();
    gateway.approve(id);
    await new LookAtLateNewsUseCase(database, store, settle).execute();
    expect(await stored(id)).toMatchObject({ state: 'voided', hasLateNews: false });
  });

  it('asks to capture once, and again when somebody looks next', async () => {
    const authorized = await settle.authorize(await newPayment());
    const { id } = authorized;
    gateway.refuseCaptureOf(id);
    await expect(settle.capture(authorized)).rejects.toBeInstanceOf(OutcomeUnknownError);
    expect(gateway.callsOf('capture', id)).toBe(1);
    expect((await settle.capture(await stored(id))).state).toBe('captured');
    expect(await postings(id)).toHaveLength(3);
  });

  describe('has books that the database itself guards', () => {
    let counter = 0;
    const sql = (text: string) => statement(`payments_test.planted_${(counter += 1)}`, text);
    const refused = expect.objectContaining({ code: '23514' });
    const capture = async (entries: readonly LedgerEntry[]): Promise<boolean> => {
      const authorized = await settle.authorize(await newPayment());
      const captured = {
        ...authorized,
        state: 'captured',
        version: authorized.version + 1,
      } as const;
      return store.replaceCaptured(database, captured, entries);
    };

    it('against a journal that does not sum to zero', async () => {
      const entries = [{ account: 'sales' as const, amount: inr(-5) }];
      await expect(capture(entries)).rejects.toEqual(refused);
    });

    it('against a journal that sums to zero over two currencies only', async () => {
      const entries = [
        { account: 'sales' as const, amount: inr(-5) },
        { account: 'provider_receivable' as const, amount: Money.of(5, 'EUR' as CurrencyCode) },
      ];
      await expect(capture(entries)).rejects.toEqual(refused);
    });

    it('against an empty journal', async () => {
      await expect(capture([])).rejects.toEqual(refused);
    });

    it('against entries added later, even balanced ones', async () => {
      const payment = await newPayment();
      const { id } = payment;
      await settle.authorize(payment);
      await settle.capture(await settle.authorize(payment));
      const late = sql(`INSERT INTO payments.ledger_entry
        SELECT journal_id, 50 + n, account, 'INR', CASE n WHEN 1 THEN 5 ELSE -5 END
        FROM payments.journal, unnest(ARRAY['sales', 'refunds']) WITH ORDINALITY AS e(account, n)
        WHERE payment_id = $1`);
      await expect(database.execute(late, [id])).rejects.toEqual(refused);
    });

    it('against a second capture of a payment', async () => {
      const payment = await newPayment();
      const { id } = payment;
      await settle.authorize(payment);
      await settle.capture(await settle.authorize(payment));
      const again = sql(`INSERT INTO payments.journal (journal_id, kind, payment_id)
        VALUES (gen_random_uuid(), 'capture', $1)`);
      await expect(database.execute(again, [id])).rejects.toMatchObject({ code: '23505' });
    });

    it('against a payment that says captured without being in the books', async () => {
      const planted = sql(`UPDATE payments.payment
        SET state = 'captured', provider_reference = 'x' WHERE payment_id = $1`);
      const { id } = await newPayment();
      await expect(database.execute(planted, [id])).rejects.toEqual(refused);
    });

    it('against change and removal', async () => {
      for (const text of [
        'UPDATE payments.ledger_entry SET amount_minor = 1',
        'DELETE FROM payments.ledger_entry',
        'DELETE FROM payments.journal',
      ]) {
        await expect(database.execute(sql(text))).rejects.toMatchObject({ code: '42501' });
        const owner = shop.open('owner');
        await expect(owner.execute(sql(text))).rejects.toEqual(refused);
      }
    });
  });
});
