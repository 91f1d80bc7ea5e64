import { randomUUID } from 'node:crypto';
import { ErasureStore, RecipientNotices } from '@entrepot/privacy';
import type { DataProcessor, ErasureRequest } from '@entrepot/privacy';
import { Injectable } from '@nestjs/common';
import { prepared } from '../../domain/recipient-duty.ts';
import { KnownIdentities } from '../recipients/known-identities.ts';
import { RecipientRegister } from '../recipients/recipient-register.ts';
import { RequestSeal } from '../recipients/request-seal.ts';

const step = 'prepare-recipients';

/**
 * What is needed of the person once their key is gone: the address of the last letter, and by what each
 * processor knows them. All of it goes under the key of the request. A part of two steps: the address is
 * readable until the fence, and nothing new can be sent anywhere after it.
 */
@Injectable()
export class PrepareRecipients {
  constructor(
    private readonly register: RecipientRegister,
    private readonly known: KnownIdentities,
    private readonly seal: RequestSeal,
    private readonly notices: RecipientNotices,
    private readonly requests: ErasureStore,
  ) {}

  /** Before the fence. Somebody whom nobody can read any more gets no letter. */
  async keepContact({ id, subject }: ErasureRequest): Promise<void> {
    const contact = await this.known.contactOf(subject);
    if (contact !== undefined) await this.seal.keepContact(id, contact);
  }

  /** After the fence. Doing it again keeps the first notice to each processor. */
  async collect({ id, subject }: ErasureRequest, at: Date): Promise<void> {
    const contact = await this.seal.contactOf(id);
    for (const { processor } of this.register.all) {
      const identities = await this.known.of(subject, processor.knowsBy, contact);
      if (identities.length > 0) await this.keepNotice(id, processor, identities, at);
      const count = identities.length;
      await this.requests.recordMeasures(id, [
        {
          ...{ step, state: 'done', store: `recipient:${processor.name}` },
          ...{ matched: count, deleted: 0, left: count },
          ...(count > 0 && { leftReason: 'TOLD_LATER' }),
        },
      ]);
    }
  }

  private async keepNotice(
    requestId: string,
    processor: DataProcessor,
    identities: readonly string[],
    at: Date,
  ): Promise<void> {
    const sealed = await this.seal.sealIdentities(requestId, processor.name, identities);
    const facts = { requestId, processor, identities: identities.length, sealed };
    await this.notices.insert(prepared({ ...facts, reference: randomUUID() }, at));
  }
}
