import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { AwsEvidenceSigner, readPinnedKeys } from '@entrepot/privacy';
import { reportOf, sealReport } from '@entrepot/residency';
import type { SignedResidencyReport } from '@entrepot/residency';
import {
  repositoryRoot,
  requireRunning,
  runtimeOf,
  SecretStore,
  StackError,
  StackPaths,
} from '@entrepot/stack';
import type { DescribedCell } from '@entrepot/stack';
import { Command } from 'commander';

import { requireFolderOf } from '../given-file.ts';
import { scanCells } from '../residency/scan-cells.ts';
import type { BorderScan } from '../residency/scan-cells.ts';

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const paths = new StackPaths();

/** The revision of the source, with `+` where files differ from it; `unknown` outside of a clone. */
function revision(): string {
  const git = (...args: string[]) =>
    spawnSync('git', args, { cwd: repositoryRoot, encoding: 'utf8' }).stdout.trim();
  const commit = git('rev-parse', 'HEAD');
  if (commit === '') return 'unknown';
  return git('status', '--porcelain') === '' ? commit : `${commit}+`;
}

/** The login that may sign evidence, and no more of the keys than that. */
async function signed(
  cell: DescribedCell,
  scan: { readonly found: BorderScan; readonly startedAt: Date },
): Promise<SignedResidencyReport> {
  const of = scan.found.cells.find((one) => one.cell.id === cell.id);
  if (of === undefined) throw new StackError(`${cell.id} was not looked through.`);
  const secrets = new SecretStore(cell.secrets);
  const keys = await readPinnedKeys(paths.journalOf(cell.id).witness);
  const evidenceKeyArn = secrets.read('kms/evidence-key-arn');
  const signer = new AwsEvidenceSigner(
    {
      endpoint: cell.kmsEndpoint,
      awsRegion: runtimeOf(cell.region).awsRegion,
      accessKeyId: secrets.read('kms/backup.access-key-id'),
      secretAccessKey: secrets.read('kms/backup.secret-access-key'),
    },
    () => Promise.resolve(evidenceKeyArn),
  );
  const facts = {
    cell: cell.id,
    commit: revision(),
    startedAt: scan.startedAt.toISOString(),
    finishedAt: new Date().toISOString(),
    people: of.people.map(({ home, calls, fields }) => ({
      ...{ home, calls: calls.length, fields: [...fields] },
    })),
  };
  try {
    return await sealReport(reportOf(facts, [...of.scans, ...scan.found.shared]), {
      signer,
      publicKeyOf: (keyArn) => {
        const key = keys.get(keyArn);
        if (key !== undefined) return key;
        throw new StackError(`${cell.id} has not published the key ${keyArn}.`);
      },
    });
  } finally {
    signer.close();
  }
}

async function proveResidency({ out }: { readonly out?: string }): Promise<void> {
  if (out !== undefined) requireFolderOf(out);
  const { cells, cellsFile } = requireRunning(paths);
  const startedAt = new Date();
  const found = await scanCells({ paths, cells, cellsFile, tell: print });
  const { bytes, cpuSeconds } = found.pace;
  const megabytes = bytes / 1e6;
  print(
    `${megabytes.toFixed(0)} MB looked through, ${(megabytes / cpuSeconds).toFixed(0)} MB a second and core`,
  );
  const reports: SignedResidencyReport[] = [];
  for (const cell of cells) reports.push(await signed(cell, { found, startedAt }));
  if (out !== undefined) {
    writeFileSync(resolve(out), `${JSON.stringify(reports, undefined, 2)}\n`);
    print(`Written: ${resolve(out)}`);
  }
  for (const { report } of reports) {
    print(
      `${report.cell}: ${report.stores.length} stores, ${report.isClean ? 'clean' : 'NOT CLEAN'}`,
    );
  }
  if (reports.some(({ report }) => !report.isClean)) process.exitCode = 1;
}

export default new Command('prove')
  .description('show what the running cells promise, and sign what was found')
  .addCommand(
    new Command('residency')
      .description('look for the people of each cell in everything of all others; a signed report')
      .option('--out <file>', 'where the reports go, JSON')
      .action(proveResidency),
  );
