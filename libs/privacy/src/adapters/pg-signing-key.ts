import { DomainError } from '@entrepot/kernel';
import { statement } from '@entrepot/platform-database';
import type { VaultDatabase } from '@entrepot/platform-database';
import type { SigningKeyChoice } from './aws-evidence-signer.ts';

const findKeyArn = statement(
  'vault.find_arn_of_signing_key',
  `SELECT kms_key_arn AS "keyArn" FROM vault.signing_key WHERE purpose = 'evidence'`,
);

/** The key that the vault names, whose public half the cell has published: it signs certificates. */
export const signingKeyOf =
  (vault: VaultDatabase): SigningKeyChoice =>
  async () => {
    const [key] = await vault.query<{ keyArn: string }>(findKeyArn);
    if (key === undefined) throw new DomainError('UNAVAILABLE', 'there is no key to sign with yet');
    return key.keyArn;
  };
