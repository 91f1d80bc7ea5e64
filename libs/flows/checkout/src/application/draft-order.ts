import type { PinnedCart } from '@entrepot/carts';
import { PinCartUseCase } from '@entrepot/carts';
import type { CartId, CountryCode } from '@entrepot/kernel';
import { Clock, newCellId } from '@entrepot/kernel';
import type { Order } from '@entrepot/orders';
import { pinLines, totalsOf } from '@entrepot/orders';
import { StartPaymentUseCase } from '@entrepot/payments';
import { Injectable } from '@nestjs/common';
import { CheckoutSettings } from './checkout-settings.ts';
import type { OrderRequest } from './claim-order.ts';
import type { SealedAddresses } from './order-addresses.ts';
import { OrderAddresses } from './order-addresses.ts';

export interface DraftedOrder {
  readonly pinned: PinnedCart;
  readonly stored: SealedAddresses & { readonly order: Order };
}

/**
 * Everything that can be refused before anything is claimed: the cart, its prices, the addresses and the
 * payment method. What it returns is complete but not yet written.
 */
@Injectable()
export class DraftOrder {
  constructor(
    private readonly pinCart: PinCartUseCase,
    private readonly startPayment: StartPaymentUseCase,
    private readonly addresses: OrderAddresses,
    private readonly settings: CheckoutSettings,
    private readonly clock: Clock,
  ) {}

  /** Throws what `PinCartUseCase` throws, DELIVERY_COUNTRY_NOT_SERVED, PAYMENT_METHOD_NOT_OFFERED. */
  async execute({ caller, body }: OrderRequest): Promise<DraftedOrder> {
    const taxRateBasisPoints = this.taxRateOf(body);
    this.startPayment.assertOffered(body.payment.method);
    const { cartVersion } = body;
    const pinned = await this.pinCart.execute({
      cartId: body.cartId as CartId,
      caller,
      cartVersion,
    });
    const { currency } = this.settings;
    const lines = pinLines(pinned.lines.map((line) => ({ ...line, taxRateBasisPoints })));
    const orderId = newCellId('order', this.settings.cell);
    const { subjectId, salesChannelId, cartId } = pinned;
    const placedAt = this.clock.now();
    const sealed = await this.addresses.seal(orderId, subjectId, body);
    const order = {
      orderId,
      subjectId,
      salesChannelId,
      cartId,
      status: 'placing',
      onShortage: body.onShortage,
      reserveRound: 1,
      hasRoundEnded: false,
      paymentAttempt: 1,
      fencingToken: 1n,
      version: 1,
      currency,
      ...totalsOf(lines, currency),
      paymentMethod: body.payment.method,
      ...(body.payment.token === undefined ? {} : { paymentToken: body.payment.token }),
      placedAt,
      attemptedAt: placedAt,
      lines,
    } as const;
    return { pinned, stored: { order, ...sealed } };
  }

  /** Of the country where the parcel goes; the one where the bill goes has to be served too. */
  private taxRateOf({ address, gift }: OrderRequest['body']): number {
    const rate = this.settings.taxRateFor(address.country as CountryCode);
    if (gift === undefined) return rate;
    return this.settings.taxRateFor(gift.address.country as CountryCode, 'gift/address/country');
  }
}
