/** What a scan looks for of an erased person, sealed under the key of the request. */
export abstract class RequestTraces {
  /** Keeps the first one. */
  abstract insert(requestId: string, sealed: Buffer): Promise<void>;
  abstract find(requestId: string): Promise<Buffer | undefined>;
  abstract delete(requestId: string): Promise<void>;
}

/** Where they are sealed for. */
export const tracePlace = 'trace';
