import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { MappedTable } from '@entrepot/flow-rights';
import { repositoryRoot } from '@entrepot/stack';

/** A personal column as the pages show it. */
export interface PersonalField {
  readonly table: string;
  readonly column: string;
  readonly kind: string;
  readonly purpose: string;
  readonly retention: string;
}

/** The data map as it is committed; a spec holds it against the databases. */
export function readDataMap(): readonly MappedTable[] {
  const file = join(repositoryRoot, 'docs', 'reference', 'data-map.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { tables: readonly MappedTable[] }).tables;
}

interface PersonalClass {
  readonly kind: string;
  readonly category: string;
  readonly purpose: string;
  readonly retention: string;
}

export const personalFields = (tables: readonly MappedTable[]): PersonalField[] =>
  tables.flatMap(({ table, columns }) =>
    columns.flatMap((column) => {
      if (column.class?.kind !== 'personal') return [];
      const { category: kind, purpose, retention } = column.class as PersonalClass;
      return [{ table, column: column.name, kind, purpose, retention }];
    }),
  );
