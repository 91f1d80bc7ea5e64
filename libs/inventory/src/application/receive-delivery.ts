import { createHash } from 'node:crypto';
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
    await this.claim({
      principal: staffId,
      subjectId: undefined,
      method: 'POST',
      route: '/admin/v1/stock/receipts',
      key,
      content: lines,
    });
    // named by all that was said, so that it is minted once even where its key was forgotten meanwhile
    return this.receiveStock.execute(`${staffId} ${key} ${digestOf(lines)}`, lines);
  }

  private async claim(request: Omit<ClaimRequest, 'resourceId'>): Promise<void> {
    const isKnown = async () => (await this.register.find(this.database, request)) !== undefined;
    if (await isKnown()) return;
    const resourceId = newCellId('delivery', this.map.cell);
    const claim = await this.register.seal({ ...request, resourceId });
    try {
      await this.database.unitOfWork((tx) => this.register.claim(tx, claim));
    } catch (error) {
      // the same request, sent twice at once, may have been claimed meanwhile
      if (!(await isKnown())) throw error;
    }
  }
}

const digestOf = (lines: readonly ArrivedLine[]): string =>
  createHash('sha256')
    .update(JSON.stringify(lines.map(({ sku, warehouse, quantity }) => [sku, warehouse, quantity])))
    .digest('base64url');
