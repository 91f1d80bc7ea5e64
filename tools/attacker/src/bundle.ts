import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** What the folder is, by its own word. */
export const bundleFormat = 'entrepot-attack-bundle/1';

/** A login at the KMS, stolen from a process or lent by a person. */
export interface KmsLogin {
  readonly name: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface KmsAccess {
  readonly endpoint: string;
  readonly awsRegion: string;
  readonly logins: readonly KmsLogin[];
  /** ARNs of the keys that existed when the bundle was closed, those that wait for their end included. */
  readonly keys: readonly string[];
}

/** What an outsider may guess that people have typed. */
export interface Dictionary {
  readonly emails: readonly string[];
  readonly phones: readonly string[];
}

/** One row of a table as JSON gives it; bytes are written `\x` and hexadecimal digits. */
export type Row = Readonly<Record<string, unknown>>;

export interface Table {
  readonly take: string;
  /** The cluster it came from: `shop`. */
  readonly cluster: string;
  /** `schema.table`. */
  readonly name: string;
  readonly rows: readonly Row[];
}

/** Files of one store as they lay on its disk, or the readable runs in them. */
export interface ByteStore {
  readonly take: string;
  readonly name: string;
  readonly files: readonly string[];
}

export interface Bundle {
  readonly cell: string;
  readonly region: string;
  readonly kms: KmsAccess;
  readonly dictionary: Dictionary;
  readonly tables: readonly Table[];
  readonly bytes: readonly ByteStore[];
}

/** The folder holds no attack bundle that this program can read. */
export class BadBundleError extends Error {
  override readonly name = 'BadBundleError';
}

/** Reads a whole bundle; rows go into memory, bytes are read when they are searched. */
export function readBundle(folder: string): Bundle {
  const head = jsonOf(join(folder, 'bundle.json')) as Partial<Record<string, string>>;
  if (head['format'] !== bundleFormat) {
    throw new BadBundleError(`${folder} is not of the format ${bundleFormat}`);
  }
  const takes = foldersIn(join(folder, 'takes'));
  return {
    cell: head['cell'] ?? '',
    region: head['region'] ?? '',
    kms: jsonOf(join(folder, 'kms.json')) as KmsAccess,
    dictionary: jsonOf(join(folder, 'dictionary.json')) as Dictionary,
    tables: takes.flatMap((take) => tablesOf(join(folder, 'takes', take, 'rows'), take)),
    bytes: takes.flatMap((take) => storesOf(join(folder, 'takes', take, 'bytes'), take)),
  };
}

function tablesOf(folder: string, take: string): Table[] {
  return foldersIn(folder).flatMap((cluster) =>
    readdirSync(join(folder, cluster))
      .filter((file) => file.endsWith('.jsonl'))
      .map((file) => ({
        ...{ take, cluster, name: basename(file, '.jsonl') },
        rows: readFileSync(join(folder, cluster, file), 'utf8')
          .split('\n')
          .filter((line) => line !== '')
          .map((line) => JSON.parse(line) as Row),
      })),
  );
}

function storesOf(folder: string, take: string): ByteStore[] {
  return foldersIn(folder).map((name) => ({
    ...{ take, name },
    files: readdirSync(join(folder, name), { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
  }));
}

function foldersIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .toSorted();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function jsonOf(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new BadBundleError(`${file} is missing or is no JSON`, { cause });
  }
}
