import type { lookup as systemLookup } from 'node:dns';
import { Agent as HttpAgent } from 'node:http';
import type { ClientRequestArgs } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { isIP } from 'node:net';
import type { LookupFunction } from 'node:net';
import type { Duplex } from 'node:stream';
import { loopbackLookup } from '@entrepot/platform-config';
import { Agent, request } from 'undici';
import { EgressRefusedError } from './egress-list.ts';
import type { EgressList } from './egress-list.ts';

const socketsMax = 50;
const answerBytesMax = 1024 * 1024;

export interface EgressRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The whole call, from the look-up to the last byte of the answer. */
  readonly deadlineMs: number;
}

export interface EgressAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** Connections for the libraries that bring an HTTP client of their own. */
export interface EgressAgents {
  readonly httpAgent: HttpAgent;
  readonly httpsAgent: HttpsAgent;
}

type Created = (error: Error | null, stream: Duplex) => void;
type Resolver = typeof systemLookup;

/**
 * The one way out of a process: a host is looked up once, each of its addresses is held against the
 * list, and the connection goes to one that was. Nothing is followed. A library gets `agents`, which do the same.
 */
export class Egress {
  readonly agents: EgressAgents;
  readonly lookup: LookupFunction;
  readonly list: EgressList;
  readonly #dispatcher: Agent;

  constructor(list: EgressList, resolve?: Resolver) {
    this.list = list;
    this.lookup = guardedLookup(list, resolve ?? (loopbackLookup as Resolver));
    const guard = { list, lookup: this.lookup };
    this.agents = {
      httpAgent: new GuardedHttpAgent(guard),
      httpsAgent: new GuardedHttpsAgent(guard),
    };
    this.#dispatcher = new Agent({ connect: { lookup: this.lookup }, connections: socketsMax });
  }

  /** Throws EgressRefusedError before anything is sent, or what the connection fails with. */
  async request(url: URL, call: EgressRequest): Promise<EgressAnswer> {
    assertTarget(this.list, url);
    const answer = await request(url, {
      method: call.method,
      headers: { ...call.headers },
      body: call.body ?? null,
      dispatcher: this.#dispatcher,
      signal: AbortSignal.timeout(call.deadlineMs),
    }).catch(refusalOr);
    const { statusCode: status, headers, body } = answer;
    if (status >= 300 && status < 400) {
      await body.dump();
      throw new EgressRefusedError('REDIRECT_REFUSED', url.hostname);
    }
    let text = '';
    for await (const chunk of body as AsyncIterable<Buffer>) {
      text += chunk.toString('latin1');
      if (text.length > answerBytesMax)
        throw new EgressRefusedError('ANSWER_TOO_LONG', url.hostname);
    }
    return { status, headers, text: Buffer.from(text, 'latin1').toString() };
  }

  async close(): Promise<void> {
    this.agents.httpAgent.destroy();
    this.agents.httpsAgent.destroy();
    await this.#dispatcher.destroy();
  }
}

/** undici wraps what a look-up has thrown. */
function refusalOr(error: unknown): never {
  const cause = error instanceof Error ? error.cause : undefined;
  throw cause instanceof EgressRefusedError ? cause : error;
}

function assertTarget(list: EgressList, url: URL): void {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new EgressRefusedError('SCHEME_REFUSED', url.hostname);
  }
  assertHost(list, url.hostname);
}

/** A literal address is never looked up, so it is held against the list here. */
function assertHost(list: EgressList, hostname: string): void {
  const host = hostname.replace(/^\[|\]$/g, '');
  list.assertHost(host);
  if (isIP(host) !== 0) list.assertAddress(host, host);
}

/** Resolves once and answers only addresses that the list admits; one bad address refuses the name. */
function guardedLookup(list: EgressList, resolve: Resolver): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) {
        callback(error, '', 4);
        return;
      }
      try {
        list.assertHost(hostname);
        for (const { address } of addresses) list.assertAddress(hostname, address);
      } catch (refusal) {
        callback(refusal as Error, '', 4);
        return;
      }
      const [first] = addresses;
      if (options.all === true) callback(null, addresses);
      else callback(null, first?.address ?? '', first?.family ?? 4);
    });
  };
}

interface Guard {
  readonly list: EgressList;
  readonly lookup: LookupFunction;
}

const agentSettings = { keepAlive: true, maxSockets: socketsMax };

class GuardedHttpAgent extends HttpAgent {
  readonly #guard: Guard;

  constructor(guard: Guard) {
    super(agentSettings);
    this.#guard = guard;
  }

  override createConnection(options: ClientRequestArgs, created: Created): Duplex | undefined {
    if (isRefused(this.#guard, options, created)) return undefined;
    return super.createConnection({ ...options, lookup: this.#guard.lookup }, created) ?? undefined;
  }
}

class GuardedHttpsAgent extends HttpsAgent {
  readonly #guard: Guard;

  constructor(guard: Guard) {
    super(agentSettings);
    this.#guard = guard;
  }

  override createConnection(options: ClientRequestArgs, created: Created): Duplex | undefined {
    if (isRefused(this.#guard, options, created)) return undefined;
    return super.createConnection({ ...options, lookup: this.#guard.lookup }, created) ?? undefined;
  }
}

/** Tells the request of a refusal through its callback, as for any connection that fails. */
function isRefused({ list }: Guard, options: ClientRequestArgs, created: Created): boolean {
  try {
    assertHost(list, options.host ?? options.hostname ?? '');
    return false;
  } catch (error) {
    created(error as Error, undefined as unknown as Duplex);
    return true;
  }
}
