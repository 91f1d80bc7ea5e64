import { privacyTestsPage } from '@entrepot/drills';
import {
  errorReference,
  lawPages,
  loadRegions,
  pagesDay,
  readDataMap,
  staleGeneratedFiles,
  writeGeneratedFiles,
} from '@entrepot/guards';
import { Command } from 'commander';

export default new Command('reference')
  .description('rewrite the pages of the reference that follow from the code')
  .action(async () => {
    const files = [
      errorReference(),
      privacyTestsPage(),
      ...lawPages(readDataMap(), await loadRegions(), pagesDay),
    ];
    const stale = new Set(staleGeneratedFiles(files));
    writeGeneratedFiles(files);
    for (const { path } of files) {
      process.stdout.write(`${path}: ${stale.has(path) ? 'rewritten' : 'unchanged'}\n`);
    }
  });
