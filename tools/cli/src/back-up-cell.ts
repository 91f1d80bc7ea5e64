import { basename, join, resolve } from 'node:path';

import { takeBackup, WrappingKey } from '@entrepot/backup';
import type { BackupProgress } from '@entrepot/backup';
import type { CellId } from '@entrepot/kernel';
import { AwsEvidenceSigner, evidenceClient, readErasureJournal } from '@entrepot/privacy';
import { clustersOfStack, runtimeOf, SecretStore } from '@entrepot/stack';
import type { DescribedCell, StackPaths } from '@entrepot/stack';

const megabyte = 1_000_000;
const progressEveryMs = 1_000;

/** The login that makes backups may wrap a key and sign, and not unwrap: it cannot read what it made. */
function kmsOf(cell: DescribedCell) {
  const secrets = new SecretStore(cell.secrets);
  const access = {
    endpoint: cell.kmsEndpoint,
    awsRegion: runtimeOf(cell.region).awsRegion,
    accessKeyId: secrets.read('kms/backup.access-key-id'),
    secretAccessKey: secrets.read('kms/backup.secret-access-key'),
  };
  const client = evidenceClient(access);
  const evidenceKeyArn = secrets.read('kms/evidence-key-arn');
  const signer = new AwsEvidenceSigner(access, () => Promise.resolve(evidenceKeyArn));
  return {
    signer,
    wrapping: new WrappingKey(client, secrets.read('kms/backup-key-arn')),
    close: () => {
      client.destroy();
      signer.close();
    },
  };
}

/** One line a second at most, and one when the next cluster begins. */
function progressOf(
  cell: string,
  tell: (line: string) => void,
): (progress: BackupProgress) => void {
  let [toldAt, told] = [-Infinity, ''];
  return ({ cluster, bytes }) => {
    const now = performance.now();
    if (cluster === told && now - toldAt < progressEveryMs) return;
    [toldAt, told] = [now, cluster];
    tell(`${cell} ${cluster}: ${Math.round(bytes / megabyte)} MB read`);
  };
}

/** Backs a running cell up below a folder; answers the folder of the set. */
export async function backUpCell(
  paths: StackPaths,
  cell: DescribedCell,
  { to, tell }: { readonly to: string; readonly tell: (line: string) => void },
): Promise<string> {
  const { id } = cell;
  const { head } = await readErasureJournal({ ...paths.journalOf(id), cell: id as CellId });
  const kms = kmsOf(cell);
  try {
    const folder = await takeBackup({
      ...{ cell: id, region: cell.region, to: resolve(to), journalHead: head },
      ...{ wrapping: kms.wrapping, signer: kms.signer, onProgress: progressOf(id, tell) },
      sources: clustersOfStack(paths)
        .filter((running) => running.cell === id)
        .map(({ cluster, superuserUrl }) => ({
          ...{ cluster, superuserUrl },
          folder: join(cell.data, cluster),
        })),
    });
    tell(`${basename(folder)} is whole: ${folder}`);
    return folder;
  } finally {
    kms.close();
  }
}
