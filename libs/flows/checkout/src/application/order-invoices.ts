import type { PostalAddress } from '@entrepot/contracts/api/address';
import type { CountryCode } from '@entrepot/kernel';
import { IssueInvoice } from '@entrepot/invoices';
import type { Sale, SealedInvoice } from '@entrepot/invoices';
import { OrderStore } from '@entrepot/orders';
import type { Order, OrderLine } from '@entrepot/orders';
import type { Transaction } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import { OrderAddresses } from './order-addresses.ts';

/** The invoice of an order: its buyer is the shopper, whoever the parcel goes to. */
@Injectable()
export class OrderInvoices {
  constructor(
    private readonly orders: OrderStore,
    private readonly addresses: OrderAddresses,
    private readonly issue: IssueInvoice,
  ) {}

  /**
   * Before the transaction that confirms the order: it may have to ask the vault and KMS. Throws UNAVAILABLE
   * where they do not answer; then the order is confirmed by whoever looks at it next.
   */
  async prepare(order: Order): Promise<SealedInvoice> {
    return this.issue.prepare(saleOf(order, await this.addressOf(order)));
  }

  write(tx: Transaction, invoice: SealedInvoice): Promise<void> {
    return this.issue.write(tx, invoice);
  }

  /** Undefined once the person is fenced or erased. */
  private async addressOf({ orderId }: Order): Promise<PostalAddress | undefined> {
    const stored = await this.orders.findById(orderId);
    return stored && this.addresses.openAddress(stored);
  }
}

function saleOf(order: Order, address: PostalAddress | undefined): Sale {
  const { orderId, subjectId, currency, total, taxIncluded } = order;
  return {
    ...{ orderId, currency, totalMinor: total.amountMinor, taxMinor: taxIncluded.amountMinor },
    lines: order.lines.filter(({ dropped }) => dropped === undefined).map(soldLineOf),
    buyer:
      address === undefined || subjectId === undefined
        ? undefined
        : {
            subject: subjectId,
            country: address.country as CountryCode,
            details: {
              name: address.recipient,
              address: addressLinesOf(address),
              subdivision: address.subdivision,
            },
          },
  };
}

const soldLineOf = ({ sku, quantity, unitPrice, taxRateBasisPoints, taxIncluded }: OrderLine) => ({
  ...{ sku, quantity, taxRateBasisPoints },
  totalMinor: String(unitPrice.times(quantity).amountMinor),
  taxMinor: String(taxIncluded.amountMinor),
});

const addressLinesOf = (address: PostalAddress): string[] => {
  const { line1, line2, city, subdivision, postalCode, country } = address;
  return [line1, line2, `${postalCode} ${city}`, subdivision, country].filter(
    (line) => line !== undefined,
  );
};
