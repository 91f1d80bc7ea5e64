import { newCellId } from '@entrepot/kernel';
import type { StaffId } from '@entrepot/kernel';
import { ShopDatabase } from '@entrepot/platform-database';
import type { ClaimRequest, IdempotencyKey } from '@entrepot/platform-idempotency';
import { IdempotencyRegister } from '@entrepot/platform-idempotency';
import { Injectable } from '@nestjs/common';
import { ReceiveStock, type ArrivedLine } from './receive-stock.ts';
import { StockMap } from './stock-map.ts';

/** Takes in what staff say arrived, once per key; a key that comes with other lines mints none of them. */
@Injectable()
export class ReceiveDelivery {
  constructor(
    private readonly database: ShopDatabase,
    private readonly register: IdempotencyRegister,
    private readonly map: StockMap,
    private readonly receiveStock: ReceiveStock,
  ) {}

  /** Free units after each line. Throws IDEMPOTENCY_KEY_REUSED, and what receiving stock refuses. */
  async execute(
    staffId: StaffId,
    key: IdempotencyKey,
    lines: readonly ArrivedLine[],
  ): Promise<number[]> {
    this.receiveStock.assertOwn(lines);
    const delivery = await this.claim({
      principal: staffId,
      subjectId: undefined,
      method: 'POST',
      route: '/admin/v1/stock/receipts',
      key,
      content: lines,
    });
    // a process that died after the claim has minted nothing, or all of it
    return this.receiveStock.execute(delivery, lines);
  }

  /** The delivery's id, of this request or of the same one before. */
  private async claim(request: Omit<ClaimRequest, 'resourceId'>): Promise<string> {
    const known = await this.register.find(this.database, request);
    if (known !== undefined) return known;
    const resourceId = newCellId('delivery', this.map.cell);
    try {
      await this.database.unitOfWork((tx) => this.register.claim(tx, { ...request, resourceId }));
      return resourceId;
    } catch (error) {
      // the same request, sent twice at once, may have been claimed meanwhile
      const claimed = await this.register.find(this.database, request);
      if (claimed === undefined) throw error;
      return claimed;
    }
  }
}
