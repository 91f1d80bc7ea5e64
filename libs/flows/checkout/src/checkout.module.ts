import { Module } from '@nestjs/common';
import type { DynamicModule, ModuleMetadata } from '@nestjs/common';
import { InventoryOrderStock } from './adapters/inventory-order-stock.ts';
import { OrdersController } from './api/orders.controller.ts';
import { CheckoutActions, ForwardSteps, UndoSteps } from './application/checkout-actions.ts';
import { CheckoutFacts } from './application/checkout-facts.ts';
import { ClaimOrder } from './application/claim-order.ts';
import { ClaimPaymentAttempt } from './application/claim-payment-attempt.ts';
import { ContinueOrder } from './application/continue-order.ts';
import { HearOfPayment } from './application/hear-of-payment.ts';
import { DraftOrder } from './application/draft-order.ts';
import { ListOrders } from './application/list-orders.ts';
import { OrderAddresses } from './application/order-addresses.ts';
import { OrderInvoices } from './application/order-invoices.ts';
import { OrderStock } from './application/order-stock.ts';
import { PayAgain } from './application/pay-again.ts';
import { PlaceOrder } from './application/place-order.ts';
import { ReadOrder } from './application/read-order.ts';
import { ReconcileOrders } from './application/reconcile-orders.ts';
import { RunCheckout } from './application/run-checkout.ts';
import { AuthorizeStep, VoidPaymentStep } from './application/steps/authorize.ts';
import { CaptureStep } from './application/steps/capture.ts';
import {
  CancelSaleStep,
  ConfirmStockStep,
  ReleaseStockStep,
} from './application/steps/confirm-stock.ts';
import { ReserveAnewStep, ReserveStep } from './application/steps/reserve.ts';
import { SettleOrderStep } from './application/steps/settle-order.ts';

const providers = [
  AuthorizeStep,
  CancelSaleStep,
  CaptureStep,
  ConfirmStockStep,
  ReleaseStockStep,
  ReserveAnewStep,
  ReserveStep,
  SettleOrderStep,
  VoidPaymentStep,
  { provide: OrderStock, useClass: InventoryOrderStock },
  CheckoutActions,
  CheckoutFacts,
  ClaimOrder,
  ClaimPaymentAttempt,
  ContinueOrder,
  HearOfPayment,
  DraftOrder,
  ForwardSteps,
  ListOrders,
  OrderAddresses,
  OrderInvoices,
  PayAgain,
  PlaceOrder,
  ReadOrder,
  ReconcileOrders,
  RunCheckout,
  UndoSteps,
];

/** The modules of the five domains that an order goes through, as the cell has set them up. */
export type CheckoutDomains = NonNullable<ModuleMetadata['imports']>;

/**
 * Needs from the cell, provided globally: ShopDatabase, Outbox, IdempotencyRegister, SubjectKeys,
 * FieldCipher, Clock and CheckoutSettings.
 */
@Module({})
export class CheckoutModule {
  static over(domains: CheckoutDomains): DynamicModule {
    return {
      module: CheckoutModule,
      imports: [...domains],
      providers,
      exports: [HearOfPayment, ListOrders, PayAgain, PlaceOrder, ReadOrder, ReconcileOrders],
    };
  }
}

/** The API process adds the routes. */
@Module({})
export class CheckoutApiModule {
  static over(domains: CheckoutDomains): DynamicModule {
    return {
      module: CheckoutApiModule,
      imports: [CheckoutModule.over(domains)],
      controllers: [OrdersController],
    };
  }
}
