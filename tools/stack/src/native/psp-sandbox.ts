import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { startNodeProcess } from '../services/node-process.ts';
import type { Step } from '../stage.ts';
import type { CellTopology } from '../topology.ts';
import { answerIdentityOf, makeAnswerIdentity } from './answer-identity.ts';
import type { AnswerIdentity } from './answer-identity.ts';
import { runtimeOf } from './region-runtime.ts';
import { openLink, ranks } from './stack-context.ts';
import type { StackContext } from './stack-context.ts';

const owner = 'psp';
const name = 'psp-sandbox';

export const pspOriginOf = (context: StackContext): string =>
  `http://127.0.0.1:${context.ports.shared('psp-sandbox')}`;

export const pspAdminSecretName = `${owner}/admin-secret`;

/** The random part is letters and digits only, as in the providers' own keys. */
const providerKeyOf = (context: StackContext, cell: CellTopology): string =>
  context.secrets.orMake(`${cell.id}/${owner}/secret-key`, () => {
    const random = context.secrets.password(`${cell.id}/${owner}/key-seed`);
    return runtimeOf(cell.region).providerKey(random.replaceAll(/[-_]/g, '0'));
  });

/** With what the provider signs that it has erased. */
export const pspAnswerIdentity = (context: StackContext): AnswerIdentity =>
  answerIdentityOf(context, owner);

const webhookSecretOf = (context: StackContext, cell: string): string =>
  context.secrets.password(`${cell}/${owner}/webhook-secret`);

/** The provider as a cell's processes know it: over a link of their own, which can be cut and recorded. */
export const paymentsOriginOf = (context: StackContext, cell: string): string =>
  `http://127.0.0.1:${context.ports.of(cell, 'payments-link')}`;

/** How a cell's processes reach the provider. */
export const paymentEnvironment = (
  context: StackContext,
  cell: CellTopology,
): Readonly<Record<string, string>> => ({
  ENTREPOT_PSP_BASE_URL: paymentsOriginOf(context, cell.id),
  ENTREPOT_PSP_SECRET_KEY: providerKeyOf(context, cell),
  ENTREPOT_PSP_WEBHOOK_SECRET: webhookSecretOf(context, cell.id),
});

/** Each cell is a merchant of its own at the provider. */
async function environmentOf(context: StackContext): Promise<Record<string, string>> {
  const identity = await makeAnswerIdentity(context, owner);
  const accountsFile = `${owner}/accounts.json`;
  const accounts = context.topology.map((cell) => ({
    name: cell.id,
    secretKey: providerKeyOf(context, cell),
    webhookSecret: webhookSecretOf(context, cell.id),
    webhookUrl: `http://127.0.0.1:${context.ports.of(cell.id, 'origin')}/v1/payment-webhooks`,
  }));
  context.secrets.write(accountsFile, JSON.stringify(accounts));
  const folder = context.paths.dataOf(owner, 'books');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return {
    ENTREPOT_PROFILE: 'development',
    ENTREPOT_PSP_SANDBOX_HOST: '127.0.0.1',
    ENTREPOT_PSP_SANDBOX_PORT: String(context.ports.shared('psp-sandbox')),
    ENTREPOT_PSP_SANDBOX_BOOKS_FILE: join(folder, 'books.jsonl'),
    ENTREPOT_PSP_SANDBOX_ACCOUNTS_FILE: context.secrets.pathOf(accountsFile),
    ENTREPOT_PSP_SANDBOX_KEY_FILE: identity.keyFile,
    ENTREPOT_PSP_SANDBOX_CERTIFICATE_FILE: identity.certificateFile,
    ENTREPOT_PSP_SANDBOX_ADMIN_SECRET: context.secrets.password(pspAdminSecretName),
  };
}

export const pspStep = (context: StackContext): Step => ({
  title: 'Payment provider sandbox',
  run: async () => {
    for (const { id } of context.topology) {
      await openLink(context, {
        name: `${id}.payments`,
        port: context.ports.of(id, 'payments-link'),
        targets: [context.ports.shared('psp-sandbox')],
      });
    }
    await context.supervisor.start({
      name,
      rank: ranks.provider,
      start: async () =>
        startNodeProcess({
          name,
          entry: 'apps/psp-sandbox/src/main.ts',
          env: await environmentOf(context),
          logFile: context.paths.logOf(owner, name),
          readyUrl: `${pspOriginOf(context)}/health/ready`,
        }),
    });
  },
});
