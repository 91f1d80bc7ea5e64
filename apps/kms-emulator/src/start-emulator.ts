import { AuditFile } from './audit/audit-file.ts';
import { recordOfEvent } from './audit/audit-record.ts';
import type { EmulatorConfig } from './config.ts';
import { Faults } from './faults/faults.ts';
import { KeyRing } from './keys/key-ring.ts';
import { MovableClock } from './keys/movable-clock.ts';
import { KmsService } from './kms-service.ts';
import { readPrincipals } from './principals.ts';
import { RequestRates } from './rates/request-rates.ts';
import { createServer } from './server.ts';

export interface RunningEmulator {
  /** `http://host:port`. */
  readonly endpoint: string;
  close(): Promise<void>;
}

/** Opens the store and listens; resolves once requests are answered. */
export async function startEmulator(config: EmulatorConfig): Promise<RunningEmulator> {
  const { awsRegion } = config;
  const principals = readPrincipals(config.principalsFile);
  const clock = new MovableClock();
  const audit = await openAudit(config, clock);
  const ring = await KeyRing.open({
    path: config.storeFile,
    awsRegion,
    clock,
    listener: async (event) => audit?.appendDurably(recordOfEvent(event, awsRegion)),
  });
  await audit?.dropOld();
  const rates = config.rates === 'aws' ? RequestRates.aws(awsRegion) : RequestRates.unlimited();
  const service = new KmsService({ ring, rates, faults: new Faults(ring.stateLag), audit });
  const server = createServer({ service, principals, adminSecret: config.adminSecret });
  const endpoint = await server.listen({ host: config.host, port: config.port });
  return {
    endpoint,
    async close() {
      await server.close();
      await ring.close();
      await audit?.close();
    },
  };
}

async function openAudit(
  { auditFile, auditDays: days }: EmulatorConfig,
  clock: MovableClock,
): Promise<AuditFile | undefined> {
  if (auditFile === undefined) return undefined;
  return AuditFile.open(auditFile, { days, now: () => clock.now() });
}
