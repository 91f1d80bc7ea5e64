import { CreateKeyCommand } from '@aws-sdk/client-kms';
import type { CreateKeyCommandInput, KMSClient } from '@aws-sdk/client-kms';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { CellId } from '@entrepot/kernel';
import {
  AwsEvidenceSigner,
  evidenceClient,
  openErasureJournal,
  readErasureJournal,
} from '@entrepot/privacy';
import {
  newPasswords,
  readClusterRoles,
  StackPaths,
  startPostgres,
  accessOf,
  deployCluster,
} from '@entrepot/stack';
import type { RunningPostgres } from '@entrepot/stack';
import { recordTestProcess, testFolder, testKms } from '@entrepot/testing';
import type { KmsPrincipal, TestKms } from '@entrepot/testing';
import { takeBackup, WrappingKey } from '../src/index.ts';

export const clusters = ['shop', 'vault'] as const;
export type PersonalCluster = (typeof clusters)[number];

export interface CellKeys {
  readonly evidence: string;
  readonly backup: string;
}

/** The two databases of a cell that hold people's data, its KMS, and the journal of its eraser. */
export class BackedUpCell {
  readonly cell = 'in-1' as CellId;
  readonly paths: StackPaths;
  readonly backups: string;
  readonly #servers = new Map<PersonalCluster, RunningPostgres>();

  private constructor(
    readonly kms: TestKms,
    readonly keys: CellKeys,
    folder: string,
  ) {
    this.paths = new StackPaths(join(folder, 'home'));
    this.backups = join(folder, 'backups');
  }

  static async start(): Promise<BackedUpCell> {
    const kms = await testKms({ cell: 'in-1' });
    const admin = kmsClient(kms, 'administrator');
    const make = async (input: CreateKeyCommandInput) =>
      (await admin.send(new CreateKeyCommand(input))).KeyMetadata?.Arn ?? '';
    const keys = {
      evidence: await make({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' }),
      backup: await make({}),
    };
    const started = new BackedUpCell(kms, keys, testFolder('backup'));
    mkdirSync(started.paths.dataOf('in-1', ''), { recursive: true });
    await started.startServers();
    for (const cluster of clusters) {
      await deployCluster({
        cluster,
        superuserUrl: started.server(cluster).urlFor('postgres'),
        passwords: newPasswords(cluster, { isLeader: true }),
        isLeader: true,
        identity: { cell: 'in-1', region: 'in' },
      });
    }
    return started;
  }

  async startServers(): Promise<void> {
    for (const cluster of clusters) {
      const server = await startPostgres({
        name: `in-1 ${cluster}`,
        folder: this.paths.dataOf('in-1', cluster),
        superuser: readClusterRoles(cluster).superuser,
        access: accessOf(cluster, { isLeader: true }),
      });
      recordTestProcess(server);
      this.#servers.set(cluster, server);
    }
  }

  async stopServers(): Promise<void> {
    for (const server of this.#servers.values()) await server.stop();
    this.#servers.clear();
  }

  server(cluster: PersonalCluster): RunningPostgres {
    const server = this.#servers.get(cluster);
    if (server === undefined) throw new RangeError(`${cluster} does not run`);
    return server;
  }

  /** As superuser; with the rights of a role where one is named. */
  urlOf(cluster: PersonalCluster, role?: string): string {
    const url = new URL(this.server(cluster).urlFor(cluster));
    if (role !== undefined) url.searchParams.set('options', `-c role=${role}`);
    return String(url);
  }

  openJournal() {
    return openErasureJournal({
      cell: this.cell,
      places: this.paths.journalOf('in-1'),
      kms: this.kms.accessFor('eraser'),
      signingKeyArn: this.keys.evidence,
    });
  }

  async backUp(onProgress: () => void = () => undefined): Promise<string> {
    const client = kmsClient(this.kms, 'administrator');
    const { head } = await readErasureJournal({
      ...this.paths.journalOf('in-1'),
      cell: this.cell,
    });
    return takeBackup({
      ...{ cell: 'in-1', region: 'in', to: this.backups, journalHead: head, onProgress },
      wrapping: new WrappingKey(client, this.keys.backup),
      signer: evidenceSigner(this),
      sources: clusters.map((cluster) => ({
        cluster,
        folder: this.paths.dataOf('in-1', cluster),
        superuserUrl: this.server(cluster).urlFor(cluster),
      })),
    });
  }
}

/** Nobody closes it: its sockets end with the process. */
export const evidenceSigner = ({ kms, keys }: BackedUpCell): AwsEvidenceSigner =>
  new AwsEvidenceSigner(kms.accessFor('administrator'), () => Promise.resolve(keys.evidence));

export const kmsClient = (kms: TestKms, principal: KmsPrincipal): KMSClient =>
  evidenceClient(kms.accessFor(principal));
