import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { textsIn, typedFields } from './typed-texts.ts';

interface MappedTable {
  readonly cluster: string;
  readonly table: string;
  readonly columns: readonly {
    readonly name: string;
    readonly class?: { readonly kind: string; readonly category?: string };
  }[];
}

/** What is made of what somebody typed, or for them, and what they never typed as it is stored. */
const notTyped: ReadonlySet<string> = new Set(['credential', 'copy', 'digest of the request']);

describe('the texts that a scan looks for', () => {
  it('are all that the data map calls personal, but for what nobody typed', () => {
    const file = new URL('../../../../../docs/reference/data-map.json', import.meta.url);
    const { tables } = JSON.parse(readFileSync(file, 'utf8')) as { tables: MappedTable[] };
    const personal = tables
      .filter(({ cluster }) => cluster === 'shop')
      .flatMap(({ table, columns }) =>
        columns
          .filter((of) => of.class?.kind === 'personal' && !notTyped.has(of.class.category ?? ''))
          .map(({ name }) => `${table}.${name}`),
      );
    const looked = typedFields.flatMap(({ store, fields }) =>
      fields.map((field) => `${store}.${field}`),
    );
    expect(looked.toSorted()).toEqual(personal.toSorted());
  });

  it('are the lines of an address, but not what many people share', () => {
    const stored = JSON.stringify({ recipient: 'A B', line1: 'Somewhere 1', city: 'Pune', n: 1 });
    expect(textsIn('f', stored)).toEqual([
      { field: 'f', text: 'A B' },
      { field: 'f', text: 'Somewhere 1' },
    ]);
  });

  it('are a name as it was typed, whatever it begins with', () => {
    expect(textsIn('f', '{ Bracy')).toEqual([{ field: 'f', text: '{ Bracy' }]);
  });
});
