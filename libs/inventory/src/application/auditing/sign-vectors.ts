/** A vector that the worker has taken and nobody has signed yet. */
export interface UnsignedVector {
  readonly number: bigint;
  readonly body: string;
}

/** Where the vectors of this cell are kept. */
export abstract class VectorStore {
  /** The oldest first. */
  abstract findUnsigned(limit: number): Promise<readonly UnsignedVector[]>;
  abstract sign(number: bigint, signature: string): Promise<void>;
}

export const signVectorsEveryMs = 10_000;
const vectorsPerRunMax = 100;

/** Signs what the auditor of this cell has reckoned: the border process alone has the key that speaks for the cell. */
export class SignVectors {
  constructor(
    private readonly store: VectorStore,
    private readonly signatureOf: (body: string) => string,
  ) {}

  /** Returns how many were signed. */
  async execute(): Promise<number> {
    const unsigned = await this.store.findUnsigned(vectorsPerRunMax);
    for (const { number, body } of unsigned) await this.store.sign(number, this.signatureOf(body));
    return unsigned.length;
  }
}
