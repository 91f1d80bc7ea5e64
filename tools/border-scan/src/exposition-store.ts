import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FolderStore } from './folder-store.ts';
import type { FileGroup, ScannedStore } from './store-scan.ts';

const fetchTimeoutMs = 5_000;

export interface ExpositionStoreOptions {
  readonly name: string;
  /** Addresses that are read as they are, by the name of whoever answers. */
  readonly urls: Readonly<Record<string, string>>;
  /** Where the answers lie while they are looked through; made, and removed again. */
  readonly folder: string;
}

/** What processes tell a collector that asks, such as their metrics: nothing on disk until somebody fetches it. */
export class ExpositionStore implements ScannedStore {
  readonly name: string;
  readonly #options: ExpositionStoreOptions;
  readonly #folder: FolderStore;
  #silent: string[] = [];

  constructor(options: ExpositionStoreOptions) {
    this.name = options.name;
    this.#options = options;
    this.#folder = new FolderStore(options);
  }

  async plant(values: readonly Buffer[]): Promise<void> {
    const { urls, folder } = this.#options;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    await this.#folder.plant(values);
    this.#silent = [];
    for (const [process, url] of Object.entries(urls)) {
      const answer = await fetch(url, { signal: AbortSignal.timeout(fetchTimeoutMs) });
      const text = await answer.text();
      if (!answer.ok || text === '') this.#silent.push(process);
      writeFileSync(join(folder, `${process}.txt`), text, { mode: 0o600 });
    }
  }

  groups(): Promise<readonly FileGroup[]> {
    return this.#folder.groups();
  }

  problems(): Promise<string[]> {
    return Promise.resolve(this.#silent.map((process) => `${process} told nothing`));
  }

  remove(): Promise<void> {
    rmSync(this.#options.folder, { recursive: true, force: true });
    return Promise.resolve();
  }
}
