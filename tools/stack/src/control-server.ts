import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { timingSafeEqual } from 'node:crypto';

import type { FaultProxy } from './services/fault-proxy.ts';
import { linkFlows, linkSilences } from './services/link-way.ts';
import type { LinkFlow, LinkSilence } from './services/link-way.ts';
import { StackError } from './stack-error.ts';
import type { Supervisor } from './supervisor.ts';

const killSignals: readonly NodeJS.Signals[] = [
  'SIGKILL',
  'SIGTERM',
  'SIGINT',
  'SIGSTOP',
  'SIGCONT',
];
const delayMsMax = 60_000;

export interface ControlOptions {
  readonly port: number;
  readonly secret: string;
  readonly supervisor: Supervisor;
  readonly proxies: ReadonlyMap<string, FaultProxy>;
}

export interface LinkStatus {
  readonly name: string;
  readonly isCut: boolean;
  /** By which every byte is held back, by the way that it goes. */
  readonly delayMs: Readonly<Record<LinkFlow, number>>;
  /** The ways on which nothing is heard. */
  readonly silent: Readonly<Partial<Record<LinkFlow, LinkSilence>>>;
}

type Answer = Readonly<Record<string, unknown>>;

const statusOf = (proxy: FaultProxy): LinkStatus => ({
  name: proxy.name,
  isCut: proxy.isCut,
  delayMs: { sent: proxy.delayOf('sent'), received: proxy.delayOf('received') },
  silent: Object.fromEntries(
    linkFlows.flatMap((flow) => {
      const silence = proxy.silenceOf(flow);
      return silence === undefined ? [] : [[flow, silence]];
    }),
  ),
});

function isAuthorized(request: IncomingMessage, secret: string): boolean {
  const given = Buffer.from(request.headers.authorization ?? '');
  const wanted = Buffer.from(`Bearer ${secret}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

function changeProxy(options: ControlOptions, name: string, query: URLSearchParams): Answer {
  const proxy = options.proxies.get(name);
  if (proxy === undefined) throw new StackError(`There is no fault proxy named ${name}.`);
  const change = query.get('do');
  const silence = linkSilences.find((known) => known === change);
  if (change === 'cut') proxy.cut();
  else if (change === 'heal') proxy.heal();
  else if (change === 'record') proxy.record(query.get('into') ?? undefined);
  else if (silence !== undefined) silenceProxy(proxy, silence, wayIn(query));
  else if (change === 'delay') delayProxy(proxy, query);
  else throw new StackError('A link can be cut, healed, delayed, recorded, held and dropped.');
  return { ...statusOf(proxy) };
}

/** The one way that is meant; undefined for both. */
function wayIn(query: URLSearchParams): LinkFlow | undefined {
  const text = query.get('way');
  if (text === null) return undefined;
  const way = linkFlows.find((known) => known === text);
  if (way === undefined) throw new StackError(`A way is one of ${linkFlows.join(', ')}.`);
  return way;
}

/** A link that is silent both ways at once is not cut: whoever calls is never told. */
function silenceProxy(proxy: FaultProxy, silence: LinkSilence, way: LinkFlow | undefined): void {
  for (const flow of way === undefined ? linkFlows : [way]) proxy.silence(flow, silence);
}

function delayProxy(proxy: FaultProxy, query: URLSearchParams): void {
  const delayMs = Number(query.get('ms') ?? Number.NaN);
  if (!(delayMs >= 0 && delayMs <= delayMsMax)) {
    throw new StackError(`A delay is between 0 and ${delayMsMax} ms.`);
  }
  const way = wayIn(query);
  proxy.delay(delayMs, way === undefined ? linkFlows : [way]);
}

function killService(options: ControlOptions, name: string, query: URLSearchParams): Answer {
  const signal = killSignals.find((candidate) => candidate === (query.get('signal') ?? 'SIGKILL'));
  if (signal === undefined) throw new StackError(`A signal is one of ${killSignals.join(', ')}.`);
  options.supervisor.kill(name, signal);
  return { name, signal };
}

function answerTo(request: IncomingMessage, options: ControlOptions): Answer {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const [kind, name = ''] = url.pathname.slice(1).split('/').map(decodeURIComponent);
  if (request.method === 'GET' && kind === 'status') {
    const proxies = [...options.proxies.values()].map(statusOf);
    return { services: options.supervisor.status(), proxies };
  }
  if (request.method === 'POST' && kind === 'proxies') {
    return changeProxy(options, name, url.searchParams);
  }
  if (request.method === 'POST' && kind === 'kills') {
    return killService(options, name, url.searchParams);
  }
  throw new StackError('Known: GET /status, POST /proxies/<name>?do=…, POST /kills/<service>.');
}

function send(response: ServerResponse, status: number, answer: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(answer));
}

/**
 * What drills ask of a running stack: `GET /status`, `POST /kills/<service>?signal=`,
 * `POST /proxies/<name>?do=cut|heal|delay|hold|drop|record&way=sent|received&ms=&into=`. Loopback only and with the
 * clone's secret as bearer token.
 */
export async function startControlServer(options: ControlOptions): Promise<Server> {
  const server = createServer((request, response) => {
    request.resume();
    if (!isAuthorized(request, options.secret)) {
      send(response, 401, { error: 'The control secret of this stack is needed.' });
      return;
    }
    try {
      send(response, 200, answerTo(request, options));
    } catch (error) {
      const isRefusal = error instanceof StackError;
      send(response, isRefusal ? 400 : 500, {
        error: isRefusal ? error.message : 'The supervisor failed; see its log.',
      });
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port: options.port }, resolve);
  });
  return server;
}
