import { DomainError } from '@entrepot/kernel';
import { v5 } from 'uuid';
import type { DocumentId } from '../domain/commands.ts';
import { poolIdOf } from '../domain/pool.ts';
import type { StockLanes } from './stock-lanes.ts';
import type { StockMap } from './stock-map.ts';

const receiptNamespace = '0b0f6a52-57d1-5e43-8a30-6a2c3b7f4d90';

export interface ArrivedLine {
  readonly sku: string;
  readonly warehouse: string;
  readonly quantity: number;
}

/** Mints the units of goods that arrived at a warehouse of this cell, once per delivery and line. */
export class ReceiveStock {
  constructor(
    private readonly map: StockMap,
    private readonly lanes: StockLanes,
  ) {}

  /** Throws WAREHOUSE_UNKNOWN, WAREHOUSE_ELSEWHERE with the lines that name another cell's warehouse. */
  assertOwn(lines: readonly ArrivedLine[]): void {
    const fieldProblems = lines.flatMap(({ sku, warehouse }, at) =>
      this.map.homeOf(poolIdOf(warehouse, sku)) === this.map.cell
        ? []
        : [
            {
              path: `lines/${at}/warehouse`,
              code: 'NOT_OWN',
              message: 'a warehouse of this cell',
            },
          ],
    );
    if (fieldProblems.length === 0) return;
    throw new DomainError('WAREHOUSE_ELSEWHERE', 'a warehouse belongs to another cell', {
      fieldProblems,
    });
  }

  /**
   * Returns the free units after each line. Nothing is minted where one line is for another cell.
   * @param delivery names the delivery; the same name with the same lines mints nothing more. That it
   * comes with no other lines is for the caller to see to.
   * @throws DomainError WAREHOUSE_UNKNOWN, WAREHOUSE_ELSEWHERE, RECEIPT_CONTRADICTED
   */
  async execute(delivery: string, lines: readonly ArrivedLine[]): Promise<number[]> {
    this.assertOwn(lines);
    const { verdicts } = await this.lanes.submit(
      lines.map(({ sku, warehouse, quantity }, at) => {
        const pool = poolIdOf(warehouse, sku);
        const document = v5(`${delivery} ${at}`, receiptNamespace) as DocumentId;
        return {
          kind: 'mint',
          pool,
          home: this.map.homeOf(pool),
          document,
          quantity,
          into: 'FREE',
        };
      }),
    );
    return verdicts.map(({ outcome, free }) => {
      if (outcome === 'MINTED') return free;
      throw refusalOf(outcome);
    });
  }
}

function refusalOf(outcome: string): DomainError {
  if (outcome === 'CONFLICT') {
    return new DomainError('RECEIPT_CONTRADICTED', 'the delivery was received with other lines');
  }
  return new DomainError('UNAVAILABLE', 'this cell takes in no stock at the moment');
}
