import { randomUUID } from 'node:crypto';
import { ProblemError } from '@entrepot/client';
import type { Answer, ShopperClient } from '@entrepot/client';
import type { PostalAddress } from '@entrepot/contracts/api/address';
import { cartEditsPerRequestMax } from '@entrepot/contracts/api/carts';
import type { CartView } from '@entrepot/contracts/api/carts';
import type { OrderView, PlaceOrderBody } from '@entrepot/contracts/api/orders';
import type { History } from './history.ts';
import type { Latencies, StepName } from './latencies.ts';
import type { RetailOrder } from './online-retail.ts';
import { askUntilFinal, isPassing, patienceMs } from './patience.ts';
import type { OpenedCart, Shoppers } from './shoppers.ts';

export type EndOfOrder = 'confirmed' | 'declined' | 'refused' | 'failed' | 'open';

export interface DroppedUnits {
  readonly reason: string;
  readonly units: number;
}

export interface BoughtOrder {
  readonly invoice: string;
  readonly cell: string;
  readonly orderId: string | undefined;
  readonly end: EndOfOrder;
  /** The code of the last answer, where it was an error. */
  readonly code: string | undefined;
  readonly units: number;
  readonly dropped: readonly DroppedUnits[];
  /** Answers that were not final, by code. */
  readonly waits: readonly string[];
}

export interface BuyingTools {
  readonly shoppers: Shoppers;
  readonly history: History;
  readonly latencies: Latencies;
  /** Goes to the provider's page as the shopper's browser would. */
  readonly visit: (url: string) => Promise<void>;
  /** Told when a checkout begins and ends in a cell, so that faults can strike in between. */
  readonly onCheckout: (cell: string, change: 1 | -1) => void;
}

/** Buys one invoice of the data set the way any client would, to its last answer. */
export class Purchase {
  private readonly key = randomUUID();
  private readonly until = performance.now() + patienceMs;
  private readonly waits: string[] = [];
  private cell = '';
  private orderId: string | undefined;

  constructor(
    private readonly order: RetailOrder,
    private readonly tools: BuyingTools,
  ) {}

  async run(): Promise<BoughtOrder> {
    const startedAt = performance.now();
    try {
      const opened = await this.timed('cart', () => this.tools.shoppers.openCart(this.order));
      this.cell = opened.shopper.cell;
      const cart = await this.fill(opened);
      return await this.checkOut(opened.shopper, cart);
    } catch (error) {
      return this.ended(error);
    } finally {
      this.tools.latencies.add('wholeOrder', performance.now() - startedAt);
    }
  }

  private async fill({ cart, shopper }: OpenedCart): Promise<CartView> {
    const edits = this.order.lines.map(({ stockCode, quantity }, index) => ({
      replica: cart.replica,
      seq: index + 1,
      op: { type: 'add' as const, sku: stockCode, quantity },
    }));
    let filled: CartView = cart;
    for (let from = 0; from < edits.length; from += cartEditsPerRequestMax) {
      const part = edits.slice(from, from + cartEditsPerRequestMax);
      filled = (await this.timed('edit', () => shopper.editCart(cart.id, part))).body;
    }
    return filled;
  }

  private async checkOut(shopper: ShopperClient, cart: CartView): Promise<BoughtOrder> {
    const body: PlaceOrderBody = {
      cartId: cart.id,
      cartVersion: cart.cartVersion,
      address: addressIn(this.order.residence),
      payment: { method: 'card' },
      onShortage: 'partial',
    };
    this.tools.onCheckout(this.cell, 1);
    try {
      const place = (): Promise<Answer<OrderView>> => shopper.placeOrder(body, this.key);
      let answer = await this.timed('order', place);
      this.note(answer);
      while (answer.status !== 201) {
        await this.act(answer.body);
        answer = await this.timed('askAgain', place);
        this.note(answer);
      }
      return this.result('confirmed', answer.body.lines);
    } finally {
      this.tools.onCheckout(this.cell, -1);
    }
  }

  /** What 202 asks for: a visit at the provider, or patience. */
  private async act({ status, nextAction }: OrderView): Promise<void> {
    if (performance.now() > this.until) throw new StillOpenError(status);
    const url = nextAction?.url;
    if (status === 'requires_action' && url !== undefined) {
      await this.timed('action', () => this.tools.visit(url));
      return;
    }
    this.waits.push(status.toUpperCase());
    await new Promise((resolve) => setTimeout(resolve, 500));
  }

  private async timed<T>(step: StepName, ask: () => Promise<T>): Promise<T> {
    const startedAt = performance.now();
    try {
      return await askUntilFinal(ask, {
        until: this.until,
        onWait: ({ code }) => this.waits.push(code),
      });
    } finally {
      this.tools.latencies.add(step, performance.now() - startedAt);
    }
  }

  private note({ body, status }: Answer<OrderView>): void {
    this.orderId = body.id;
    const units = unitsOf(body.lines.filter(({ state }) => state === 'ordered'));
    this.record(status, units);
  }

  private record(status: number, units: number): void {
    const { key, cell, orderId } = this;
    this.tools.history.add({ key, cell, orderId, status, units });
  }

  private ended(error: unknown): BoughtOrder {
    const isProblem = error instanceof ProblemError;
    const problem = isProblem ? error.problem : undefined;
    const { orderId } = (problem ?? {}) as { readonly orderId?: string };
    this.orderId = orderId ?? this.orderId;
    // an answer that may still change binds nobody
    this.record(isProblem && !isPassing(error) ? error.status : 0, 0);
    const end = endOf(error);
    const lines = (problem as { readonly lines?: readonly ShortLine[] } | undefined)?.lines ?? [];
    const code = isProblem ? error.code : error instanceof Error ? error.name : 'UNKNOWN';
    const dropped =
      end === 'refused' ? lines.map(({ quantity, reason }) => ({ units: quantity, reason })) : [];
    return { ...this.result(end, []), dropped, code };
  }

  private result(end: EndOfOrder, lines: OrderView['lines']): BoughtOrder {
    const dropped = lines.flatMap(({ quantity, shortage }) =>
      shortage === undefined ? [] : [{ reason: shortage.reason, units: quantity }],
    );
    return {
      invoice: this.order.invoice,
      cell: this.cell,
      orderId: this.orderId,
      end,
      code: undefined,
      units: unitsOf(lines.filter(({ state }) => state === 'ordered')),
      dropped,
      waits: this.waits,
    };
  }
}

interface ShortLine {
  readonly quantity: number;
  readonly reason: string;
}

/** The order had not ended when the client's patience had. */
class StillOpenError extends Error {
  override readonly name = 'STILL_OPEN';
}

function endOf(error: unknown): EndOfOrder {
  if (error instanceof StillOpenError || isPassing(error)) return 'open';
  if (!(error instanceof ProblemError)) return 'failed';
  if (error.code === 'STOCK_SHORT') return 'refused';
  return error.code === 'PAYMENT_DECLINED' ? 'declined' : 'failed';
}

const unitsOf = (lines: readonly { readonly quantity: number }[]): number =>
  lines.reduce((sum, { quantity }) => sum + quantity, 0);

const addressIn = (country: string): PostalAddress => ({
  recipient: 'Replayed Shopper',
  line1: '1 Harbour Road',
  city: 'Porttown',
  postalCode: '10001',
  country,
});
