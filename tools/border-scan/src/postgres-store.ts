import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { filesBelow } from './scan-files.ts';
import type { FileGroup, ScannedStore } from './store-scan.ts';

export interface PostgresPlace {
  readonly name: string;
  /** A superuser's URL without a database. */
  readonly url: string;
  readonly folder: string;
}

export interface PostgresStoreOptions extends PostgresPlace {
  readonly standby?: PostgresPlace;
}

const database = 'border_scan_control';
const replayPauseMs = 1_500;

/** A cluster and its standby: heap and log of each. The control has a database of its own. */
export class PostgresStore implements ScannedStore {
  readonly name: string;
  readonly #places: readonly PostgresPlace[];
  readonly #primary: PostgresPlace;

  constructor(options: PostgresStoreOptions) {
    this.name = options.name;
    this.#primary = options;
    this.#places = options.standby === undefined ? [options] : [options, options.standby];
  }

  async plant(values: readonly Buffer[]): Promise<void> {
    await this.remove();
    await this.#on(this.#primary, 'postgres', [`CREATE DATABASE ${database}`]);
    await withClient(`${this.#primary.url}/${database}`, async (client) => {
      await client.query('CREATE TABLE control (id int, content bytea)');
      // out of line and as it is: what the scan must be able to see
      await client.query('ALTER TABLE control ALTER content SET STORAGE EXTERNAL');
      for (const [id, value] of values.entries()) {
        await client.query('INSERT INTO control VALUES ($1, $2)', [id, value]);
      }
    });
    await this.#on(this.#primary, 'postgres', ['CHECKPOINT']);
    await delay(replayPauseMs);
    for (const place of this.#places) await this.#on(place, 'postgres', ['CHECKPOINT']);
  }

  groups(): Promise<readonly FileGroup[]> {
    return Promise.resolve(
      this.#places.flatMap(({ folder }, index) => {
        const files = filesBelow(folder);
        const isLog = (file: string) => file.includes('/pg_wal/');
        const where = index === 0 ? '' : 'standby ';
        return [
          { name: `${where}files`, files: files.filter((file) => !isLog(file)) },
          { name: `${where}WAL`, files: files.filter(isLog) },
        ];
      }),
    );
  }

  async problems(): Promise<string[]> {
    return withClient(`${this.#primary.url}/postgres`, async (client) => {
      const { rows } = await client.query<{ wal_compression: string }>('SHOW wal_compression');
      return rows[0]?.wal_compression === 'off' ? [] : ['wal_compression is on'];
    });
  }

  async remove(): Promise<void> {
    await this.#on(this.#primary, 'postgres', [`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`]);
  }

  async #on(place: PostgresPlace, name: string, statements: readonly string[]): Promise<void> {
    await withClient(`${place.url}/${name}`, async (client) => {
      for (const text of statements) await client.query(text);
    });
  }
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
