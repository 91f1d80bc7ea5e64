import { createHash } from 'node:crypto';
import type { PersonalDataExtract } from '@entrepot/kernel';
import { csvOf } from './csv.ts';
import { exportPage } from './export-page.ts';
import type { ExportPageFacts } from './export-page.ts';

export type ExportRecord = Readonly<Record<string, unknown>>;

export interface ExportSection {
  readonly section: string;
  readonly records: readonly ExportRecord[];
}

/** Values as JSON has them: instants and large numbers as text, whatever an owner hands out. */
export const plainSections = (extracts: readonly PersonalDataExtract[]): ExportSection[] =>
  extracts.map(({ section, records }) => ({
    section,
    records: records.map((record) => plain(record) as ExportRecord),
  }));

const plain = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_key, of: unknown) => (typeof of === 'bigint' ? String(of) : of)),
  );

export interface ExportFacts extends ExportPageFacts {
  readonly sections: readonly ExportSection[];
}

const namePattern = /^[a-zA-Z]{1,40}$/;

/**
 * The files of a copy by their names: a page to read, and for each section JSON to take elsewhere and CSV
 * to open in a spreadsheet. The manifest names every file with its SHA-256. Throws TypeError where two owners
 * hand out a section of one name: one would hide the other.
 */
export function exportFiles(facts: ExportFacts): ReadonlyMap<string, string> {
  const files = new Map<string, string>([['index.html', exportPage(facts)]]);
  for (const { section, records } of facts.sections) {
    if (!namePattern.test(section)) throw new TypeError(`"${section}" cannot name a file`);
    if (files.has(`json/${section}.json`))
      throw new TypeError(`two owners call a section ${section}`);
    files.set(`json/${section}.json`, `${JSON.stringify(records, undefined, 2)}\n`);
    files.set(`csv/${section}.csv`, csvOf(records));
  }
  files.set('manifest.json', `${JSON.stringify(manifestOf(facts, files), undefined, 2)}\n`);
  return files;
}

function manifestOf(
  { exportId, cell, madeAt, order, sections }: ExportFacts,
  files: ReadonlyMap<string, string>,
) {
  return {
    format: 'entrepot-export/1',
    ...{ exportId, cell, madeAt: madeAt.toISOString() },
    askedBy:
      order === undefined ? { who: 'the person' } : { who: order.staff, purpose: order.purpose },
    sections: sections.map(({ section, records }) => ({ section, records: records.length })),
    files: [...files].map(([name, text]) => ({
      name,
      sha256: createHash('sha256').update(text, 'utf8').digest('hex'),
    })),
  };
}
