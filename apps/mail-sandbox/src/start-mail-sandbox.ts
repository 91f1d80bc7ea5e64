import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { AnswerSigner } from '@entrepot/platform-opendsr';
import { DeskFaults, ErasureDesk } from '@entrepot/platform-opendsr/processor';
import { fastify } from 'fastify';
import type { SMTPServer } from 'smtp-server';
import { registerAdminRoutes } from './admin-routes.ts';
import type { MailSandboxConfig } from './config.ts';
import { Letters } from './letters.ts';
import { SmtpFaults } from './smtp-faults.ts';
import { smtpSide } from './smtp-side.ts';

const bodyBytesMax = 256 * 1024;

export interface RunningMailSandbox {
  readonly smtpUrl: string;
  readonly origin: string;
  readonly letters: Letters;
  readonly smtpFaults: SmtpFaults;
  readonly deskFaults: DeskFaults;
  readonly desk: ErasureDesk;
  close(): Promise<void>;
}

/** Resolves when letters are taken and erasure requests answered. */
export async function startMailSandbox(config: MailSandboxConfig): Promise<RunningMailSandbox> {
  const letters = Letters.open(config.folder);
  const smtpFaults = new SmtpFaults();
  const deskFaults = new DeskFaults();
  const desk = new ErasureDesk({
    controllers: [{ name: config.user, secret: config.password }],
    signer: new AnswerSigner({
      privateKeyPem: readFileSync(config.keyFile, 'utf8'),
      certificatePem: readFileSync(config.certificateFile, 'utf8'),
    }),
    domain: () => config.host,
    identityType: 'email',
    faults: deskFaults,
    erase: (_controller, addresses) => letters.purge(addresses),
  });
  const server = fastify({ bodyLimit: bodyBytesMax, forceCloseConnections: true });
  server.get('/health/live', () => ({ status: 'ok' }));
  server.get('/health/ready', () => ({ status: 'ok' }));
  desk.register(server);
  registerAdminRoutes(server, { letters, smtpFaults, deskFaults, secret: config.adminSecret });

  const smtp = smtpSide({ ...config, letters, faults: smtpFaults });
  // a sender that hangs up is its own affair
  smtp.on('error', () => undefined);
  const smtpPort = await listen(smtp, config);
  const origin = await server.listen({ host: config.host, port: config.httpPort });
  const close = async (): Promise<void> => {
    await server.close();
    await new Promise<void>((done) => smtp.close(done));
  };
  const smtpUrl = `smtp://${config.host}:${smtpPort}`;
  return { smtpUrl, origin, letters, smtpFaults, deskFaults, desk, close };
}

function listen(smtp: SMTPServer, { smtpPort, host }: MailSandboxConfig): Promise<number> {
  return new Promise((resolve, reject) => {
    smtp.server.once('error', reject);
    smtp.listen(smtpPort, host, () => resolve((smtp.server.address() as AddressInfo).port));
  });
}
