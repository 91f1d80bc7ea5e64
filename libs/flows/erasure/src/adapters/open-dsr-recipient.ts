import { EgressRefusedError } from '@entrepot/platform-egress';
import type { Egress, ExchangeAnswer } from '@entrepot/platform-egress';
import {
  controllerHeader,
  domainHeader,
  PinnedSigner,
  requestReceipt,
  requestsPath,
  requestState,
  signatureHeader,
  signCall,
} from '@entrepot/platform-opendsr';
import type { SubjectIdentity, SubjectRequest } from '@entrepot/platform-opendsr';
import type { NoticeProof, ProcessorIdentity } from '@entrepot/privacy';
import type { z } from 'zod';
import {
  DataRecipient,
  RecipientFaultError,
  RecipientSilentError,
} from '../application/recipients/data-recipient.ts';
import type {
  RecipientRequest,
  RecipientStatus,
} from '../application/recipients/data-recipient.ts';

const callMsMax = 8_000;

export interface OpenDsrRecipientOptions {
  readonly processor: string;
  /** Origin of the processor's side. */
  readonly baseUrl: string;
  /** Shared with the processor; signs what is asked. */
  readonly secret: string;
  /** The processor's certificate (PEM), pinned: its answers count only when signed with it. */
  readonly certificatePem: string;
  readonly knowsBy: ProcessorIdentity;
  readonly regulation: SubjectRequest['regulation'];
  readonly egress: Pick<Egress, 'request'>;
}

const identityTypes: Readonly<Record<ProcessorIdentity, SubjectIdentity['identity_type']>> = {
  'payment-reference': 'controller_customer_id',
  email: 'email',
};

interface Call {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body: string;
}

/** A processor that is asked in the shape of OpenDSR. Its receipts repeat the request and are not kept. */
export class OpenDsrRecipient extends DataRecipient {
  readonly #options: OpenDsrRecipientOptions;
  readonly #base: URL;
  readonly #signer: PinnedSigner;

  constructor(options: OpenDsrRecipientOptions) {
    super();
    this.#options = options;
    this.#base = new URL(options.baseUrl);
    this.#signer = new PinnedSigner(options.certificatePem, this.#base.hostname);
  }

  override async requestErasure(request: RecipientRequest): Promise<void> {
    const body = JSON.stringify(this.#requestOf(request));
    const answer = await this.#call({ method: 'POST', path: requestsPath, body });
    if (answer.status !== 201) throw this.#failure(answer);
    this.#judge(answer);
    const receipt = this.#read(requestReceipt, answer);
    const isOfThis =
      receipt.subject_request_id === request.reference &&
      Buffer.from(receipt.encoded_request, 'base64').toString('utf8') === body;
    if (!isOfThis) throw this.#unproven('confirmed another request');
  }

  override async statusOf(reference: string): Promise<RecipientStatus | undefined> {
    const path = `${requestsPath}/${reference}`;
    const answer = await this.#call({ method: 'GET', path, body: '' });
    if (answer.status === 404) return undefined;
    if (answer.status !== 200) throw this.#failure(answer);
    const signature = this.#judge(answer);
    const state = this.#read(requestState, answer);
    if (state.subject_request_id !== reference) throw this.#unproven('told of another request');
    if (state.request_status !== 'completed') return { status: state.request_status };
    const proof: NoticeProof = {
      ...{ answer: answer.body, signature, signerDigest: this.#signer.digest },
    };
    return { status: 'completed', proof };
  }

  #requestOf({ reference, type, identities, submittedAt }: RecipientRequest): SubjectRequest {
    const { knowsBy, regulation } = this.#options;
    return {
      regulation,
      subject_request_id: reference,
      subject_request_type: type,
      submitted_time: submittedAt.toISOString(),
      subject_identities: identities.map((value) => ({
        identity_type: identityTypes[knowsBy],
        identity_value: value,
        identity_format: 'raw',
      })),
      api_version: '1.0',
    };
  }

  async #call({ method, path, body }: Call): Promise<ExchangeAnswer> {
    const { egress, secret } = this.#options;
    const signature = signCall(secret, { method, path, body }, new Date());
    try {
      return await egress.request(new URL(path, this.#base), {
        ...{ method, deadlineMs: callMsMax },
        headers: {
          accept: 'application/json',
          [controllerHeader]: signature,
          ...(method === 'POST' && { 'content-type': 'application/json' }),
        },
        ...(method === 'POST' && { body }),
      });
    } catch (error) {
      if (error instanceof EgressRefusedError) {
        throw new RecipientFaultError(
          'ERASURE_RECIPIENT_REFUSED',
          `cannot be asked: ${error.code}`,
        );
      }
      // what a connection throws may hold an address, and an answer that ends early says no more
      throw new RecipientSilentError(`${this.#options.processor} did not answer`);
    }
  }

  /** The bytes of the signature. */
  #judge(answer: ExchangeAnswer): Buffer {
    const verdict = this.#signer.judge(
      {
        body: answer.body,
        domain: headerOf(answer, domainHeader),
        signature: headerOf(answer, signatureHeader),
      },
      new Date(),
    );
    if (typeof verdict === 'string') throw this.#unproven(`answered badly signed: ${verdict}`);
    return verdict;
  }

  #read<T>(schema: z.ZodType<T>, { body }: ExchangeAnswer): T {
    try {
      return schema.parse(JSON.parse(body.toString('utf8')));
    } catch {
      // what does not parse may hold anything, so nothing of it is told
      throw this.#unproven('answered in another shape');
    }
  }

  #failure({ status }: ExchangeAnswer): Error {
    if (status >= 500 || status === 429) {
      return new RecipientSilentError(`${this.#options.processor} answered ${status}`);
    }
    return new RecipientFaultError('ERASURE_RECIPIENT_REFUSED', `answered ${status}`);
  }

  #unproven(what: string): RecipientFaultError {
    return new RecipientFaultError('ERASURE_RECIPIENT_UNPROVEN', what);
  }
}

function headerOf({ headers }: ExchangeAnswer, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}
