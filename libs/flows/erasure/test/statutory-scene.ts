import { postalAddress } from '@entrepot/contracts/api/address';
import { KeepStatutoryRecords } from '@entrepot/flow-erasure';
import { IssueInvoice } from '@entrepot/invoices';
import type { InvoiceLaw, SealedInvoice } from '@entrepot/invoices';
import { Money } from '@entrepot/kernel';
import type {
  CountryCode,
  CurrencyCode,
  LegalHoldId,
  OrderId,
  StaffId,
  SubjectId,
} from '@entrepot/kernel';
import { OrderStore } from '@entrepot/orders';
import { anOrder } from '@entrepot/orders/testing';
import { FieldCipher } from '@entrepot/platform-crypto';
import { statement } from '@entrepot/platform-database';
import type { RetentionLaw, RetentionRule } from '@entrepot/privacy';
import { CloseCase } from '../src/application/holds/close-case.ts';
import { shredEverything } from './erasure-fixture.ts';
import { ErasureScene, officerEmails } from './erasure-scene.ts';
import type { Shopper } from './erasure-scene.ts';

export const country = 'IN' as CountryCode;
export const taxOfficer = 'tax@officers.example';
export const password = 'correct horse battery staple';
const currency = 'INR' as CurrencyCode;

const retain = (category: RetentionRule['category'], cohort: string, fields: string[]) => ({
  ...{ legalEntity: 'entity', country, category, action: 'retain-until' as const },
  ...{ cohort, fields, law: `the law of ${cohort}`, version: 2, spec: 'a spec' },
  signOff: undefined,
});

/** As India has it: invoices for years, the regulated class for one year from a day to come. */
export const retention: RetentionLaw = [
  ...shredEverything,
  {
    ...retain('invoice', 'entity', []),
    ...{ period: { months: 72, from: 'annual_return' }, inForceSince: '2010-01-01' },
  },
  ...(
    [
      ['account', ['identity.account.email', 'identity.account.full_name']],
      ['address', ['identity.address.content']],
      ['session', ['identity.session.started_at']],
      ['order', ['orders.order.address']],
    ] as const
  ).map(([category, fields]): RetentionRule => ({
    ...retain(category, 'a-year', [...fields]),
    ...{ period: { months: 12, from: 'request' }, inForceSince: '2027-05-13' },
  })),
];

export const invoices: InvoiceLaw = [
  {
    ...{ legalEntity: 'entity', country, measuredBy: 'total' },
    tiers: [
      {
        ...{ kind: 'simplified', upToMinor: 50_000n, law: 'the law of small invoices' },
        fields: ['issuedOn', 'seller', 'lines', 'tax', 'total'],
      },
      {
        ...{ kind: 'full', upToMinor: undefined, law: 'the law of invoices' },
        fields: ['issuedOn', 'seller', 'buyerName', 'lines', 'tax', 'total'],
      },
    ],
    signOff: { role: 'engineering', on: '2026-11-28' },
  },
];

/** What a person of the scene typed, for whoever looks for it. */
export const canaries = {
  recipient: 'Canary Recipient',
  street: '1 Canary Road',
} as const;

const address = postalAddress.parse({
  ...{ recipient: canaries.recipient, line1: canaries.street, city: 'Pune' },
  ...{ postalCode: '411001', country, subdivision: 'Maharashtra' },
});

/** Sales, a tax officer and the upkeep of statutory records, beside what forgetting needs. */
export class StatutoryScene {
  private constructor(
    readonly people: ErasureScene,
    /** An access token. */
    readonly taxToken: string,
  ) {}

  static async open(): Promise<StatutoryScene> {
    const people = await ErasureScene.open({ laws: { retention, invoices } });
    const { fixture, worker } = people;
    await fixture.seedOfficers(worker, password, [taxOfficer], ['tax-officer']);
    return new StatutoryScene(people, await people.signIn('/admin/v1/sessions', taxOfficer));
  }

