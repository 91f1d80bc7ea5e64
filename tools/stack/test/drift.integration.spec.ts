import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, describe, expect, it } from '@jest/globals';
import { testDatabase, testFolder } from '@entrepot/testing';
import type { TestDatabase } from '@entrepot/testing';

import {
  clusterFolder,
  findLiveDrift,
  findSchemaDrift,
  withClient,
  withScratchServer,
} from '../src/index.ts';
import type { ClusterName } from '../src/index.ts';
import { ensureScratchRoles } from './scratch-roles.ts';

describe('the drift check', () => {
  const opened: TestDatabase<ClusterName>[] = [];
  const driftAfter = async (cluster: ClusterName, ...statements: string[]) => {
    const database = await testDatabase(cluster);
    opened.push(database);
    const url = database.urlFor('superuser');
    await withClient(url, async (client) => {
      for (const statement of statements) await client.query(statement);
    });
    return findLiveDrift(cluster, url);
  };
  afterEach(async () => {
    for (const database of opened.splice(0)) await database.drop();
  });

  it.each(['catalog', 'shop', 'vault'] as const)(
    'finds %s as it was committed',
    async (cluster) => {
      expect(await driftAfter(cluster)).toEqual([]);
    },
  );

  it('sees a grant that no owner wrote, on a table, a column or to everybody', async () => {
    expect(
      await driftAfter(
        'vault',
        'GRANT DELETE ON cell.identity TO vault_api',
        'GRANT UPDATE (cell) ON cell.identity TO vault_border',
        'GRANT SELECT ON cell.identity TO PUBLIC',
      ),
    ).toEqual([
      '+ grants: "GRANT DELETE ON TABLE cell.identity TO vault_api"',
      '+ grants: "GRANT SELECT ON TABLE cell.identity TO PUBLIC"',
      '+ grants: "GRANT UPDATE ON COLUMN cell.identity.cell TO vault_border"',
    ]);
  });

  it('sees a right that was taken away', async () => {
    expect(await driftAfter('shop', 'REVOKE SELECT ON cell.identity FROM shop_api')).toEqual([
      '- grants: "GRANT SELECT ON TABLE cell.identity TO shop_api"',
    ]);
  });

  it('sees a column, a table and a check that nobody declared or somebody dropped', async () => {
    const differences = await driftAfter(
      'shop',
      'ALTER TABLE cell.identity ADD COLUMN x1 text',
      'CREATE TABLE cell.planted (id int)',
      'ALTER TABLE cell.identity DROP CONSTRAINT identity_is_one_row',
    );
    expect(differences).toEqual(
      expect.arrayContaining([
        '- constraints › cell.identity.identity_is_one_row: "CHECK (only_row)"',
        '+ columns › cell.identity › x1 › type: "text"',
        '+ columns › cell.planted › id › type: "integer"',
      ]),
    );
  });

  it('sees a function of another text, a sleeping trigger and a wider publication', async () => {
    const differences = await driftAfter(
      'catalog',
      `CREATE OR REPLACE FUNCTION catalog_local.migrated_schema_version() RETURNS int
         LANGUAGE sql IMMUTABLE SET search_path = '' RETURN 999`,
      'ALTER TABLE catalog.product DISABLE TRIGGER mark_dirty',
      'ALTER PUBLICATION entrepot_catalog ADD TABLE cell.identity',
    );
    const about = (word: string) => differences.filter((line) => line.includes(word));
    expect(about('functions › catalog_local.migrated_schema_version()')).toHaveLength(2);
    expect(about('triggers › catalog.product.mark_dirty')).toHaveLength(2);
    expect(about('publications › entrepot_catalog › cell.identity')).toHaveLength(1);
  });

  it('sees a role that may more than was declared', async () => {
    // a role belongs to the whole server: take one of this spec's own
    expect(await driftAfter('vault', 'CREATE ROLE vault_planted SUPERUSER')).toEqual([
      '+ roles › vault_planted: "SUPERUSER"',
    ]);
    await withClient((await testDatabase('vault')).urlFor('superuser'), (client) =>
      client.query('DROP ROLE vault_planted'),
    );
  });

  it('sees a column in the Prisma schema that no migration makes', async () => {
    const folder = join(testFolder('schema-drift'), 'schema');
    cpSync(join(clusterFolder('vault'), 'schema'), folder, { recursive: true });
    const file = join(folder, 'cell.prisma');
    const planted = readFileSync(file, 'utf8').replace('  region ', '  x1 String?\n  region ');
    writeFileSync(file, planted);
    const differences = await withScratchServer(['vault'], async (server) => {
      // the shadow database runs the migrations, whose grants name the roles
      await ensureScratchRoles(server, 'vault');
      return [
        await findSchemaDrift(server, 'vault'),
        await findSchemaDrift(server, 'vault', folder),
      ];
    });
    expect(differences[0]).toEqual([]);
    expect(differences[1]?.join()).toContain('ADD COLUMN "x1" TEXT');
  });
});
