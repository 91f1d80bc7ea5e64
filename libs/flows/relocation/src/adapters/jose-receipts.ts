import { DomainError } from '@entrepot/kernel';
import { Receipts } from '../application/receipts.ts';
import type { ReceiptFacts } from '../application/receipts.ts';
import { receiptLifetimeMs } from '../domain/relocation.ts';
import { SignatureRefusedError } from './cell-signatures.ts';
import type { CellSignatures, DocumentKind } from './cell-signatures.ts';

const receiptKind: DocumentKind = { typ: 'relocation-receipt+jwt', lifetimeMs: receiptLifetimeMs };

/** A JWT (ES256) of the new home for the old one, with the id of the relocation and no subject. */
export class JoseReceipts extends Receipts {
  readonly #signatures: CellSignatures;

  constructor(signatures: CellSignatures) {
    super();
    this.#signatures = signatures;
  }

  override write({ id, from }: ReceiptFacts): Promise<string> {
    const issuedAt = this.#signatures.now();
    const expiresAt = new Date(issuedAt.getTime() + receiptLifetimeMs);
    return this.#signatures.sign(receiptKind, { id, audience: from, issuedAt, expiresAt });
  }

  override async read(receipt: string): Promise<ReceiptFacts> {
    try {
      const { id, issuer, audience } = await this.#signatures.verify(receipt, receiptKind);
      return { id, from: audience, to: issuer };
    } catch (error) {
      if (!(error instanceof SignatureRefusedError)) throw error;
      const code =
        error.refusal === 'expired' ? 'RELOCATION_RECEIPT_EXPIRED' : 'RELOCATION_RECEIPT_INVALID';
      throw new DomainError(code, `the receipt is ${error.refusal}`);
    }
  }
}