  /** An order that is confirmed with its invoice, as the checkout does both. */
  async sell(shopper: Shopper, totalMinor: number): Promise<OrderId> {
    const { api, fixture } = this.people;
    const { subject: subjectId } = shopper;
    const total = Money.of(totalMinor, currency);
    const order = anOrder(fixture.cells.home, currency, { subjectId, total });
    const { orderId } = order;
    const sealed = await api
      .get(FieldCipher, { strict: false })
      .encrypt(placeOf(orderId, subjectId), { address: JSON.stringify(address) });
    const orders = api.get(OrderStore, { strict: false });
    const invoice = await this.prepareInvoice(orderId, shopper, totalMinor);
    await fixture.stores.shop.open('api').unitOfWork(async (tx) => {
      const placed = await orders.insert(tx, { order, addressCiphertext: sealed.address });
      await orders.save(tx, { ...placed, status: 'confirmed' });
      await this.issue.write(tx, invoice);
    });
    return orderId;
  }

  prepareInvoice(orderId: OrderId, { subject }: Shopper, totalMinor: number) {
    const { recipient: name, line1, subdivision } = address;
    return this.issue.prepare({
      ...{ orderId, currency, lines: [], totalMinor: BigInt(totalMinor), taxMinor: 0n },
      buyer: { subject, country, details: { name, address: [line1], subdivision } },
    });
  }

  async writeInvoice(invoice: SealedInvoice): Promise<void> {
    const shop = this.people.fixture.stores.shop.open('api');
    await shop.unitOfWork((tx) => this.issue.write(tx, invoice));
  }

  private get issue(): IssueInvoice {
    return this.people.api.get(IssueInvoice, { strict: false });
  }

  readInvoice(orderId: string, token = this.taxToken, purpose = 'tax_audit') {
    const url = `/admin/v1/invoices/${orderId}/readings`;
    return this.people.call(url, { method: 'POST', body: { purpose }, token });
  }

  readRetained(requestId: string, token = this.people.officers[0]) {
    const url = `/admin/v1/erasure-requests/${requestId}/retained-fields/readings`;
    const body = { purpose: 'order_of_authority' };
    return this.people.call(url, { method: 'POST', body, token });
  }

  openHold(accountId: string, category: string, caseReference: string) {
    return this.people.call('/admin/v1/legal-holds', {
      ...{ method: 'POST', body: { accountId, category, caseReference } },
      token: this.people.officers[0],
    });
  }

  /** By the use case: nobody can sign in on a day that has passed. */
  async closeCase(holdId: string, day: string): Promise<void> {
    const { api, officers } = this.people;
    const { body } = await this.people.call('/admin/v1/me', { token: officers[0] });
    const close = api.get(CloseCase, { strict: false });
    const by = String(body['id']) as StaffId;
    await this.people.fixture.clock.on(day, () => close.execute(holdId as LegalHoldId, by));
  }

  release(holdId: string) {
    const url = `/admin/v1/legal-holds/${holdId}/release`;
    return this.people.call(url, { method: 'POST', body: {}, token: this.people.officers[0] });
  }

  keepRecords(): Promise<number> {
    return this.people.worker.get(KeepStatutoryRecords, { strict: false }).execute();
  }

  async rows(table: string, where: string, value: string): Promise<number> {
    const count = statement(
      `spec.count_${table.replaceAll(/\W/g, '_')}_by_${where}`,
      `SELECT count(*)::int AS "rows" FROM ${table} WHERE ${where} = $1`,
    );
    const shop = this.people.fixture.stores.shop.open('superuser');
    const [counted] = await shop.query<{ rows: number }>(count, [value]);
    return counted?.rows ?? 0;
  }

  /** With officers who signed in on the day that the clock shows, each with the passkey they have. */
  async withOfficersOfTheDay<T>(work: () => Promise<T>): Promise<T> {
    const { people } = this;
    const known = [...people.officers];
    try {
      for (const [index, email] of officerEmails.entries()) {
        const token = await people.signIn('/admin/v1/sessions', email);
        const passkey = people.authenticators.get(known[index] ?? '');
        if (passkey !== undefined) people.authenticators.set(token, passkey);
        people.officers[index] = token;
      }
      return await work();
    } finally {
      people.officers.splice(0, known.length, ...known);
    }
  }
}

const placeOf = (orderId: OrderId, subject: SubjectId) => ({
  ...{ table: 'orders.order', rowId: orderId, subject },
});
