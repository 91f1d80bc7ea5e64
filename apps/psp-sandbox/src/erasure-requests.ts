import { readFileSync } from 'node:fs';
import { AnswerSigner } from '@entrepot/platform-opendsr';
import { DeskFaults, ErasureDesk } from '@entrepot/platform-opendsr/processor';
import type { FastifyInstance } from 'fastify';
import type { Accounts } from './accounts.ts';
import type { Books } from './books.ts';
import type { SandboxConfig } from './config.ts';

/**
 * Takes requests to forget the shopper behind payments, of either protocol and signed with the merchant's
 * secret key; the books keep the amounts. Answers the faults that a drill can order.
 */
export function openErasureDesk(
  server: FastifyInstance,
  { keyFile, certificateFile, host }: SandboxConfig,
  { accounts, books }: { readonly accounts: Accounts; readonly books: Books },
): DeskFaults {
  const faults = new DeskFaults();
  if (keyFile === undefined || certificateFile === undefined) return faults;
  new ErasureDesk({
    controllers: accounts.all.map(({ name, secretKey }) => ({ name, secret: secretKey })),
    signer: new AnswerSigner({
      privateKeyPem: readFileSync(keyFile, 'utf8'),
      certificatePem: readFileSync(certificateFile, 'utf8'),
    }),
    domain: () => host,
    identityType: 'controller_customer_id',
    faults,
    erase: (account, ids) => books.forget(account, ids),
  }).register(server);
  return faults;
}
