import { randomBytes } from 'node:crypto';
import { CiphertextRejectedError, isTombstone } from '@entrepot/platform-crypto';
import type { FieldCipher } from '@entrepot/platform-crypto';
import { ErasureStore, FencedKeys, traceDigestsOf } from '@entrepot/privacy';
import type { ErasureRequest, TypedText } from '@entrepot/privacy';
import { Injectable } from '@nestjs/common';
import { textsIn, typedFields } from '../domain/typed-texts.ts';
import { PersonalFields } from './personal-fields.ts';
import { RequestSeal } from './recipients/request-seal.ts';

const step = 'record-traces';
const baseBytes = 4;
const keyBytes = 32;

/**
 * Keeps what a later scan has to look for, while the person can still be read: keyed digests of every form of
 * what they typed, under the key of the request. No word of the person outlives their key.
 */
@Injectable()
export class RecordTraces {
  constructor(
    private readonly keys: FencedKeys,
    private readonly fields: PersonalFields,
    private readonly seal: RequestSeal,
    private readonly requests: ErasureStore,
  ) {}

  /** After the fence, when nothing new can be typed any more. Doing it again keeps the first digests. */
  async execute(request: ErasureRequest): Promise<void> {
    const { id, subject } = request;
    if (await this.seal.hasTraces(id)) return;
    const read = await this.keys.open(subject, (cipher) => this.textsOf(request, cipher));
    // a person whose key never sealed anything has typed nothing
    const texts = isTombstone(read) ? [] : read;
    const secrets = { base: randomBytes(baseBytes), key: randomBytes(keyBytes) };
    const traces = traceDigestsOf(texts, secrets);
    const count = traces.digests.length;
    await this.requests.recordMeasures(id, [
      {
        ...{ step, state: 'done', store: 'request-trace', matched: count, deleted: 0, left: count },
        ...(count > 0 && { leftReason: 'LOOKED_FOR_LATER' }),
      },
    ]);
    await this.seal.keepTraces(id, traces);
  }

  private async textsOf(request: ErasureRequest, cipher: FieldCipher): Promise<TypedText[]> {
    const texts: TypedText[] = [];
    for (const { store, fields } of typedFields) {
      texts.push(...(await this.textsIn(request, { store, fields }, cipher)));
    }
    return texts;
  }

  /** A value that no key opens is no reason to keep somebody: the record says that it is not looked for. */
  private async textsIn(
    { id, subject }: ErasureRequest,
    { store, fields }: { readonly store: string; readonly fields: readonly string[] },
    cipher: FieldCipher,
  ): Promise<TypedText[]> {
    try {
      const read = await this.fields.read({ store, fields, subject }, cipher);
      return read.flatMap(({ field, text }) => textsIn(`${store}.${field}`, text));
    } catch (error) {
      if (!(error instanceof CiphertextRejectedError)) throw error;
      await this.requests.recordMeasures(id, [
        {
          ...{ step, state: 'done', store, matched: 1, deleted: 0, left: 1 },
          leftReason: 'CANNOT_BE_READ',
        },
      ]);
      return [];
    }
  }
}
