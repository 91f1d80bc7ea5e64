import { fastify } from 'fastify';
import type { FastifyInstance } from 'fastify';
import { AnswerSigner } from '../answer-signature.ts';
import { DeskFaults } from '../processor/desk-faults.ts';
import { ErasureDesk } from '../processor/erasure-desk.ts';
import type { ErasureDeskOptions } from '../processor/erasure-desk.ts';
import { makeAnswerIdentity } from './answer-identity.ts';
import type { AnswerIdentity } from './answer-identity.ts';

/** A processor in the process of a test, on a port of its own. */
export class RunningDesk {
  readonly secret = 'a-secret-of-controller-and-processor';
  readonly faults = new DeskFaults();
  /** Identities that it was asked to erase, in the order in which they came. */
  readonly erased: string[] = [];
  origin = '';
  #server: FastifyInstance = fastify();
  #desk: ErasureDesk;

  private constructor(
    readonly identity: AnswerIdentity,
    private readonly identityType: ErasureDeskOptions['identityType'],
  ) {
    this.#desk = this.#newDesk();
  }

  static async start(
    identityType: ErasureDeskOptions['identityType'] = 'controller_customer_id',
    identity?: AnswerIdentity,
  ): Promise<RunningDesk> {
    const desk = new RunningDesk(identity ?? (await makeAnswerIdentity()), identityType);
    await desk.#listen(0);
    return desk;
  }

  /** How many requests it holds. */
  get requests(): number {
    return this.#desk.requests;
  }

  /** Comes back at the same address and knows of nothing. */
  async restart(): Promise<void> {
    const port = Number(new URL(this.origin).port);
    await this.#server.close();
    await this.#listen(port);
  }

  close(): Promise<void> {
    return this.#server.close();
  }

  async #listen(port: number): Promise<void> {
    this.#server = fastify({ forceCloseConnections: true });
    this.#desk = this.#newDesk();
    this.#desk.register(this.#server);
    this.origin = await this.#server.listen({ host: '127.0.0.1', port });
  }

  #newDesk(): ErasureDesk {
    return new ErasureDesk({
      controllers: [{ name: 'in-1', secret: this.secret }],
      signer: new AnswerSigner(this.identity),
      domain: () => '127.0.0.1',
      identityType: this.identityType,
      faults: this.faults,
      erase: (_controller, identities) => {
        this.erased.push(...identities);
        return Promise.resolve(identities.length);
      },
    });
  }
}
