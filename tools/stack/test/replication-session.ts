import type { EventEmitter } from 'node:events';

import pg from 'pg';

export interface ReplicationAttempt {
  readonly url: string;
  /** `true` is the physical protocol, `database` the logical one, `off` an ordinary connection. */
  readonly mode: 'true' | 'database' | 'off';
  readonly command: string;
}

export interface ReplicationAnswer {
  /** Everything the server sent for the command: rows, base backup, WAL. */
  readonly bytes: Buffer;
  /** SQLSTATE of the refusal, of the login or of the command. */
  readonly error: string | undefined;
}

/** A stream has no end of its own: it is over when the server has sent nothing for this long. */
const silenceMs = 400;

interface WireConnection extends EventEmitter {
  readonly stream: { destroy(): void };
}

/** Sends one command of the replication protocol and keeps every byte that comes back. */
export async function replicationAnswer(attempt: ReplicationAttempt): Promise<ReplicationAnswer> {
  const config: pg.ClientConfig & { replication?: string } = { connectionString: attempt.url };
  if (attempt.mode !== 'off') config.replication = attempt.mode;
  const client = new pg.Client(config);
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    return { bytes: Buffer.alloc(0), error: stateOf(error) };
  }
  const { connection } = client as unknown as { connection: WireConnection };
  const parts: Buffer[] = [];
  let lastByteAt = performance.now();
  connection.on('copyData', ({ chunk }: { chunk: Buffer }) => {
    parts.push(Buffer.from(chunk));
    lastByteAt = performance.now();
  });
  const silence = new Promise<undefined>((resolve) => {
    const watch = setInterval(() => {
      if (performance.now() - lastByteAt < silenceMs) return;
      clearInterval(watch);
      resolve(undefined);
    }, silenceMs / 4);
  });
  let error: string | undefined;
  try {
    const answered = client.query(attempt.command);
    // a streaming command never answers; once it is silent there is nothing more to see
    const result = await Promise.race([answered, silence]);
    answered.catch(() => undefined);
    if (result !== undefined) parts.push(Buffer.from(JSON.stringify(result)));
  } catch (refusal) {
    error = stateOf(refusal);
  }
  connection.stream.destroy();
  return { bytes: Buffer.concat(parts), error };
}

const stateOf = (error: unknown): string =>
  error instanceof pg.DatabaseError ? (error.code ?? 'none') : String(error);
