import { RequestContacts, RequestKeys, RequestTraces, tracePlace } from '@entrepot/privacy';
import type { TraceDigests } from '@entrepot/privacy';
import { Injectable } from '@nestjs/common';

/** To whom the last letter of a request goes. */
export interface RequestContact {
  readonly email: string;
  /** BCP 47. */
  readonly locale: string;
}

const contactPlace = 'contact';
const noticePlace = (processor: string): string => `recipient.${processor}`;

/** What a request keeps of a person, sealed under the request's own key. */
@Injectable()
export class RequestSeal {
  constructor(
    private readonly keys: RequestKeys,
    private readonly contacts: RequestContacts,
    private readonly traces: RequestTraces,
  ) {}

  /** Keeps the first one. */
  async keepContact(requestId: string, contact: RequestContact): Promise<void> {
    await this.contacts.insert(requestId, await this.seal(requestId, contactPlace, contact));
  }

  /** Undefined where none was kept, or its key is destroyed. */
  async contactOf(requestId: string): Promise<RequestContact | undefined> {
    const sealed = await this.contacts.find(requestId);
    return sealed && (await this.open<RequestContact>(requestId, contactPlace, sealed));
  }

  sealIdentities(
    requestId: string,
    processor: string,
    identities: readonly string[],
  ): Promise<Buffer> {
    return this.seal(requestId, noticePlace(processor), identities);
  }

  openIdentities(
    requestId: string,
    processor: string,
    sealed: Buffer,
  ): Promise<readonly string[] | undefined> {
    return this.open<readonly string[]>(requestId, noticePlace(processor), sealed);
  }

  async hasTraces(requestId: string): Promise<boolean> {
    return (await this.traces.find(requestId)) !== undefined;
  }

  /** Keeps the first ones. */
  async keepTraces(requestId: string, traces: TraceDigests): Promise<void> {
    await this.traces.insert(requestId, await this.seal(requestId, tracePlace, traces));
  }

  /** The key first: what is left of what it sealed says nothing then. */
  async destroy(requestId: string): Promise<void> {
    await this.keys.destroy(requestId);
    await this.contacts.delete(requestId);
    await this.traces.delete(requestId);
  }

  private async seal(requestId: string, place: string, value: unknown): Promise<Buffer> {
    await this.keys.make(requestId);
    const plaintext = Buffer.from(JSON.stringify(value), 'utf8');
    const sealed = await this.keys.seal(requestId, place, plaintext);
    plaintext.fill(0);
    return sealed;
  }

  private async open<T>(requestId: string, place: string, sealed: Buffer): Promise<T | undefined> {
    const opened = await this.keys.open(requestId, place, sealed);
    return opened && (JSON.parse(opened.toString('utf8')) as T);
  }
}
