import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { repositoryRoot } from '@entrepot/stack';

/**
 * Runs work beside services of its own, which are those of a run of tests: real servers that are started
 * when first asked for and gone at the end.
 */
export async function withOwnServices<T>(work: () => Promise<T>): Promise<T> {
  await runOf('global-setup.mjs');
  try {
    return await work();
  } finally {
    await runOf('global-teardown.mjs');
  }
}

async function runOf(file: string): Promise<void> {
  const url = pathToFileURL(join(repositoryRoot, 'libs/testing/jest', file)).href;
  const { default: run } = (await import(url)) as { readonly default: () => Promise<void> };
  await run();
}
