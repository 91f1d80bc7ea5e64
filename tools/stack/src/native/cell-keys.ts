import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import type { CreateKeyCommandInput } from '@aws-sdk/client-kms';

import { StackError } from '../stack-error.ts';
import type { Step } from '../stage.ts';
import type { CellTopology } from '../topology.ts';
import { kmsCredentialsOf, kmsEndpointOf } from './cell-kms.ts';
import { runtimeOf } from './region-runtime.ts';
import { ensureSealingKey } from './sealing-key.ts';
import type { StackContext } from './stack-context.ts';

/** Keys of a cell that belong to no person, by what they are for. */
const keysOfCell = {
  evidence: {
    Description: 'signs evidence',
    KeySpec: 'ECC_NIST_P256',
    KeyUsage: 'SIGN_VERIFY',
  },
  backup: { Description: 'wraps the keys of backups' },
  relocation: { Description: 'wraps the key that opens relocation packets' },
} as const satisfies Record<string, CreateKeyCommandInput>;
export type CellKeyName = keyof typeof keysOfCell;

/** The secret in which the ARN is kept; an ARN tells nothing, but only who runs the cell need know it. */
export const cellKeySecret = (cell: string, name: CellKeyName): string =>
  `${cell}/kms/${name}-key-arn`;

export const cellKeyArn = (context: StackContext, cell: string, name: CellKeyName): string =>
  context.secrets.read(cellKeySecret(cell, name));

/** Made once, by the administrator of the KMS, as whoever sets up a cell would. */
export const cellKeysStep = (context: StackContext, cell: CellTopology): Step => ({
  title: `${cell.id} keys`,
  run: async () => {
    const client = new KMSClient({
      endpoint: kmsEndpointOf(context, cell.id),
      region: runtimeOf(cell.region).awsRegion,
      credentials: kmsCredentialsOf(context, cell.id, 'administrator'),
    });
    try {
      for (const name of ['evidence', 'backup', 'relocation'] as const) {
        const secret = cellKeySecret(cell.id, name);
        if (!context.secrets.has(secret)) context.secrets.write(secret, await make(client, name));
      }
      const keyArn = cellKeyArn(context, cell.id, 'relocation');
      const own = { cell: cell.id, secrets: context.secrets };
      await ensureSealingKey(own, { client, keyArn });
    } finally {
      client.destroy();
    }
  },
});

async function make(client: KMSClient, name: CellKeyName): Promise<string> {
  const { KeyMetadata } = await client.send(new CreateKeyCommand(keysOfCell[name]));
  if (KeyMetadata?.Arn === undefined) throw new StackError('KMS named no key that it made.');
  return KeyMetadata.Arn;
}
