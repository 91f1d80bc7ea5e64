/** The leader's heartbeat row and the schema versions: how far behind a follower is, and may be. */
export abstract class CatalogPulse {
  abstract beat(leaderCell: string): Promise<void>;
  /** Milliseconds since the last beat that has arrived here; undefined before the first. */
  abstract ageMs(): Promise<number | undefined>;
  /** The catalog schema version this cell's database has been migrated to. */
  abstract schemaVersion(): Promise<number>;
  /** Notes what a cell has said its schema version is; the leader publishes nothing above the least. */
  abstract recordSchemaVersion(cell: string, version: number): Promise<void>;
  /** Raises the published version to the least of all cells; only the leader does. */
  abstract publishSchema(): Promise<number>;
}
