import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { KeyRing } from './keys/key-ring.ts';

const advanceDaysMax = 400;
const clockChange = z.strictObject({
  advanceSeconds: z
    .int()
    .min(0)
    .max(advanceDaysMax * 86_400),
});

/** The movable clock, behind a bearer secret: `POST /emulator/clock {advanceSeconds}`. */
export function addAdministration(
  server: FastifyInstance,
  ring: KeyRing,
  adminSecret: string,
): void {
  server.post('/emulator/clock', async (request, reply) => {
    if (!isSame(request.headers.authorization ?? '', `Bearer ${adminSecret}`)) {
      return reply.code(401).send({ error: 'The admin secret is missing or wrong' });
    }
    const change = clockChange.safeParse(request.body);
    if (!change.success) return reply.code(400).send({ error: z.prettifyError(change.error) });
    const destroyedKeyIds = await ring.advanceClock(change.data.advanceSeconds * 1000);
    return { now: new Date(ring.clock.now()).toISOString(), destroyedKeyIds };
  });
}

/** Compares hashes, so that neither content nor length shows in the time it takes. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
