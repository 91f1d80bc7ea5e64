import { Money, newCellId } from '@entrepot/kernel';
import type { CellId, CurrencyCode, OrderId, PaymentId, SubjectId } from '@entrepot/kernel';
import { OrderStore, pinLines, totalsOf } from '@entrepot/orders';
import { anOrder } from '@entrepot/orders/testing';
import { PaymentStore } from '@entrepot/payments';
import { FieldCipher } from '@entrepot/platform-crypto';
import { statement } from '@entrepot/platform-database';
import type { Sku } from '@entrepot/kernel';
import fc from 'fast-check';
import type { RightsScene, Shopper } from './rights-scene.ts';

const cell = 'in-1' as CellId;
const currency = 'INR' as CurrencyCode;

const word = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 });
/** One line as the API takes it: no control characters, and something beside spaces. */
const line = word
  .map((text) => `x${text.replaceAll(/[\u0000-\u001F\u007F-\u009F\uD800-\uDFFF\s]/gu, '')}`)
  .map((text) => Array.from(text).slice(0, 7).join(''));
const sku = fc.stringMatching(/^[A-Z]{3}-[0-9]{1,3}$/);
const address = fc.record({
  ...{ recipient: line, line1: line, city: line, postalCode: line },
  country: fc.constant('IN'),
});
const lines = fc.uniqueArray(fc.record({ sku, quantity: fc.integer({ min: 1, max: 9 }) }), {
  ...{ minLength: 1, maxLength: 4, selector: (of) => of.sku },
});

/** What a random person did here. */
export const anyPerson = fc.record({
  fullName: line,
  addresses: fc.array(address, { maxLength: 3 }),
  carts: fc.array(lines, { maxLength: 3 }),
  orders: fc.array(
    fc.record({ lines, address, unitPriceMinor: fc.integer({ min: 1, max: 9_999 }) }),
    {
      maxLength: 4,
    },
  ),
  moreSessions: fc.integer({ min: 0, max: 2 }),
  consents: fc.array(
    fc.record({
      purpose: fc.constantFrom('marketing_mail', 'recommendations'),
      isGranted: fc.boolean(),
    }),
    { maxLength: 5 },
  ),
  corrections: fc.array(line, { maxLength: 2 }),
  grievances: fc.array(line, { maxLength: 2 }),
  nominees: fc.array(fc.record({ fullName: line, contact: line }), { maxLength: 2 }),
  looks: fc.array(fc.constantFrom('support_request', 'fraud_check', 'incident'), { maxLength: 3 }),
});
export type PersonPlan = typeof anyPerson extends fc.Arbitrary<infer Plan> ? Plan : never;

/** What the copy has to say, by section; each list is compared without regard to order. */
export type GroundTruth = Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;

const textVersions: Readonly<Record<string, number>> = { marketing_mail: 1, recommendations: 2 };

const insertCart = statement(
  'spec.insert_cart',
  `INSERT INTO carts.cart (cart_id, subject_id, owner_kind, sales_channel_id)
   VALUES ($1, $2, 'shopper', 'web')`,
);
const insertSlot = statement(
  'spec.insert_slot',
  `INSERT INTO carts.cart_line_slot (cart_id, sku, replica, added_seq, up)
   VALUES ($1, $2, 'spec0000000000000', 1, $3)`,
);

/** As the checkout leaves it, but that nobody can open the content. */
const insertInvoice = statement(
  'spec.insert_invoice',
  `INSERT INTO invoices.invoice (invoice_id, order_id, legal_entity, country, kind, issued_on, cohort,
     keep_until, names_buyer, content)
   VALUES ($1, $2, 'entity', 'IN', $3, '2026-11-28', 'FISCAL_entity_2026', '2033-12-31', $4,
     'c1|A256GCM|FISCAL_entity_2026|unread')`,
);

const expectedContent =
  'Sealed: only a tax officer opens it. Ask with POST /v1/me/grievances and name the order; a tax officer then gives it to you.';

/** What a document holds by the law of the fixture. */
const documents = {
  simplified: {
    law: 'the law of small invoices',
    holds: ['issuedOn', 'seller', 'lines', 'tax', 'total'],
  },
  full: {
    law: 'the law of invoices',
    holds: ['issuedOn', 'seller', 'buyerName', 'buyerAddress', 'lines', 'tax', 'total'],
  },
} as const;

