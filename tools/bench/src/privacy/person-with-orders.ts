import { CartSettings, CartsModule, CatalogLookup, GuestCartTokens } from '@entrepot/carts';
import { PersonalDataOwners } from '@entrepot/privacy';
import { IdentityModule, SeedPeopleUseCase } from '@entrepot/identity';
import { twoCells } from '@entrepot/identity/testing';
import { newCellId } from '@entrepot/kernel';
import type { CountryCode, CurrencyCode, PersonalDataExtract, SubjectId } from '@entrepot/kernel';
import { OrdersModule, OrderStore } from '@entrepot/orders';
import { anOrder } from '@entrepot/orders/testing';
import { PaymentsPersonalData, PaymentStore, PgPaymentStore } from '@entrepot/payments';
import type { Payment } from '@entrepot/payments';
import { CellDirectory } from '@entrepot/platform-config';
import { FieldCipher, isTombstone } from '@entrepot/platform-crypto';
import type { Ciphertext } from '@entrepot/platform-crypto';
import { ShopDatabase, statement } from '@entrepot/platform-database';
import { TokenVerifier } from '@entrepot/platform-http';
import { IdempotencyPersonalData, IdempotencyRegister } from '@entrepot/platform-idempotency';
import { testKms } from '@entrepot/testing';
import { Module } from '@nestjs/common';
import type { INestApplicationContext, Provider } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import type { PersonExport } from './export-time.ts';
import { benchCell, openProcess } from './own-process.ts';
import type { CellDatabasePair } from './own-process.ts';

/** Payments as far as an export sees them: no provider is asked. */
@Module({
  imports: [DiscoveryModule],
  providers: [
    { provide: PaymentStore, useClass: PgPaymentStore },
    ...[PaymentsPersonalData, PersonalDataOwners],
  ],
  exports: [PaymentStore],
})
class Books {}

/** What carts ask of the cell to be put together; nobody shops here. */
const closedDoors: Provider[] = [
  ...[CartSettings, CatalogLookup, GuestCartTokens, TokenVerifier].map((provide) => ({
    ...{ provide, useValue: {} },
  })),
  { provide: IdempotencyRegister, useValue: new IdempotencyRegister() },
  {
    provide: IdempotencyPersonalData,
    useFactory: (shop: ShopDatabase) => new IdempotencyPersonalData(shop),
    inject: [ShopDatabase],
  },
];

const currency = 'INR' as CurrencyCode;
const address = JSON.stringify({
  ...{ recipient: 'Measured Shopper', line1: '1 Harbour Road', city: 'Porttown' },
  ...{ postalCode: '110001', country: 'IN' },
});

const onlySubject = statement(
  'bench.only_subject',
  'SELECT subject_id AS "subject" FROM identity.account',
);
const addresses = statement(
  'bench.order_addresses',
  'SELECT order_id AS "order", address FROM orders."order" WHERE subject_id = $1',
);
const rows = statement(
  'bench.rows_of_person',
  `SELECT row_to_json(o) AS "order", row_to_json(p) AS "payment",
     (SELECT json_agg(l) FROM orders.order_line l WHERE l.order_id = o.order_id) AS "lines"
   FROM orders."order" o LEFT JOIN payments.payment p USING (order_id) WHERE o.subject_id = $1`,
);

/** Somebody with an account and many orders, each with its payment, in a cell of nobody else. */
export class PersonWithOrders implements PersonExport {
  private constructor(
    private readonly process: INestApplicationContext,
    private readonly shop: ShopDatabase,
    readonly subject: SubjectId,
  ) {}

  static async make(databases: CellDatabasePair, orders: number): Promise<PersonWithOrders> {
    const { directory } = await twoCells();
    const process = await openProcess({
      ...{ ...databases, kind: 'worker', driver: 'kms-per-user' },
      kms: await testKms({ cell: benchCell }),
      imports: [IdentityModule.forWorker({ cell: benchCell }), CartsModule, OrdersModule, Books],
      providers: [...closedDoors, { provide: CellDirectory, useValue: directory }],
    });
    const shop = process.get(ShopDatabase);
    const login = { email: 'often@people.example', password: 'a password of the bench' };
    const shopper = {
      ...login,
      fullName: 'Measured Shopper',
      residence: 'IN' as CountryCode,
      language: 'en',
    };
    const seed = process.get(SeedPeopleUseCase, { strict: false });
    await seed.execute('test', { shoppers: [shopper], staff: [] });
    const [row] = await shop.query<{ subject: SubjectId }>(onlySubject, []);
    if (row === undefined) throw new Error('the person was not registered');
    const person = new PersonWithOrders(process, shop, row.subject);
    for (let made = 0; made < orders; made += 1) await person.order();
    return person;
  }

  async extractsOf(subject: SubjectId): Promise<readonly PersonalDataExtract[]> {
    const owners = this.process.get(PersonalDataOwners, { strict: false }).all();
    const extracts: PersonalDataExtract[] = [];
    for (const owner of owners) extracts.push(...(await owner.exportFor(subject)));
    return [
      ...extracts,
      { section: 'deliveryAddresses', records: await this.addressesOf(subject) },
    ];
  }

  /** The baseline: nothing is opened and nothing is asked of anybody but the database. */
  async rowsAsTheyAre(): Promise<void> {
    await this.shop.query(rows, [this.subject]);
  }

  close(): Promise<void> {
    return this.process.close();
  }

  private async order(): Promise<void> {
    const { process, subject } = this;
    const order = anOrder(benchCell, currency, { subjectId: subject });
    const place = { table: 'orders.order', rowId: order.orderId, subject };
    const sealed = await process.get(FieldCipher).encrypt(place, { address });
    const payment: Payment = {
      ...{ id: newCellId('payment', benchCell), orderId: order.orderId, attempt: 1 },
      ...{ subjectId: subject, provider: 'bench', providerReference: undefined },
      ...{ methodToken: undefined, actionUrl: undefined, declineCode: undefined },
      ...{ amount: order.total, tax: order.taxIncluded, version: 1, hasLateNews: false },
      method: 'card',
      state: 'authorizing',
    };
    await this.shop.unitOfWork(async (tx) => {
      const stored = { order, addressCiphertext: sealed.address };
      await process.get(OrderStore, { strict: false }).insert(tx, stored);
      await process.get(PaymentStore, { strict: false }).insertOrFind(tx, payment);
    });
  }

  /** As an export has to show them; the owner of orders leaves them out. */
  private async addressesOf(subject: SubjectId): Promise<{ readonly address: string }[]> {
    const cipher = this.process.get(FieldCipher);
    const found = await this.shop.query<{ order: string; address: Ciphertext }>(addresses, [
      subject,
    ]);
    const opened: { readonly address: string }[] = [];
    for (const { order, address: sealed } of found) {
      const place = { table: 'orders.order', rowId: order, subject };
      const fields = await cipher.decrypt(place, { address: sealed });
      if (!isTombstone(fields)) opened.push(fields);
    }
    return opened;
  }
}
