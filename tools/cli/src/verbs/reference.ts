import { privacyTestsPage } from '@entrepot/drills';
import { errorReference, staleGeneratedFiles, writeGeneratedFiles } from '@entrepot/guards';
import { Command } from 'commander';

export default new Command('reference')
  .description('rewrite the pages of the reference that follow from the code')
  .action(() => {
    const files = [errorReference(), privacyTestsPage()];
    const stale = new Set(staleGeneratedFiles(files));
    writeGeneratedFiles(files);
    for (const { path } of files) {
      process.stdout.write(`${path}: ${stale.has(path) ? 'rewritten' : 'unchanged'}\n`);
    }
  });
