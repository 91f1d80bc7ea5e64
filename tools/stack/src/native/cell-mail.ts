import { startNodeProcess } from '../services/node-process.ts';
import type { Step } from '../stage.ts';
import { answerIdentityOf, makeAnswerIdentity } from './answer-identity.ts';
import { paymentsOriginOf, pspAnswerIdentity } from './psp-sandbox.ts';
import { openLink, ranks } from './stack-context.ts';
import type { StackContext } from './stack-context.ts';

const ownerOf = (cell: string): string => `${cell}/mail`;

export const mailAdminSecretName = (cell: string): string => `${ownerOf(cell)}/admin-secret`;

const passwordOf = (context: StackContext, cell: string): string =>
  context.secrets.password(`${ownerOf(cell)}/password`);

export const mailOriginOf = (context: StackContext, cell: string): string =>
  `http://127.0.0.1:${context.ports.of(cell, 'mail')}`;

/** How a cell's processes send mail. */
export const mailEnvironment = (
  context: StackContext,
  cell: string,
): Readonly<Record<string, string>> => ({
  ENTREPOT_MAIL_SMTP_URL: `smtp://127.0.0.1:${context.ports.of(cell, 'letters-link')}`,
  ENTREPOT_MAIL_USER: cell,
  ENTREPOT_MAIL_PASSWORD: passwordOf(context, cell),
  ENTREPOT_MAIL_FROM: `shop@${cell}.localhost`,
});

/** How a cell's worker tells its processors of an erasure, and by what it judges their answers. */
export const recipientEnvironment = (
  context: StackContext,
  cell: string,
): Readonly<Record<string, string>> => ({
  ENTREPOT_MAIL_ERASURE_URL: `http://127.0.0.1:${context.ports.of(cell, 'mail-erasure-link')}`,
  ENTREPOT_MAIL_CERTIFICATE_FILE: answerIdentityOf(context, ownerOf(cell)).certificateFile,
  ENTREPOT_PSP_ERASURE_URL: paymentsOriginOf(context, cell),
  ENTREPOT_PSP_CERTIFICATE_FILE: pspAnswerIdentity(context).certificateFile,
});

async function environmentOf(context: StackContext, cell: string): Promise<Record<string, string>> {
  const { keyFile, certificateFile } = await makeAnswerIdentity(context, ownerOf(cell));
  return {
    ENTREPOT_PROFILE: 'development',
    ENTREPOT_MAIL_SANDBOX_HOST: '127.0.0.1',
    ENTREPOT_MAIL_SANDBOX_SMTP_PORT: String(context.ports.of(cell, 'mail-smtp')),
    ENTREPOT_MAIL_SANDBOX_HTTP_PORT: String(context.ports.of(cell, 'mail')),
    // in the folder that the border scan looks through and an erasure purges
    ENTREPOT_MAIL_SANDBOX_FOLDER: context.paths.dataOf(cell, 'mail'),
    ENTREPOT_MAIL_SANDBOX_USER: cell,
    ENTREPOT_MAIL_SANDBOX_PASSWORD: passwordOf(context, cell),
    ENTREPOT_MAIL_SANDBOX_ADMIN_SECRET: context.secrets.password(mailAdminSecretName(cell)),
    ENTREPOT_MAIL_SANDBOX_KEY_FILE: keyFile,
    ENTREPOT_MAIL_SANDBOX_CERTIFICATE_FILE: certificateFile,
  };
}

export function mailStep(context: StackContext, cell: string): Step {
  const name = `${cell} mail-sandbox`;
  return {
    title: `${cell} mail sandbox`,
    run: async () => {
      await openLink(context, {
        name: `${cell}.letters`,
        port: context.ports.of(cell, 'letters-link'),
        targets: [context.ports.of(cell, 'mail-smtp')],
      });
      await openLink(context, {
        name: `${cell}.mail-erasure`,
        port: context.ports.of(cell, 'mail-erasure-link'),
        targets: [context.ports.of(cell, 'mail')],
      });
      await context.supervisor.start({
        name,
        rank: ranks.provider,
        start: async () =>
          startNodeProcess({
            name,
            entry: 'apps/mail-sandbox/src/main.ts',
            env: await environmentOf(context, cell),
            logFile: context.paths.logOf(cell, 'mail-sandbox'),
            readyUrl: `${mailOriginOf(context, cell)}/health/ready`,
          }),
      });
    },
  };
}