/** Lets a new shopper do all of the plan, and writes down every fact on the way. */
export async function live(
  scene: RightsScene,
  plan: PersonPlan,
): Promise<{ shopper: Shopper; truth: GroundTruth }> {
  const shopper = await scene.newShopper({ fullName: plan.fullName });
  const { token, email, accountId } = shopper;
  const fullName = plan.corrections.at(-1) ?? plan.fullName;
  const grievances = await complain(scene, token, plan.grievances);
  const complaints = grievances.map(({ id }) => ({ id, kind: 'grievance' }));
  const truth = {
    addresses: await addAddresses(scene, token, plan.addresses),
    carts: await fillCarts(scene, shopper.subject, plan.carts),
    ...(await placeOrders(scene, shopper.subject, plan.orders)),
    consents: await decide(scene, token, plan.consents),
    privacyRequests: [...(await correct(scene, token, plan.corrections)), ...complaints],
    grievances,
    nominees: await nominate(scene, token, plan.nominees),
    accesses: await lookAt(scene, accountId, plan.looks),
    sessions: await signInAgain(scene, email, plan.moreSessions),
    account: [{ id: accountId, email, fullName, residence: 'IN', language: 'en' }],
    ...{ staff: [], erasureRequests: [], relocations: [], subject: [{ status: 'active' }] },
  };
  return { shopper, truth };
}

async function addAddresses(scene: RightsScene, token: string, bodies: PersonPlan['addresses']) {
  const facts: Record<string, unknown>[] = [];
  for (const body of bodies) {
    const answer = await scene.call('/v1/me/addresses', { method: 'POST', body, token });
    if (answer.status !== 201) throw new Error(`no address: ${JSON.stringify(answer.body)}`);
    facts.push({ ...body, id: answer.body['id'] });
  }
  return facts;
}

async function fillCarts(scene: RightsScene, subject: SubjectId, carts: PersonPlan['carts']) {
  const facts: Record<string, unknown>[] = [];
  for (const of of carts) {
    const id = newCellId('cart', cell);
    await scene.superuser().execute(insertCart, [id, subject]);
    for (const { sku, quantity } of of) {
      await scene.superuser().execute(insertSlot, [id, sku, quantity]);
    }
    const sorted = of.toSorted((a, b) => (a.sku < b.sku ? -1 : 1));
    facts.push({ id, status: 'open', salesChannelId: 'web', lines: sorted });
  }
  return facts;
}

/** Orders and payments as the checkout would leave them. */
export async function placeOrders(
  scene: RightsScene,
  subject: SubjectId,
  plans: PersonPlan['orders'],
) {
  const { worker, fixture } = scene;
  const [orderStore, paymentStore, cipher] = [
    worker.get(OrderStore, { strict: false }),
    worker.get(PaymentStore, { strict: false }),
    worker.get(FieldCipher, { strict: false }),
  ];
  const orders: Record<string, unknown>[] = [];
  const payments: Record<string, unknown>[] = [];
  const invoices: Record<string, unknown>[] = [];
  for (const plan of plans) {
    const order = orderOf(subject, plan);
    const place = { table: 'orders.order', rowId: order.orderId, subject };
    const sealed = await cipher.encrypt(place, { address: JSON.stringify(plan.address) });
    const payment = paymentOf(subject, order.orderId, order.total);
    await fixture.workerShop.unitOfWork(async (tx) => {
      await orderStore.insert(tx, { order, addressCiphertext: sealed.address });
      await paymentStore.insertOrFind(tx, payment);
    });
    orders.push({
      ...{ id: order.orderId, status: 'placing', currency, address: plan.address },
      totalMinor: String(order.total.amountMinor),
      lines: order.lines.map(({ sku, quantity }) => ({ sku, quantity })),
    });
    payments.push({ id: payment.id, orderId: order.orderId, state: 'authorizing' });
    invoices.push(await invoiceOf(scene, order.orderId, order.total.amountMinor));
  }
  return { orders, payments, invoices };
}

async function invoiceOf(scene: RightsScene, orderId: OrderId, totalMinor: bigint) {
  const id = newCellId('invoice', cell);
  const kind = totalMinor > 20_000n ? 'full' : 'simplified';
  const namesYou = kind === 'full';
  await scene.superuser().execute(insertInvoice, [id, orderId, kind, namesYou]);
  return {
    ...{ id, orderId, kind, namesYou, issuedOn: '2026-11-28', keptUntil: '2033-12-31' },
    ...{ legalEntity: 'entity', country: 'IN', ...documents[kind] },
    content: expectedContent,
  };
}

