import { SuppressionList } from '@entrepot/consents';
import { ErasureStore, SuppressionDigests } from '@entrepot/privacy';
import type { ErasureRequest } from '@entrepot/privacy';
import { Injectable } from '@nestjs/common';
import { RequestSeal } from './recipients/request-seal.ts';

/** Under which a request records what of an objection stays. */
export const objectionStore = 'consents.suppression';

/**
 * An objection to direct marketing outlives its person as a keyed digest of the address, or nobody could heed it.
 * The record of the erasure says that there is one, as long as somebody knows the address to look it up by.
 */
@Injectable()
export class CountObjection {
  constructor(
    private readonly seal: RequestSeal,
    private readonly digests: SuppressionDigests,
    private readonly suppressions: SuppressionList,
    private readonly requests: ErasureStore,
  ) {}

  async execute({ id }: ErasureRequest): Promise<void> {
    const contact = await this.seal.contactOf(id);
    if (contact === undefined) return;
    const hasObjected = await this.suppressions.has(await this.digests.of(contact.email));
    const entries = hasObjected ? 1 : 0;
    await this.requests.recordMeasures(id, [
      {
        ...{ step: 'keep-objection', state: 'done', store: objectionStore },
        ...{ matched: entries, deleted: 0, left: entries },
        ...(hasObjected && { leftReason: 'KEPT_AS_KEYED_DIGEST' }),
      },
    ]);
  }
}
