import { describe, expect, it } from '@jest/globals';

import { clusterNames, readStoredCatalogue } from '@entrepot/stack';

import { classifyClusters, generatedFiles, staleGeneratedFiles } from './generated-files.ts';

const catalogues = clusterNames.flatMap((cluster) => {
  const catalogue = readStoredCatalogue(cluster);
  return catalogue === undefined ? [] : [{ cluster, catalogue }];
});

describe('the committed databases', () => {
  it('T40 have a class for every table and column', () => {
    expect(catalogues).toHaveLength(clusterNames.length);
    expect(classifyClusters(catalogues).problems).toEqual([]);
  });

  it('have the row types and the data map that follow from them', () => {
    const files = generatedFiles(classifyClusters(catalogues).tables);
    expect(staleGeneratedFiles(files)).toEqual([]);
  });

  it('keep nothing about a person in the catalog', () => {
    const { tables } = classifyClusters(catalogues.filter(({ cluster }) => cluster === 'catalog'));
    expect(tables.length).toBeGreaterThan(0);
    expect(tables.filter(({ subject }) => subject !== undefined)).toEqual([]);
  });
});

describe('a generated module', () => {
  it('types rows as the driver delivers them and lists the personal columns', () => {
    const [file] = generatedFiles([
      {
        cluster: 'shop',
        table: 'identity.address',
        model: 'Address',
        subject: 'subject_id',
        columns: [
          { name: 'subject_id', type: 'text', notNull: true, class: undefined, values: undefined },
          { name: 'kind', type: 'text', notNull: true, class: undefined, values: ['home', 'work'] },
          { name: 'version', type: 'bigint', notNull: false, class: undefined, values: undefined },
          {
            name: 'street',
            type: 'text',
            notNull: true,
            class: { kind: 'personal', category: 'contact', purpose: 'delivery', retention: '1 y' },
            values: undefined,
          },
        ],
      },
    ]);
    expect(file?.path).toBe('libs/identity/src/adapters/generated/identity.ts');
    expect(file?.text).toContain(`  readonly kind: 'home' | 'work';`);
    expect(file?.text).toContain('  readonly version: bigint | null;');
    expect(file?.text).toContain(`    column: 'identity.address.street',`);
    expect(file?.text).toContain(`    subject: 'subject_id',`);
  });
});
