import type { CartCaller } from '@entrepot/carts';
import type { OrderView } from '@entrepot/contracts/api/orders';
import {
  orderListQuery,
  orderPage,
  orderParams,
  orderView,
  payAgainBody,
  placeOrderBody,
} from '@entrepot/contracts/api/orders';
import type { OrderId } from '@entrepot/kernel';
import { DomainError, isIdOf } from '@entrepot/kernel';
import type { Principal } from '@entrepot/platform-http';
import {
  Access,
  createZodDto,
  CurrentPrincipal,
  RateLimit,
  ZodResponse,
} from '@entrepot/platform-http';
import type { IdempotencyKey } from '@entrepot/platform-idempotency';
import {
  IdempotencyKeyHeader,
  NeedsIdempotencyKey,
  replayedHeader,
} from '@entrepot/platform-idempotency';
import { Body, Controller, Get, Param, Post, Query, Res } from '@nestjs/common';
import { ApiAcceptedResponse } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ListOrders } from '../application/list-orders.ts';
import { asGiven } from '../application/order-addresses.ts';
import { PayAgain } from '../application/pay-again.ts';
import { PlaceOrder } from '../application/place-order.ts';
import { ReadOrder, viewOf } from '../application/read-order.ts';

class PlaceOrderDto extends createZodDto(placeOrderBody) {}
class PayAgainDto extends createZodDto(payAgainBody) {}
class OrderParamsDto extends createZodDto(orderParams) {}
class OrderListQueryDto extends createZodDto(orderListQuery) {}
class OrderDto extends createZodDto(orderView) {}
class OrderPageDto extends createZodDto(orderPage) {}

/**
 * Room for a client that asks again each second while units are on their way. A declined cart can be ordered
 * anew, so the address is counted too: each order may try another card.
 */
const orderLimits = [
  { name: 'checkout.orders', per: 'session', limit: 240, windowSeconds: 600 },
  { name: 'checkout.orders_of_address', per: 'address', limit: 600, windowSeconds: 600 },
] as const;
/** Whoever tries stolen cards needs many attempts, a shopper a few. */
const paymentAttemptLimits = [
  { name: 'checkout.attempts', per: 'session', limit: 20, windowSeconds: 600 },
  { name: 'checkout.attempts_of_address', per: 'address', limit: 60, windowSeconds: 600 },
] as const;

/** Orders of this cell's shoppers and guests. */
@Controller('v1')
export class OrdersController {
  constructor(
    private readonly placeOrder: PlaceOrder,
    private readonly payAgain: PayAgain,
    private readonly readOrder: ReadOrder,
    private readonly listOrders: ListOrders,
  ) {}

  @Post('orders')
  @Access('cart')
  @RateLimit(...orderLimits)
  @NeedsIdempotencyKey()
  @ZodResponse({ status: 201, type: OrderDto })
  @ApiAcceptedResponse({ type: OrderDto.Output, description: 'Not decided yet' })
  async place(
    @CurrentPrincipal() principal: Principal,
    @IdempotencyKeyHeader() key: IdempotencyKey,
    @Body() body: PlaceOrderDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OrderView> {
    const caller = callerOf(principal);
    const { orderId, isReplay, run } = await this.placeOrder.execute({ caller, key, body });
    if (isReplay) reply.header(replayedHeader, 'true');
    const view =
      run === undefined
        ? await this.readOrder.execute(orderId, caller)
        : viewOf(run, asGiven(body));
    return answer(view, reply);
  }

  @Post('orders/:orderId/payment-attempts')
  @Access('cart')
  @RateLimit(...paymentAttemptLimits)
  @NeedsIdempotencyKey()
  @ZodResponse({ status: 201, type: OrderDto })
  @ApiAcceptedResponse({ type: OrderDto.Output, description: 'Not decided yet' })
  async pay(
    @CurrentPrincipal() principal: Principal,
    @IdempotencyKeyHeader() key: IdempotencyKey,
    @Param() params: OrderParamsDto,
    @Body() { payment }: PayAgainDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OrderView> {
    const caller = callerOf(principal);
    const { id } = await this.readOrder.execute(orderIdOf(params), caller);
    const orderId = id as OrderId;
    const { isReplay } = await this.payAgain.execute({
      orderId,
      payment,
      claim: {
        principal: caller.kind === 'shopper' ? caller.subjectId : caller.cartId,
        subjectId: caller.kind === 'shopper' ? caller.subjectId : undefined,
        method: 'POST',
        route: '/v1/orders/{orderId}/payment-attempts',
        key,
        content: { orderId, payment },
      },
    });
    if (isReplay) reply.header(replayedHeader, 'true');
    return answer(await this.readOrder.execute(orderId, caller), reply);
  }

  @Get('orders/:orderId')
  @Access('cart')
  @ZodResponse({ status: 200, type: OrderDto })
  read(
    @CurrentPrincipal() principal: Principal,
    @Param() params: OrderParamsDto,
  ): Promise<OrderView> {
    return this.readOrder.execute(orderIdOf(params), callerOf(principal));
  }

  @Get('me/orders')
  @Access('shopper')
  @ZodResponse({ status: 200, type: OrderPageDto })
  list(@CurrentPrincipal() principal: Principal, @Query() query: OrderListQueryDto) {
    if (principal.kind !== 'shopper') throw new DomainError('UNAUTHENTICATED', 'not a shopper');
    return this.listOrders.execute(principal.subjectId, query);
  }
}

/** The order as it is now decides the status, for the first answer and for every replay alike. */
function answer(view: OrderView, reply: FastifyReply): OrderView {
  switch (view.status) {
    case 'confirmed':
      reply.status(201);
      return view;
    case 'placing':
    case 'pending':
    case 'requires_action':
      reply.status(202);
      return view;
    case 'declined':
      throw new DomainError('PAYMENT_DECLINED', 'the provider declined the payment', {
        details: { orderId: view.id, declineCode: view.declineCode },
      });
    case 'refused':
      throw refusalOf(view);
  }
}

function refusalOf({ id, lines }: OrderView): DomainError {
  const short = lines.flatMap(({ sku, quantity, shortage }) =>
    shortage === undefined ? [] : [{ sku, quantity, ...shortage }],
  );
  return short.length === 0
    ? new DomainError('ORDER_EXPIRED', 'the order was not paid or its stock not found in time', {
        details: { orderId: id },
      })
    : new DomainError('STOCK_SHORT', 'not all lines can be had', {
        details: { orderId: id, lines: short },
      });
}

function orderIdOf({ orderId }: { readonly orderId: string }): OrderId {
  if (isIdOf('order', orderId)) return orderId;
  throw new DomainError('NOT_FOUND', 'there is no such order');
}

function callerOf(principal: Principal): CartCaller {
  switch (principal.kind) {
    case 'shopper':
      return { kind: 'shopper', subjectId: principal.subjectId };
    case 'guest-cart':
      return { kind: 'guest-cart', cartId: principal.cartId };
    case 'staff':
      throw new DomainError('UNAUTHENTICATED', 'staff have no carts');
  }
}
