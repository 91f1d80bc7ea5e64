import type { FileFind } from './scan-files.ts';

/** What a plan to look through one store comes to. */
export interface StoreScan {
  readonly store: string;
  readonly bytes: number;
  /** Canaries of another cell's people that were found: there must be none. */
  readonly finds: readonly FileFind[];
  /** Forms of the planted control that were looked for and those that were not found. */
  readonly controls: number;
  readonly missedControls: readonly string[];
  /** Why the scan of this store proves nothing, such as compression that is on. */
  readonly problems: readonly string[];
}

/** A store that can be made to hold a control, and the files in which it then must be. */
export interface ScannedStore {
  readonly name: string;
  /** Writes each value into the store, and out of its memory into its files. */
  plant(values: readonly Buffer[]): Promise<void>;
  /** Files to scan, grouped by what must each hold the whole control: a heap, a log. */
  groups(): Promise<readonly FileGroup[]>;
  /** Problems that make a scan of the files worthless. */
  problems(): Promise<readonly string[]>;
  remove(): Promise<void>;
}

export interface FileGroup {
  readonly name: string;
  readonly files: readonly string[];
}
