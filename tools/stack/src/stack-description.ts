import { readFileSync, renameSync, writeFileSync } from 'node:fs';

import type { KeyDriver } from './native/key-driver-mark.ts';
import { StackError } from './stack-error.ts';

export interface DemoShopper {
  readonly cell: string;
  readonly email: string;
  readonly password: string;
  readonly country: string;
}

export interface DemoStaff {
  readonly cell: string;
  readonly login: string;
  readonly password: string;
  readonly roles: readonly string[];
  /** Their passkey in software, for `SoftwareAuthenticator`: a file of mode 0600. */
  readonly passkeyFile: string;
}

export interface DescribedCell {
  readonly id: string;
  readonly region: string;
  readonly origin: string;
  readonly apiOrigins: readonly string[];
  /** The cells as this one sees them: the doors of the others are the links that it alone may use. */
  readonly cellsFile: string;
  /** Of the first API process; every process is in `metricsOrigins`. */
  readonly metricsOrigin: string;
  readonly metricsOrigins: Readonly<Record<string, string>>;
  /** By cluster, standbys included: `shop`, `shop-standby`. */
  readonly databasePorts: Readonly<Record<string, number>>;
  readonly redisPort: number;
  readonly kafkaBrokers: string;
  readonly kmsEndpoint: string;
  /** The mail sandbox: erasure requests, and letters for whoever has the secret. */
  readonly mailOrigin: string;
  readonly mailAdminSecretFile: string;
  /** The folder of the cell's logs, one file per service. */
  readonly logs: string;
  /** The folder of everything the cell stores. */
  readonly data: string;
  /** The folder of the cell's secrets, a file each. */
  readonly secrets: string;
}

/** What runs and how to reach it: `.entrepot/stack.json`, mode 0600, for people, drills and tests. */
export interface StackDescription {
  readonly supervisorPid: number;
  readonly startedAt: string;
  /** By what the keys of people are kept, in every cell. */
  readonly keyDriver: KeyDriver;
  readonly controlOrigin: string;
  readonly controlSecretFile: string;
  readonly cellsFile: string;
  readonly pspOrigin: string;
  readonly pspAdminSecretFile: string;
  readonly cells: readonly DescribedCell[];
  readonly shoppers: readonly DemoShopper[];
  readonly staff: readonly DemoStaff[];
}

/** Undefined when no stack was ever started here. */
export function readDescription(file: string): StackDescription | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as StackDescription;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** For verbs that need a stack; says how to get one. */
export function requireDescription(file: string): StackDescription {
  const description = readDescription(file);
  if (description === undefined) {
    throw new StackError('No stack was started here; `npm start -- --detach` starts one.');
  }
  return description;
}

export function writeDescription(file: string, description: StackDescription): void {
  const text = `${JSON.stringify(description, undefined, 2)}\n`;
  writeFileSync(`${file}.new`, text, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
