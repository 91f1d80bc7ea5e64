import { generateKeyPairSync } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AnswerSigner } from '../answer-signature.ts';
import { isSignedCall } from '../controller-signature.ts';
import {
  certificatePath,
  controllerHeader,
  discoveryPath,
  domainHeader,
  requestsPath,
  signatureHeader,
  subjectRequest,
} from '../protocol.ts';
import type { RequestReceipt, RequestState, RequestStatus, SubjectRequest } from '../protocol.ts';
import type { DeskFaults } from './desk-faults.ts';

const hoursToComplete = 72;

/** A merchant or sender that the processor works for. */
export interface DeskController {
  readonly name: string;
  readonly secret: string;
}

export interface ErasureDeskOptions {
  readonly controllers: readonly DeskController[];
  readonly signer: AnswerSigner;
  /** The host under which it is called; its certificate must be of it. */
  readonly domain: () => string;
  /** By what the processor knows people. */
  readonly identityType: SubjectRequest['subject_identities'][number]['identity_type'];
  readonly faults: DeskFaults;
  /** Forgets everybody with these identities; answers how much there was. */
  readonly erase: (controller: string, identities: readonly string[]) => Promise<number>;
}

interface KeptRequest {
  readonly controller: string;
  /** To the byte: the same reference with another request is refused. */
  readonly body: string;
  readonly receivedAt: Date;
  status: RequestStatus;
}

/**
 * The processor's side of OpenDSR on any Fastify server, for sandboxes. Requests are kept in memory: after
 * a restart it knows none, and a controller asks it again under the same reference.
 */
export class ErasureDesk {
  readonly #options: ErasureDeskOptions;
  readonly #requests = new Map<string, KeptRequest>();
  /** Of a key that nobody has pinned. */
  readonly #stranger: AnswerSigner;

  constructor(options: ErasureDeskOptions) {
    this.#options = options;
    const { privateKey } = generateKeyPairSync('ec', {
      namedCurve: 'P-256',
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    const { certificatePem } = options.signer;
    this.#stranger = new AnswerSigner({ privateKeyPem: privateKey, certificatePem });
  }

  /** How many requests were taken, each counted once however often it came. */
  get requests(): number {
    return this.#requests.size;
  }

  register(server: FastifyInstance): void {
    void server.register((desk, _options, done) => {
      // the signature is over the bytes
      desk.removeContentTypeParser('application/json');
      desk.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, next) =>
        next(null, body),
      );
      desk.get(discoveryPath, () => this.#discovery());
      desk.get(certificatePath, (_request, reply) =>
        reply.type('application/x-pem-file').send(this.#options.signer.certificatePem),
      );
      desk.post(requestsPath, (request, reply) => this.#take(request, reply));
      desk.get(`${requestsPath}/:reference`, (request, reply) => this.#tell(request, reply));
      desk.delete(`${requestsPath}/:reference`, (request, reply) => this.#cancel(request, reply));
      done();
    });
  }

  #discovery(): object {
    const { identityType, domain } = this.#options;
    return {
      api_version: '1.0',
      supported_identities: [{ identity_type: identityType, identity_format: 'raw' }],
      supported_subject_request_types: ['erasure', 'rectification'],
      processor_certificate: `https://${domain()}${certificatePath}`,
    };
  }

  async #take(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const controller = this.#controllerOf(request);
    if (controller === undefined) return refuse(reply, 401, 'the call is not signed');
    if (this.#strikesBefore(reply)) return reply;
    const body = textOf(request);
    const asked = parse(body);
    if (asked === undefined) return refuse(reply, 400, 'the request is not well formed');
    const kept = this.#requests.get(asked.subject_request_id);
    if (kept !== undefined && (kept.body !== body || kept.controller !== controller)) {
      return refuse(reply, 400, 'another request has this subject_request_id');
    }
    const taken = kept ?? (await this.#begin(controller, body, asked));
    if (this.#options.faults.take('answer_lost')) return hangUp(reply);
    return this.#answer(reply.code(201), {
      controller_id: controller,
      expected_completion_time: completionOf(taken),
      received_time: taken.receivedAt.toISOString(),
      encoded_request: Buffer.from(body).toString('base64'),
      subject_request_id: asked.subject_request_id,
    } satisfies RequestReceipt);
  }

  async #begin(controller: string, body: string, asked: SubjectRequest): Promise<KeptRequest> {
    const kept: KeptRequest = { controller, body, receivedAt: new Date(), status: 'pending' };
    this.#requests.set(asked.subject_request_id, kept);
    if (this.#options.faults.take('cancels')) {
      kept.status = 'cancelled';
      return kept;
    }
    const identities = asked.subject_identities.map(({ identity_value }) => identity_value);
    if (asked.subject_request_type === 'erasure') await this.#options.erase(controller, identities);
    kept.status = 'completed';
    return kept;
  }

  async #tell(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const found = this.#find(request);
    if (found === 'unsigned') return refuse(reply, 401, 'the call is not signed');
    if (this.#strikesBefore(reply)) return reply;
    if (found === undefined) return refuse(reply, 404, 'there is no such request');
    const { kept, reference } = found;
    const status = this.#options.faults.take('slow') ? 'in_progress' : kept.status;
    return this.#answer(reply, {
      controller_id: kept.controller,
      expected_completion_time: completionOf(kept),
      subject_request_id: reference,
      request_status: status,
      api_version: '1.0',
    } satisfies RequestState);
  }

  async #cancel(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const found = this.#find(request);
    if (found === 'unsigned') return refuse(reply, 401, 'the call is not signed');
    if (found === undefined) return refuse(reply, 404, 'there is no such request');
    if (found.kept.status !== 'pending')
      return refuse(reply, 400, 'only a pending one is cancelled');
    found.kept.status = 'cancelled';
    return reply.code(202).send();
  }

