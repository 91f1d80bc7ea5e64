import { KMSClient } from '@aws-sdk/client-kms';
import type { KmsLogin } from '@entrepot/attacker';
import type { NodeFetch } from '@entrepot/client/node';
import { runtimeOf, SecretStore } from '@entrepot/stack';
import type { DescribedCell } from '@entrepot/stack';

/** The logins that programs of a cell have at its KMS. */
export const servicePrincipals = ['api', 'worker', 'eraser', 'auditor', 'backup'] as const;
/** And the one that a person has. */
export const kmsPrincipals = [...servicePrincipals, 'administrator'] as const;
export type KmsPrincipal = (typeof kmsPrincipals)[number];

/** One day more than the shortest waiting period of KMS. */
const windowDays = 8;

export function kmsLoginOf(cell: DescribedCell, name: KmsPrincipal): Omit<KmsLogin, 'name'> {
  const secrets = new SecretStore(cell.secrets);
  return {
    accessKeyId: secrets.read(`kms/${name}.access-key-id`),
    secretAccessKey: secrets.read(`kms/${name}.secret-access-key`),
  };
}

export const kmsClientOf = (cell: DescribedCell, name: KmsPrincipal): KMSClient =>
  new KMSClient({
    endpoint: cell.kmsEndpoint,
    region: runtimeOf(cell.region).awsRegion,
    credentials: kmsLoginOf(cell, name),
  });

/** Keys that wait for their end come to it: moves the clock of the emulator, which only they read. */
export async function passKmsWindow(node: NodeFetch, cell: DescribedCell): Promise<void> {
  const secret = new SecretStore(cell.secrets).read('kms/clock-secret');
  const answer = await node.fetch(`${cell.kmsEndpoint}/emulator/clock`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body: JSON.stringify({ advanceSeconds: windowDays * 86_400 }),
  });
  if (!answer.ok) throw new Error(`the clock of the KMS stays: ${answer.status}`);
}
