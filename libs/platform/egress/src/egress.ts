import type { lookup as systemLookup } from 'node:dns';
import { once } from 'node:events';
import { Agent as HttpAgent } from 'node:http';
import type { ClientRequestArgs } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { AgentOptions } from 'node:https';
import { connect } from 'node:net';
import type { LookupFunction, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { loopbackLookup } from '@entrepot/platform-config';
import { EgressRefusedError } from './egress-list.ts';
import type { EgressList } from './egress-list.ts';
import { exchange } from './exchange.ts';
import type { Exchange, ExchangeAnswer } from './exchange.ts';

const agentSettings = { keepAlive: true, maxSockets: 50 };

/** Connections for the libraries that bring an HTTP client of their own. */
export interface EgressAgents {
  readonly httpAgent: HttpAgent;
  readonly httpsAgent: HttpsAgent;
}

/** Where a connection goes that speaks something other than HTTP. */
export interface Destination {
  readonly host: string;
  readonly port: number;
  readonly deadlineMs: number;
}

type Created = (error: Error | null, stream: Duplex) => void;
type Resolver = typeof systemLookup;

/**
 * The one way out of a process: a host is looked up once, each of its addresses is held against the
 * list, and the connection goes to one that was. Nothing is followed. A library gets `agents` or `connect`, which do
 * the same.
 */
export class Egress {
  readonly agents: EgressAgents;
  readonly list: EgressList;
  readonly #guard: Guard;

  constructor(list: EgressList, resolve?: Resolver) {
    this.list = list;
    this.#guard = { list, lookup: guardedLookup(list, resolve ?? (loopbackLookup as Resolver)) };
    this.agents = {
      httpAgent: new GuardedHttpAgent(this.#guard),
      httpsAgent: this.agentOf(agentSettings),
    };
  }

  /** An agent that shows a certificate or takes only one; whoever asks for it closes it. */
  agentOf(options: AgentOptions): HttpsAgent {
    return new GuardedHttpsAgent(options, this.#guard);
  }

  /** Throws EgressRefusedError before anything is sent or for a redirect, or what the connection fails with. */
  async request(url: URL, call: Exchange): Promise<ExchangeAnswer> {
    this.list.assertUrl(url);
    const { httpAgent, httpsAgent } = this.agents;
    const agent = url.protocol === 'https:' ? httpsAgent : httpAgent;
    // such calls are rare: a connection that was kept would be dead by the next one
    const headers = { ...call.headers, connection: 'close' };
    const answer = await exchange(url, { ...call, headers }, agent);
    if (answer.status >= 300 && answer.status < 400) {
      throw new EgressRefusedError('REDIRECT_REFUSED', url.hostname);
    }
    return answer;
  }

  /** A connected socket. Throws as `request` does. */
  async connect({ host, port, deadlineMs }: Destination): Promise<Socket> {
    this.list.assertHost(host);
    const socket = connect({ host, port, lookup: this.#guard.lookup });
    try {
      await once(socket, 'connect', { signal: AbortSignal.timeout(deadlineMs) });
      return socket;
    } catch (error) {
      socket.destroy();
      throw error;
    }
  }

  close(): void {
    this.agents.httpAgent.destroy();
    this.agents.httpsAgent.destroy();
  }
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

class GuardedHttpAgent extends HttpAgent {
  readonly #guard: Guard;

  constructor(guard: Guard) {
    super(agentSettings);
    this.#guard = guard;
  }

  override createConnection(options: ClientRequestArgs, created: Created): Duplex | undefined {
    const { list, lookup } = this.#guard;
    if (isRefused(list, 'http:', { options, created })) return undefined;
    return super.createConnection({ ...options, lookup }, created) ?? undefined;
  }
}

class GuardedHttpsAgent extends HttpsAgent {
  readonly #guard: Guard;

  constructor(options: AgentOptions, guard: Guard) {
    super(options);
    this.#guard = guard;
  }

  override createConnection(options: ClientRequestArgs, created: Created): Duplex | undefined {
    const { list, lookup } = this.#guard;
    if (isRefused(list, 'https:', { options, created })) return undefined;
    return super.createConnection({ ...options, lookup }, created) ?? undefined;
  }
}

/** Tells the request of a refusal through its callback, as for any connection that fails. */
function isRefused(
  list: EgressList,
  protocol: string,
  { options, created }: { readonly options: ClientRequestArgs; readonly created: Created },
): boolean {
  try {
    list.assertUrl({ protocol, hostname: options.host ?? options.hostname ?? '' });
    return false;
  } catch (error) {
    created(error as Error, undefined as unknown as Duplex);
    return true;
  }
}
