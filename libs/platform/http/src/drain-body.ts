import type { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';

const tooLarge = 413;
/** How much of a body that is too large is read and thrown away, and for how long. */
const drainedBytesMax = 4 * 1024 * 1024;
const drainedMsMax = 2_000;

/**
 * Lets a body that is refused for its size run out before the answer goes: to close under what a client still sends is a
 * reset, in which the answer is lost (RFC 9112 §9.6). After the bounds the connection ends all the same.
 */
export function drainTooLargeBodies(server: FastifyInstance): void {
  server.addHook('onSend', async ({ raw }, reply) => {
    if (reply.statusCode === tooLarge) await drain(raw);
  });
}

function drain(body: Readable): Promise<void> {
  if (body.readableEnded || body.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    let left = drainedBytesMax;
    const timer = setTimeout(end, drainedMsMax);
    const count = ({ length }: Buffer): void => {
      left -= length;
      if (left < 0) end();
    };
    function end(): void {
      clearTimeout(timer);
      body.off('data', count);
      for (const event of ends) body.off(event, end);
      resolve();
    }
    for (const event of ends) body.once(event, end);
    body.on('data', count);
  });
}

const ends = ['end', 'close', 'error'] as const;
