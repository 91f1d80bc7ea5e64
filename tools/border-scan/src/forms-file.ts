import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { formsOf } from '@entrepot/privacy';
import type { Needle } from './needle-matcher.ts';

/** Random texts of people who do not exist, by the field each was typed into. */
export type Canaries = Readonly<Record<string, string>>;

/**
 * Writes what the scanner of another cell is told: forms to look for under opaque names. It gets no
 * connection to the home of those people.
 */
export function writeForms(file: string, cell: string, canaries: Canaries): void {
  const lines = needlesOf(cell, canaries).map(
    ({ label, bytes }) => `${label} ${bytes.toString('hex')}\n`,
  );
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, lines.join(''), { mode: 0o600 });
}

export function readForms(file: string): Needle[] {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  return lines.map((line) => {
    const [label = '', hex = ''] = line.split(' ');
    return { label, bytes: Buffer.from(hex, 'hex') };
  });
}

/** Labels are `<owner>/<field>/<form>`. */
export const needlesOf = (owner: string, canaries: Canaries): Needle[] =>
  Object.entries(canaries).flatMap(([field, text]) =>
    formsOf(text).map(({ form, bytes }) => ({ label: `${owner}/${field}/${form}`, bytes })),
  );
