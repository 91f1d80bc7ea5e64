import { Injectable } from '@nestjs/common';
import { CatalogDatabase, statement } from '@entrepot/platform-database';

import { CatalogPulse } from '../application/catalog-pulse.ts';

const beat = statement(
  'catalog.beat',
  `INSERT INTO catalog.heartbeat AS h (leader_cell, sequence, beat_at)
   VALUES ($1, 1, clock_timestamp())
   ON CONFLICT (leader_cell) DO UPDATE
     SET sequence = h.sequence + 1, beat_at = excluded.beat_at`,
);
const findAge = statement(
  'catalog.find_age',
  `SELECT extract(epoch FROM clock_timestamp() - max(beat_at))::float8 * 1000 AS "ageMs"
     FROM catalog.heartbeat`,
);
const findSchemaVersion = statement(
  'catalog.find_schema_version',
  'SELECT catalog_local.migrated_schema_version() AS version',
);
const recordSchemaVersion = statement(
  'catalog.record_schema_version',
  `INSERT INTO catalog_local.cell_schema_version (cell, version, seen_at)
   VALUES ($1, $2, clock_timestamp())
   ON CONFLICT (cell) DO UPDATE SET version = excluded.version, seen_at = excluded.seen_at`,
);
const publishSchema = statement(
  'catalog.publish_schema',
  `INSERT INTO catalog.published_schema (only_row, version)
   SELECT true, min(version) FROM catalog_local.cell_schema_version HAVING count(*) > 0
   ON CONFLICT (only_row) DO UPDATE SET version = excluded.version
   RETURNING version`,
);

@Injectable()
export class SqlCatalogPulse extends CatalogPulse {
  constructor(private readonly database: CatalogDatabase) {
    super();
  }

  async beat(leaderCell: string): Promise<void> {
    await this.database.execute(beat, [leaderCell]);
  }

  async ageMs(): Promise<number | undefined> {
    const [row] = await this.database.query<{ ageMs: number | null }>(findAge);
    return row?.ageMs ?? undefined;
  }

  async schemaVersion(): Promise<number> {
    const [row] = await this.database.query<{ version: number }>(findSchemaVersion);
    if (row === undefined) throw new TypeError('the catalog has no schema version');
    return row.version;
  }

  async recordSchemaVersion(cell: string, version: number): Promise<void> {
    await this.database.execute(recordSchemaVersion, [cell, version]);
  }

  async publishSchema(): Promise<number> {
    const [row] = await this.database.query<{ version: number }>(publishSchema);
    if (row === undefined) throw new TypeError('no cell has told its schema version');
    return row.version;
  }
}
