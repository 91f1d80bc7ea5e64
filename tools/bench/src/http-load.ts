import autocannon from 'autocannon';
import type { LoadRequest, LoadResult } from 'autocannon';
import type { Round } from './figure.ts';

export interface HttpLoad {
  /** `http://127.0.0.1:8080` */
  readonly url: string;
  readonly connections: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** The path of the next request; asked for each. */
  readonly nextPath: () => string;
  /** What the next request carries beside `headers`; asked for each. */
  readonly nextHeaders?: () => Readonly<Record<string, string>>;
}

/** Sends GETs over kept connections, the next as soon as one is answered. */
export async function loadFor(seconds: number, load: HttpLoad): Promise<Round> {
  return roundOf(await run(load, { duration: seconds }));
}

/** The same until so many are answered: warms what keeps answers. */
export async function loadTimes(amount: number, load: HttpLoad): Promise<Round> {
  return roundOf(await run(load, { amount }));
}

function run(
  { url, connections, headers = {}, nextPath, nextHeaders }: HttpLoad,
  extent: { readonly duration: number } | { readonly amount: number },
): Promise<LoadResult> {
  const setupRequest = (request: LoadRequest): LoadRequest => ({
    ...request,
    path: nextPath(),
    ...(nextHeaders !== undefined && { headers: { ...headers, ...nextHeaders() } }),
  });
  return autocannon({
    url,
    connections,
    requests: [{ method: 'GET', headers, setupRequest }],
    ...extent,
  });
}

/** Only answers with 2xx count as work done. */
function roundOf({
  duration,
  requests,
  latency,
  errors,
  non2xx,
  statusCodeStats,
}: LoadResult): Round {
  const refused = Object.entries(statusCodeStats).filter(([status]) => !status.startsWith('2'));
  const failures = Object.fromEntries(
    refused.map(([status, { count }]): [string, number] => [status, count]),
  );
  return {
    perSecond: (requests.total - non2xx) / duration,
    p50Ms: latency.p50,
    p99Ms: latency.p99,
    failures: errors > 0 ? { ...failures, NO_ANSWER: errors } : failures,
  };
}

/** So many rounds, one after the other. */
export async function measureHttp(
  load: HttpLoad,
  { rounds, seconds }: { readonly rounds: number; readonly seconds: number },
): Promise<readonly Round[]> {
  const measured: Round[] = [];
  for (let n = 0; n < rounds; n += 1) measured.push(await loadFor(seconds, load));
  return measured;
}
