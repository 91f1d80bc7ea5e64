import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Metrics } from './metrics.ts';

export interface MetricsServer {
  readonly port: number;
  close(): Promise<void>;
}

export interface MetricsServerOptions {
  readonly metrics: Metrics;
  readonly port: number;
  /** Answers GET /health/ready: 200 or 503 with this body. */
  readonly readiness: () => Promise<{ readonly isReady: boolean; readonly view: unknown }>;
}

/** Serves GET /metrics, /health/live and /health/ready on the loopback address, on its own port. */
export async function serveMetrics(options: MetricsServerOptions): Promise<MetricsServer> {
  const server = createServer((request, response) => {
    const answer = request.method === 'GET' ? answers[request.url ?? ''] : undefined;
    if (answer === undefined) {
      response.writeHead(404).end();
      return;
    }
    answer(options, response).catch(() => response.writeHead(500).end());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

type Answer = (options: MetricsServerOptions, response: ServerResponse) => Promise<void>;

const json = { 'content-type': 'application/json' };

const answers: Readonly<Record<string, Answer | undefined>> = {
  '/metrics': async ({ metrics }, response) => {
    const { contentType, text } = await metrics.expose();
    response.writeHead(200, { 'content-type': contentType }).end(text);
  },
  '/health/live': (_options, response) => {
    response.writeHead(200, json).end('{"status":"live"}');
    return Promise.resolve();
  },
  '/health/ready': async ({ readiness }, response) => {
    const { isReady, view } = await readiness();
    response.writeHead(isReady ? 200 : 503, json).end(JSON.stringify(view));
  },
};