  #find(
    request: FastifyRequest,
  ): { readonly kept: KeptRequest; readonly reference: string } | 'unsigned' | undefined {
    const controller = this.#controllerOf(request);
    if (controller === undefined) return 'unsigned';
    const { reference } = request.params as { reference: string };
    const kept = this.#requests.get(reference);
    return kept?.controller === controller ? { kept, reference } : undefined;
  }

  #controllerOf(request: FastifyRequest): string | undefined {
    const header = request.headers[controllerHeader];
    const call = { method: request.method, path: request.url, body: textOf(request) };
    const signed = { header: typeof header === 'string' ? header : undefined, at: new Date() };
    return this.#options.controllers.find(({ secret }) => isSignedCall(secret, call, signed))?.name;
  }

  /** Whether a fault has answered, or decided that nobody will. */
  #strikesBefore(reply: FastifyReply): boolean {
    const { faults } = this.#options;
    if (faults.take('silent')) {
      reply.hijack();
      return true;
    }
    if (faults.take('broken')) {
      refuse(reply, 500, 'broken');
      return true;
    }
    if (faults.take('redirects')) {
      void reply.redirect('http://127.0.0.1:9/elsewhere', 307);
      return true;
    }
    return false;
  }

  #answer(reply: FastifyReply, answer: object): FastifyReply {
    const { faults, signer, domain } = this.#options;
    const body = JSON.stringify(answer);
    void reply.type('application/json');
    if (faults.take('unsigned')) return reply.send(body);
    const by = faults.take('wrong_signature') ? this.#stranger : signer;
    void reply.header(domainHeader, domain()).header(signatureHeader, by.sign(body));
    return reply.send(body);
  }
}

const textOf = (request: FastifyRequest): string =>
  typeof request.body === 'string' ? request.body : '';

function parse(body: string): SubjectRequest | undefined {
  try {
    return subjectRequest.parse(JSON.parse(body));
  } catch {
    // whoever asks is told that it is not well formed, and nothing of what they sent
    return undefined;
  }
}

const completionOf = ({ receivedAt }: KeptRequest): string =>
  new Date(receivedAt.getTime() + hoursToComplete * 3_600_000).toISOString();

function hangUp(reply: FastifyReply): FastifyReply {
  reply.hijack();
  reply.raw.destroy();
  return reply;
}

/** As the specification has errors: nothing about whose request it is. */
const refuse = (reply: FastifyReply, code: number, message: string): FastifyReply =>
  reply.code(code).send({ error: { code, message } });
