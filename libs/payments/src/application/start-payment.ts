import { DomainError, newCellId } from '@entrepot/kernel';
import type { CellId, Money, OrderId, SubjectId } from '@entrepot/kernel';
import type { Transaction } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import type { Payment, PaymentMethod } from '../domain/payment.ts';
import { PaymentGateway } from './payment-gateway.ts';
import { PaymentStore } from './payment-store.ts';

export interface StartPayment {
  readonly cell: CellId;
  readonly orderId: OrderId;
  readonly attempt: number;
  /** Undefined for an order of a person who was erased. */
  readonly subjectId: SubjectId | undefined;
  readonly amount: Money;
  /** The part of the amount that is tax. */
  readonly tax: Money;
  readonly method: PaymentMethod;
  readonly methodToken: string | undefined;
}

/**
 * Writes the payment down, with the intent to authorize it, before anyone hears of it. The same order and
 * attempt give the same payment.
 */
@Injectable()
export class StartPaymentUseCase {
  constructor(
    private readonly store: PaymentStore,
    private readonly gateway: PaymentGateway,
  ) {}

  /** Throws PAYMENT_METHOD_NOT_OFFERED; call it before anything is claimed. */
  assertOffered(method: PaymentMethod): void {
    if (this.gateway.methods.includes(method)) return;
    throw new DomainError('PAYMENT_METHOD_NOT_OFFERED', `${method} is not offered here`);
  }

  async execute(tx: Transaction, command: StartPayment): Promise<Payment> {
    const { cell, amount, tax, ...rest } = command;
    this.assertOffered(command.method);
    if (tax.currency !== amount.currency) throw new TypeError('tax and amount differ in currency');
    return this.store.insertOrFind(tx, {
      ...rest,
      id: newCellId('payment', cell),
      provider: this.gateway.provider,
      providerReference: undefined,
      actionUrl: undefined,
      amount,
      tax,
      state: 'authorizing',
      declineCode: undefined,
      version: 1,
      hasLateNews: false,
    });
  }
}
