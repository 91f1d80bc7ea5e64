import { StackError } from '@entrepot/stack';
import { Command } from 'commander';

import { BadCertificateError } from '../certificate/check-evidence.ts';
import { checkReports } from '../certificate/check-report.ts';
import type { CheckedReport } from '../certificate/check-report.ts';
import { readGivenFile } from '../given-file.ts';

const print = (line: string): void => void process.stdout.write(`${line}\n`);

function linesOf({ report, isTest, keyArn }: CheckedReport): string[] {
  const homes = report.people.map(({ home }) => home).join(', ');
  const finds = report.stores.flatMap((store) =>
    store.finds.map(({ label, count }) => `  FOUND ${label} ${count} times in ${store.store}`),
  );
  const dull = report.stores
    .filter(
      ({ missedControls, problems, bytes }) =>
        missedControls.length + problems.length > 0 || bytes === 0,
    )
    .map(({ store }) => `  ${store}: the scan proves nothing`);
  const bytes = report.stores.reduce((sum, store) => sum + store.bytes, 0);
  return [
    `${report.cell} at ${report.finishedAt}, revision ${report.commit}`,
    `  ${isTest ? 'TEST, signed by a key of the KMS emulator' : 'signed'}: ${keyArn}`,
    `  ${report.stores.length} stores, ${bytes} bytes, looked through for people of ${homes || 'nobody'}`,
    ...finds,
    ...dull,
    `  ${report.isClean ? 'Clean.' : 'NOT CLEAN.'}`,
  ];
}

function verifyReport(file: string, { key }: { readonly key?: readonly string[] }): void {
  try {
    const checked = checkReports(readGivenFile(file), key?.map(readGivenFile));
    for (const report of checked) for (const line of linesOf(report)) print(line);
    print('Every signature holds.');
    if (!checked.every(({ report }) => report.isClean)) process.exitCode = 1;
    if (key === undefined)
      print('Whose keys they are shows --key with those that the cells have published.');
  } catch (error) {
    if (error instanceof BadCertificateError) throw new StackError(error.message, { cause: error });
    throw error;
  }
}

export default new Command('verify-report')
  .description('check residency reports, offline; fails where one is not clean')
  .argument('<file>', 'what `prove residency --out` has written')
  .option('--key <pem...>', 'files with the public keys that the cells have published')
  .action(verifyReport);
