import type { CellId, RelocationId } from '@entrepot/kernel';

/** That a new home took somebody in: which relocation, and nothing about whom or under which account. */
export interface ReceiptFacts {
  readonly id: RelocationId;
  /** The old home, for which it is. */
  readonly from: CellId;
  /** The new home, which signs it. */
  readonly to: CellId;
}

export abstract class Receipts {
  abstract write(of: ReceiptFacts): Promise<string>;
  /** Throws RELOCATION_RECEIPT_INVALID and RELOCATION_RECEIPT_EXPIRED. */
  abstract read(receipt: string): Promise<ReceiptFacts>;
}
