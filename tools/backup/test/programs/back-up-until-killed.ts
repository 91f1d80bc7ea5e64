// Backs up as it is told and kills itself at the given step of its progress.
import { AwsEvidenceSigner, evidenceClient } from '@entrepot/privacy';
import { takeBackup, WrappingKey } from '../../src/index.ts';
import type { BackupSource } from '../../src/index.ts';

export interface BackupOrder {
  readonly to: string;
  readonly sources: readonly BackupSource[];
  readonly kms: Parameters<typeof evidenceClient>[0];
  readonly keys: { readonly evidence: string; readonly backup: string };
  readonly stepsMax: number;
}

const order = JSON.parse(process.argv[2] ?? '') as BackupOrder;
const client = evidenceClient(order.kms);
let steps = 0;

await takeBackup({
  ...{ cell: 'in-1', region: 'in', to: order.to, sources: order.sources },
  journalHead: { seq: 1, digest: 'a'.repeat(64) },
  wrapping: new WrappingKey(client, order.keys.backup),
  signer: new AwsEvidenceSigner(order.kms, () => Promise.resolve(order.keys.evidence)),
  onProgress: () => {
    steps += 1;
    if (steps === order.stepsMax) process.kill(process.pid, 'SIGKILL');
  },
});
process.stdout.write('backed up\n');
