import { bandEvent, type BandEvent } from '@entrepot/contracts/api/inventory';
import { EventStreamReader, type ServerEvent } from './event-stream.ts';
import { NoAnswerError, ProblemError } from './problem-error.ts';

/** Opens the stream; the body ends when the signal says so. */
export type OpenStream = (signal: AbortSignal) => Promise<ReadableStream<Uint8Array>>;

export interface WatchStockOptions {
  /** Ends the watching. */
  readonly signal?: AbortSignal;
  /** A stream that shows no sign of life for so long is given up; the server sends one every 15 s. */
  readonly silenceMsMax?: number;
}

const silenceMsMaxDefault = 45_000;
const firstPauseMs = 1_000;
const longestPauseMs = 30_000;

/**
 * The bands of articles, at first and whenever one changes, until the signal ends it. A stream that breaks
 * is opened again, and what it then says is only told where it is new. Throws ProblemError where the
 * server refuses for good.
 */
export async function* watchStock(
  open: OpenStream,
  { signal, silenceMsMax = silenceMsMaxDefault }: WatchStockOptions = {},
): AsyncGenerator<BandEvent, void, undefined> {
  const told = new Map<string, string>();
  const stream: StreamState = { reader: new EventStreamReader(), failures: 0 };
  while (signal?.aborted !== true) {
    for await (const event of readWhileItLasts(open, stream, { signal, silenceMsMax })) {
      if (told.get(event.sku) === event.band) continue;
      told.set(event.sku, event.band);
      yield event;
    }
    await pause(pauseMs(stream), signal);
  }
}

interface StreamState {
  reader: EventStreamReader;
  /** In a row; anything that is read ends the row. */
  failures: number;
  askedToWaitMs?: number | undefined;
}

interface ReadOptions {
  readonly signal: AbortSignal | undefined;
  readonly silenceMsMax: number;
}

/** Reads one connection to its end, also one that breaks; throws what another would meet as well. */
async function* readWhileItLasts(
  open: OpenStream,
  stream: StreamState,
  options: ReadOptions,
): AsyncGenerator<BandEvent, void, undefined> {
  stream.askedToWaitMs = undefined;
  try {
    yield* readOnce(open, stream, options);
  } catch (error) {
    if (!isWorthAnother(error)) throw error;
    stream.failures += 1;
    stream.askedToWaitMs = askedToWaitMs(error);
  }
}

/** Reads one connection to its end; throws when it breaks or is silent for too long. */
async function* readOnce(
  open: OpenStream,
  stream: StreamState,
  options: ReadOptions,
): AsyncGenerator<BandEvent, void, undefined> {
  const watchdog = new AbortController();
  const onAbort = (): void => watchdog.abort();
  options.signal?.addEventListener('abort', onAbort);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const expectLife = (): void => {
    clearTimeout(timer);
    timer = setTimeout(onAbort, options.silenceMsMax);
  };
  const { retryMs } = stream.reader;
  stream.reader = new EventStreamReader();
  stream.reader.retryMs = retryMs;
  expectLife();
  try {
    const decoder = new TextDecoder();
    for await (const bytes of chunksOf(await open(watchdog.signal))) {
      expectLife();
      stream.failures = 0;
      yield* bandsIn(stream.reader.take(decoder.decode(bytes, { stream: true })));
    }
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', onAbort);
    watchdog.abort();
  }
}

/** Leaves out what is not of the contract: a later server may say more than this client knows. */
function bandsIn(events: readonly ServerEvent[]): BandEvent[] {
  return events.flatMap(({ event, data }) => {
    const found = event === 'band' ? bandEvent.safeParse(parsed(data)) : undefined;
    return found?.success === true ? [found.data] : [];
  });
}

/** Not every browser can iterate over a body. */
async function* chunksOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((cause: unknown) => {
        throw new NoAnswerError('the stream broke off', { cause });
      });
      if (done) return;
      yield value;
    }
  } finally {
    reader.releaseLock();
  }
}

function parsed(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    // an event that is no JSON is none of ours; the contract refuses it
    return undefined;
  }
}

const isWorthAnother = (error: unknown): boolean =>
  error instanceof NoAnswerError ||
  (error instanceof ProblemError && (error.status >= 500 || error.status === 429));

const askedToWaitMs = (error: unknown): number | undefined =>
  error instanceof ProblemError && error.retryAfterSeconds !== undefined
    ? error.retryAfterSeconds * 1_000
    : undefined;

/** What the server asked for, else twice as long with each failure; spread, so that many do not come at once. */
function pauseMs({ reader, failures, askedToWaitMs: asked }: StreamState): number {
  const base = asked ?? reader.retryMs ?? firstPauseMs;
  const grown = Math.min(base * 2 ** Math.max(0, failures - 1), longestPauseMs);
  return Math.max(asked ?? 0, grown * (0.5 + Math.random() / 2));
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) {
      resolve();
      return;
    }
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener('abort', end);
  });
}
