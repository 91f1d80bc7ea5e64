import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesBelow } from './scan-files.ts';
import type { FileGroup, ScannedStore } from './store-scan.ts';

const controlFile = 'border-scan-control.bin';

/** A folder that processes write to as it comes: logs, the KMS emulator's keys, a provider's books. */
export class FolderStore implements ScannedStore {
  readonly name: string;
  readonly #folder: string;

  constructor({ name, folder }: { name: string; folder: string }) {
    this.name = name;
    this.#folder = folder;
  }

  plant(values: readonly Buffer[]): Promise<void> {
    writeFileSync(join(this.#folder, controlFile), Buffer.concat(values), { mode: 0o600 });
    return Promise.resolve();
  }

  groups(): Promise<readonly FileGroup[]> {
    return Promise.resolve([{ name: 'files', files: filesBelow(this.#folder) }]);
  }

  problems(): Promise<string[]> {
    const packed = filesBelow(this.#folder).filter((file) => /\.(gz|zst|lz4|bz2)$/.test(file));
    return Promise.resolve(packed.map((file) => `${file} is compressed`));
  }

  remove(): Promise<void> {
    rmSync(join(this.#folder, controlFile), { force: true });
    return Promise.resolve();
  }
}
