/** What this package uses of autocannon, which ships no types. */
declare module 'autocannon' {
  export interface LoadRequest {
    readonly method: 'GET';
    readonly path?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly setupRequest?: (request: LoadRequest) => LoadRequest;
  }

  export interface LoadOptions {
    readonly url: string;
    readonly connections: number;
    /** Seconds; without meaning where `amount` is given. */
    readonly duration?: number;
    readonly amount?: number;
    readonly requests: LoadRequest[];
  }

  export interface LoadResult {
    /** Seconds. */
    readonly duration: number;
    readonly requests: { readonly total: number };
    readonly latency: { readonly p50: number; readonly p99: number };
    readonly throughput: { readonly total: number };
    /** Connection errors, time-outs included. */
    readonly errors: number;
    readonly non2xx: number;
    readonly statusCodeStats: Readonly<Record<string, { readonly count: number }>>;
  }

  export default function autocannon(options: LoadOptions): Promise<LoadResult>;
}
