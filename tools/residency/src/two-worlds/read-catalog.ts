import pg from 'pg';
import type { Crossing } from './crossing.ts';

const slot = 'two_worlds';
const publication = 'entrepot_catalog';

/** Reads what the leader sends its followers: the same plug-in, the same publication, a slot of its own. */
export class CatalogStream {
  private readonly client: pg.Client;

  constructor(
    private readonly cell: string,
    url: string,
  ) {
    this.client = new pg.Client({ connectionString: url });
  }

  /** From here on the leader keeps what it would send; the slot lives as long as the connection. */
  async begin(): Promise<void> {
    await this.client.connect();
    await this.client.query(
      `SELECT pg_create_logical_replication_slot('${slot}', 'pgoutput', true)`,
    );
  }

  /** Ends the stream. */
  async read(): Promise<Crossing[]> {
    const { rows } = await this.client.query<{ data: Buffer }>(
      `SELECT data FROM pg_logical_slot_get_binary_changes('${slot}', NULL, NULL,
         'proto_version', '1', 'publication_names', '${publication}')`,
    );
    await this.client.end();
    return crossingsIn(
      this.cell,
      rows.map(({ data }) => data),
    );
  }
}

interface Relation {
  readonly name: string;
  readonly columns: readonly string[];
}

/**
 * Messages of pgoutput, protocol 1 (PostgreSQL, "Logical Replication Message Formats"). Begin and commit hold positions,
 * a transaction's number and its instant, which are nonces as a whole; a row is told by table and columns.
 */
export function crossingsIn(cell: string, messages: readonly Buffer[]): Crossing[] {
  const relations = new Map<number, Relation>();
  return messages.flatMap((message) => {
    const kind = String.fromCharCode(message[0] ?? 0);
    const reader = new Reader(message, 1);
    if (kind === 'R') relations.set(reader.int32(), reader.relation());
    if (kind !== 'I' && kind !== 'U' && kind !== 'D') return [];
    const relation = relations.get(reader.int32());
    if (relation === undefined) throw new RangeError('a row of an unknown table');
    const body = JSON.stringify({ kind, ...reader.tuples(relation) });
    return [
      { channel: 'catalog' as const, place: `${cell} ${relation.name}`, key: '', head: {}, body },
    ];
  });
}

class Reader {
  constructor(
    private readonly bytes: Buffer,
    private at: number,
  ) {}

  int32(): number {
    this.at += 4;
    return this.bytes.readInt32BE(this.at - 4);
  }

  relation(): Relation {
    const name = `${this.text()}.${this.text()}`;
    this.at += 1;
    const columns = Array.from({ length: this.int16() }, () => {
      this.at += 1;
      const column = this.text();
      this.at += 8;
      return column;
    });
    return { name, columns };
  }

  /** The new row's columns by name; of an old row its key under `old`. */
  tuples({ columns }: Relation): Record<string, unknown> {
    const told: Record<string, unknown> = {};
    while (this.at < this.bytes.length) {
      const mark = String.fromCharCode(this.bytes[this.at] ?? 0);
      this.at += 1;
      const row = this.tuple(columns);
      Object.assign(told, mark === 'N' ? row : { old: row });
    }
    return told;
  }

  private tuple(columns: readonly string[]): Record<string, string | null> {
    const count = this.int16();
    const row: Record<string, string | null> = {};
    for (let index = 0; index < count; index += 1) {
      const mark = String.fromCharCode(this.bytes[this.at] ?? 0);
      this.at += 1;
      row[columns[index] ?? `column ${index}`] = mark === 't' ? this.sized() : null;
    }
    return row;
  }

  private sized(): string {
    const length = this.int32();
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at).toString();
  }

  private int16(): number {
    this.at += 2;
    return this.bytes.readInt16BE(this.at - 2);
  }

  private text(): string {
    const end = this.bytes.indexOf(0, this.at);
    const text = this.bytes.subarray(this.at, end).toString();
    this.at = end + 1;
    return text;
  }
}
