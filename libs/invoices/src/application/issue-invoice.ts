import { Clock, newCellId } from '@entrepot/kernel';
import type { CountryCode, OrderId, SubjectId } from '@entrepot/kernel';
import { CohortCipher } from '@entrepot/platform-crypto';
import type { Transaction } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import type { InvoiceRule } from '../domain/invoice-law.ts';
import { snapshotOf, withoutBuyer } from '../domain/invoice-snapshot.ts';
import type { Buyer, SaleFacts, SoldLine } from '../domain/invoice-snapshot.ts';
import { InvoiceSettings } from './invoice-settings.ts';
import { InvoiceStore } from './invoice-store.ts';
import type { InvoicePlace, SealedContent, SealedInvoice } from './invoice-store.ts';
import { recordPlaceOf } from './place-of-invoice.ts';

/** A sale that is about to be confirmed. */
export interface Sale {
  readonly orderId: OrderId;
  readonly currency: string;
  readonly lines: readonly SoldLine[];
  readonly totalMinor: bigint;
  readonly taxMinor: bigint;
  /** Undefined once the buyer is erased: then the law's wish for a name cannot be met. */
  readonly buyer:
    | { readonly subject: SubjectId; readonly country: CountryCode; readonly details: Buyer }
    | undefined;
}

/**
 * Writes what tax law wants to be known of a sale, in two steps. The first seals it and may ask KMS; the
 * second is one statement in the transaction that confirms the order, which therefore waits for nobody.
 * Without the first there is no second: no sale is confirmed whose record could not be written.
 */
@Injectable()
export class IssueInvoice {
  constructor(
    private readonly cipher: CohortCipher,
    private readonly store: InvoiceStore,
    private readonly settings: InvoiceSettings,
    private readonly clock: Clock,
  ) {}

  /** Throws UNAVAILABLE where the key of the cohort cannot be had. */
  async prepare(sale: Sale): Promise<SealedInvoice> {
    const rule = this.ruleOf(sale);
    const facts = this.factsOf(sale, rule);
    const { country, issuedOn, seller: legalEntity } = facts;
    const cohort = this.settings.cohortOf(rule.country, issuedOn);
    if (cohort === undefined) throw new TypeError(`no law has invoices of ${country} kept`);
    const { orderId, buyer } = sale;
    const invoiceId = newCellId('invoice', this.settings.cell);
    const place = { invoiceId, orderId, legalEntity, cohort: cohort.name };
    const whole = await this.seal(place, rule, facts);
    return {
      ...{ ...place, country, issuedOn, keepUntil: cohort.endsOn, buyer: buyer?.subject },
      kind: snapshotOf(rule, facts).kind,
      whole,
      anonymous: whole.namesBuyer ? await this.seal(place, rule, withoutBuyer(facts)) : whole,
    };
  }

  /** Together with the confirmation of the order. Does nothing for an order that has its invoice. */
  write(tx: Transaction, invoice: SealedInvoice): Promise<void> {
    return this.store.insert(tx, invoice);
  }

  private ruleOf({ buyer }: Sale): InvoiceRule {
    const country = buyer?.country ?? this.settings.countries[0];
    const rule = this.settings.law.find((of) => of.country === country);
    if (rule === undefined) throw new TypeError(`there is no law of invoices for ${country ?? ''}`);
    return rule;
  }

  private factsOf(sale: Sale, { legalEntity, country }: InvoiceRule): SaleFacts {
    const { currency, lines, totalMinor, taxMinor, buyer } = sale;
    return {
      ...{ currency, lines, totalMinor, taxMinor, country, seller: legalEntity },
      issuedOn: this.settings.dayOf(this.clock.now()),
      buyer: buyer?.details,
    };
  }

  private async seal(
    place: InvoicePlace,
    rule: InvoiceRule,
    facts: SaleFacts,
  ): Promise<SealedContent> {
    const { kind, law, fields, namesBuyer } = snapshotOf(rule, facts);
    const text = JSON.stringify({ kind, law, fields });
    return { content: await this.cipher.seal(recordPlaceOf(place), text), namesBuyer };
  }
}