function orderOf(subject: SubjectId, { lines: of, unitPriceMinor }: PersonPlan['orders'][number]) {
  const unitPrice = Money.of(unitPriceMinor, currency);
  const priced = of.map(({ sku, quantity }) => ({
    ...{ sku: sku as Sku, quantity, unitPrice, taxRateBasisPoints: 1_800, priceVersion: 1 },
  }));
  const pinned = pinLines(priced);
  const totals = totalsOf(pinned, currency);
  return anOrder(cell, currency, { subjectId: subject, lines: pinned, ...totals });
}

const paymentOf = (subjectId: SubjectId, orderId: OrderId, amount: Money) => ({
  ...{ id: newCellId('payment', cell) as PaymentId, orderId, attempt: 1, subjectId, amount },
  ...{ provider: 'razorpay', providerReference: undefined, method: 'card' as const },
  ...{ methodToken: undefined, actionUrl: undefined, tax: Money.of(0, currency) },
  ...{ state: 'authorizing' as const, declineCode: undefined, version: 1, hasLateNews: false },
});

/** A decision that changes nothing leaves no trace. */
async function decide(scene: RightsScene, token: string, decisions: PersonPlan['consents']) {
  const facts: Record<string, unknown>[] = [];
  const held = new Map<string, boolean>();
  for (const { purpose, isGranted } of decisions) {
    const textVersion = textVersions[purpose];
    const body = { isGranted, textVersion };
    const url = `/v1/me/consents/${purpose}`;
    const answer = await scene.call(url, { method: 'PUT', body, token });
    if (answer.status !== 200) throw new Error(`no consent: ${JSON.stringify(answer.body)}`);
    if (held.get(purpose) !== isGranted) facts.push({ purpose, isGranted, decidedBy: 'you' });
    held.set(purpose, isGranted);
  }
  return facts;
}

async function correct(scene: RightsScene, token: string, names: readonly string[]) {
  const facts: Record<string, unknown>[] = [{ kind: 'export', isAskedByStaff: false }];
  for (const fullName of names) {
    const call = { method: 'POST', body: { fullName }, token } as const;
    const { status, body } = await scene.call('/v1/me/rectifications', call);
    if (status !== 201) throw new Error(`no correction: ${JSON.stringify(body)}`);
    facts.push({ id: body['id'], kind: 'rectification' });
  }
  return facts;
}

async function complain(scene: RightsScene, token: string, texts: readonly string[]) {
  const facts: Record<string, unknown>[] = [];
  for (const text of texts) {
    const call = { method: 'POST', body: { text }, token } as const;
    const { status, body } = await scene.call('/v1/me/grievances', call);
    if (status !== 201) throw new Error(`no complaint: ${JSON.stringify(body)}`);
    facts.push({ id: body['id'], text });
  }
  return facts;
}

async function nominate(scene: RightsScene, token: string, people: PersonPlan['nominees']) {
  const facts: Record<string, unknown>[] = [];
  for (const body of people) {
    const answer = await scene.call('/v1/me/nominees', { method: 'POST', body, token });
    if (answer.status !== 201) throw new Error(`nobody named: ${JSON.stringify(answer.body)}`);
    facts.push({ id: answer.body['id'], ...body });
  }
  return facts;
}

async function lookAt(scene: RightsScene, accountId: string, purposes: readonly string[]) {
  const facts: Record<string, unknown>[] = [];
  for (const purpose of purposes) {
    const headers = { 'entrepot-purpose': purpose };
    const call = { token: scene.staff.support, headers };
    const { status } = await scene.call(`/admin/v1/accounts/${accountId}`, call);
    if (status !== 200) throw new Error(`staff were answered ${status}`);
    facts.push({ purpose, read: '/admin/v1/accounts/{accountId}' });
  }
  return facts;
}

async function signInAgain(scene: RightsScene, email: string, times: number) {
  for (let at = 0; at < times; at += 1) await scene.signIn('/v1/sessions', email);
  return Array.from({ length: 1 + times }, () => ({ endedAt: null }));
}
