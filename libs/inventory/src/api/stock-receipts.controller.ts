import { receiptView, receiveStockBody, type ReceiptView } from '@entrepot/contracts/api/inventory';
import {
  IdempotencyKeyHeader,
  NeedsIdempotencyKey,
  type IdempotencyKey,
} from '@entrepot/platform-idempotency';
import { Access, createZodDto, CurrentPrincipal, ZodResponse } from '@entrepot/platform-http';
import type { Principal } from '@entrepot/platform-http';
import { DomainError } from '@entrepot/kernel';
import { Body, Controller, Post } from '@nestjs/common';
import { ReceiveDelivery } from '../application/receive-delivery.ts';

class ReceiveStockDto extends createZodDto(receiveStockBody) {}
class ReceiptDto extends createZodDto(receiptView) {}

/** Goods arriving at this cell's warehouses. */
@Controller('admin/v1/stock/receipts')
export class StockReceiptsController {
  constructor(private readonly receiveDelivery: ReceiveDelivery) {}

  /** The key names the delivery: sent again it mints nothing, with other lines it is refused. */
  @Post()
  @Access('staff', ['warehouse'])
  @NeedsIdempotencyKey()
  @ZodResponse({ status: 201, type: ReceiptDto })
  async receive(
    @CurrentPrincipal() principal: Principal,
    @IdempotencyKeyHeader() key: IdempotencyKey,
    @Body() { lines }: ReceiveStockDto,
  ): Promise<ReceiptView> {
    if (principal.kind !== 'staff') throw new DomainError('FORBIDDEN', 'only staff receive stock');
    const free = await this.receiveDelivery.execute(principal.staffId, key, lines);
    return { lines: lines.map((line, at) => ({ ...line, free: free[at] ?? 0 })) };
  }
}
