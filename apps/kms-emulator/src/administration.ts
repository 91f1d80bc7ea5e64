import { createHash, timingSafeEqual } from 'node:crypto';
import type {
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  HookHandlerDoneFunction,
} from 'fastify';
import { z } from 'zod';
import { faultPlanSchema } from './faults/fault-plan.ts';
import type { KmsService } from './kms-service.ts';

const advanceDaysMax = 400;
const clockChange = z.strictObject({
  advanceSeconds: z
    .int()
    .min(0)
    .max(advanceDaysMax * 86_400),
});
const auditQuery = z.strictObject({ keyId: z.string().min(1).max(2048).optional() });

/** The emulator's own addresses, all behind a bearer secret: the movable clock, faults, the audit. */
export function addAdministration(
  server: FastifyInstance,
  service: KmsService,
  adminSecret: string,
): void {
  const guarded = { onRequest: secretCheck(adminSecret) };
  server.post('/emulator/clock', guarded, async (request, reply) => {
    const change = clockChange.safeParse(request.body);
    if (!change.success) return refuse(reply, change.error);
    const destroyedKeyIds = await service.advanceClock(change.data.advanceSeconds * 1000);
    return { now: new Date(service.ring.clock.now()).toISOString(), destroyedKeyIds };
  });
  server.post('/emulator/faults', guarded, (request, reply) => {
    const plan = faultPlanSchema.safeParse(request.body);
    if (!plan.success) return refuse(reply, plan.error);
    service.faults.set(plan.data);
    return reply.send({ faults: Object.keys(plan.data) });
  });
  server.delete('/emulator/faults', guarded, (_request, reply) => {
    service.faults.clear();
    return reply.send({ faults: [] });
  });
  server.get('/emulator/audit', guarded, async (request, reply) => {
    const query = auditQuery.safeParse(request.query);
    if (!query.success) return refuse(reply, query.error);
    if (service.audit === undefined) {
      return reply.code(404).send({ error: 'This emulator writes no audit' });
    }
    return { records: await service.audit.read(query.data.keyId) };
  });
}

/** Runs before the body is read. */
function secretCheck(adminSecret: string) {
  return (request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction): void => {
    if (isSame(request.headers.authorization ?? '', `Bearer ${adminSecret}`)) done();
    else reply.code(401).send({ error: 'The admin secret is missing or wrong' });
  };
}

const refuse = (reply: FastifyReply, error: z.ZodError): FastifyReply =>
  reply.code(400).send({ error: z.prettifyError(error) });

/** Compares hashes, so that neither content nor length shows in the time it takes. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
