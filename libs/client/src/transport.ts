import { z } from 'zod';
import type { PinnedHome, PinnedHomes } from './pinned-homes.ts';
import { NoAnswerError, ProblemError } from './problem-error.ts';

export interface Request {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Begins with a slash; parts are already encoded. */
  readonly path: string;
  readonly query?: Readonly<
    Record<string, string | number | readonly (string | number)[] | undefined>
  >;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Makes the request safe to send again; the transport then retries what was not answered. */
  readonly idempotencyKey?: string;
}

export interface Answer<T> {
  readonly status: number;
  readonly body: T;
  /** The cell that answered, after following the shopper home. */
  readonly cell: string;
  readonly wasReplayed: boolean;
}

export interface TransportOptions {
  readonly fetch?: typeof globalThis.fetch;
  /** For one attempt, in milliseconds. */
  readonly timeoutMs?: number;
  /** For a request with a key, all attempts together, in milliseconds. */
  readonly retryForMs?: number;
}

const homeElsewhere = z.looseObject({ home: z.looseObject({ cell: z.string() }) });
const firstPauseMs = 100;
const longestPauseMs = 2_000;
const retriedStatuses = new Set([429, 502, 503, 504]);

/** Sends requests to pinned homes only, and repeats exactly what is safe to repeat. */
export class Transport {
  private readonly fetch: typeof globalThis.fetch;
  private readonly timeoutMs: number;
  private readonly retryForMs: number;

  constructor(
    private readonly homes: PinnedHomes,
    options: TransportOptions = {},
  ) {
    this.fetch = options.fetch ?? globalThis.fetch;
    this.timeoutMs = options.timeoutMs ?? 10_000;
    this.retryForMs = options.retryForMs ?? 60_000;
  }

  /**
   * Asks `home`; where that cell says the shopper lives elsewhere, asks the pinned origin of that cell
   * once. Throws ProblemError, NoAnswerError or UnpinnedHomeError.
   */
  async send<T>(home: PinnedHome, request: Request): Promise<Answer<T>> {
    try {
      return await this.sendTo<T>(home, request);
    } catch (error) {
      const elsewhere = this.homeNamedBy(error);
      if (elsewhere === undefined || elsewhere.cell === home.cell) throw error;
      return this.sendTo<T>(elsewhere, request);
    }
  }

  /**
   * Opens an answer that goes on until `signal` ends it: the time for one attempt is that until it
   * begins. Throws ProblemError, NoAnswerError.
   */
  async open(
    home: PinnedHome,
    request: Request,
    signal: AbortSignal,
  ): Promise<ReadableStream<Uint8Array>> {
    const beginning = new AbortController();
    const timer = setTimeout(() => beginning.abort(), this.timeoutMs);
    try {
      const until = AbortSignal.any([signal, beginning.signal]);
      const response = await this.fetchOrNoAnswer(home, request, until);
      if (!response.ok) throw await problemOf(response);
      if (response.body === null) throw new NoAnswerError(`cell ${home.cell} answered nothing`);
      return response.body;
    } finally {
      clearTimeout(timer);
    }
  }

  private homeNamedBy(error: unknown): PinnedHome | undefined {
    if (!(error instanceof ProblemError) || error.code !== 'HOME_CELL_ELSEWHERE') return undefined;
    const named = homeElsewhere.safeParse(error.problem);
    return named.success ? this.homes.find(named.data.home.cell) : undefined;
  }

  private async sendTo<T>(home: PinnedHome, request: Request): Promise<Answer<T>> {
    const until = Date.now() + (request.idempotencyKey === undefined ? 0 : this.retryForMs);
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      try {
        return await this.attempt<T>(home, request);
      } catch (error) {
        const waitMs = Math.max(pauseOf(error), pauseMs * (0.5 + Math.random() / 2));
        if (!isWorthRetrying(error) || Date.now() + waitMs > until) throw error;
        await new Promise((resolve) => setTimeout(resolve, waitMs));
      }
    }
  }

  private async attempt<T>(home: PinnedHome, request: Request): Promise<Answer<T>> {
    const response = await this.fetchOrNoAnswer(home, request);
    if (!response.ok && response.status !== 304) throw await problemOf(response);
    return {
      status: response.status,
      body: (await bodyOf(response)) as T,
      cell: home.cell,
      wasReplayed: response.headers.get('idempotent-replayed') === 'true',
    };
  }

  private async fetchOrNoAnswer(
    home: PinnedHome,
    request: Request,
    signal = AbortSignal.timeout(this.timeoutMs),
  ): Promise<Response> {
    const url = new URL(request.path, home.origin);
    for (const [name, value] of Object.entries(request.query ?? {})) {
      for (const one of [value ?? []].flat()) url.searchParams.append(name, String(one));
    }
    try {
      return await this.fetch(url, {
        method: request.method,
        // a redirect could name an origin that is not pinned
        redirect: 'error',
        signal,
        headers: headersOf(request),
        ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
      });
    } catch (error) {
      throw new NoAnswerError(`no answer from cell ${home.cell}`, { cause: error });
    }
  }
}

async function bodyOf(response: Response): Promise<unknown> {
  const text = await response.text();
  return text === '' ? undefined : parseJson(text);
}

const problemOf = async (response: Response): Promise<ProblemError> =>
  new ProblemError(response.status, await bodyOf(response), response.headers.get('retry-after'));

function headersOf(request: Request): Record<string, string> {
  return {
    accept: 'application/json',
    ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(request.idempotencyKey === undefined ? {} : { 'idempotency-key': request.idempotencyKey }),
    ...request.headers,
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new NoAnswerError('the answer was cut off or is not JSON', { cause: error });
  }
}

/** 409 is final unless it says that the same request may succeed later. */
function isWorthRetrying(error: unknown): boolean {
  if (error instanceof NoAnswerError) return true;
  if (!(error instanceof ProblemError)) return false;
  return (
    retriedStatuses.has(error.status) ||
    error.code === 'REQUEST_IN_FLIGHT' ||
    (error.status === 409 && error.retryAfterSeconds !== undefined)
  );
}

const pauseOf = (error: unknown): number =>
  error instanceof ProblemError ? (error.retryAfterSeconds ?? 0) * 1_000 : 0;
