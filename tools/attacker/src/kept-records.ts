import { readFileSync } from 'node:fs';
import type { Bundle, Row, Table } from './bundle.ts';
import { bytesOf, parseRecord, recordForm, recordPlace, unwrap } from './formats.ts';
import type { KeyRing } from './key-hunt.ts';

/** What is kept of somebody beyond an erasure, or for it, under a key that is nobody's own. */
export interface KeptRecord {
  readonly store: string;
  /** `schema.table.column`. */
  readonly column: string;
  /** The cohort or the request under whose key it lies. */
  readonly under: string;
  readonly value: string;
}

export interface KeptFinding {
  /** Sealed records found, each once in whatever store. */
  readonly sealed: number;
  readonly opened: readonly KeptRecord[];
}

const text = (row: Row, column: string): string => {
  const value = row[column];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
};

/** By table: what a record is bound to beside its cohort. */
const bindings: Readonly<Record<string, (row: Row) => readonly string[]>> = {
  'invoices.invoice': (row) => [
    ...['invoices.invoice.content', text(row, 'invoice_id')],
    ...[text(row, 'order_id'), text(row, 'legal_entity')],
  ],
  'privacy.retained_field': (row) => [
    ...['privacy.retained_field.content', text(row, 'field_id')],
    ...[text(row, 'request_id'), text(row, 'store'), text(row, 'field'), text(row, 'ordinal')],
  ],
};
/** By table: what of it is sealed under the key of its request. */
const placesInRequest: Readonly<Record<string, (row: Row) => string>> = {
  'privacy.request_contact': () => 'contact',
  'privacy.request_trace': () => 'trace',
  'privacy.recipient_notice': (row) => `recipient.${text(row, 'processor')}`,
};

/** Opens what lies under the keys of cohorts and of requests. */
export class KeptRecords {
  readonly #bundle: Bundle;
  readonly #ring: KeyRing;
  /** By the sealed text, where a row holds it. */
  readonly #places = new Map<string, readonly string[]>();
  readonly #sealed = new Set<string>();

  constructor(bundle: Bundle, ring: KeyRing) {
    this.#bundle = bundle;
    this.#ring = ring;
  }

  openAll(): KeptFinding {
    const rows = this.#bundle.tables.flatMap((table) =>
      table.rows.flatMap((row) => [...this.#ofCohort(table, row), ...this.#ofRequest(table, row)]),
    );
    const opened = [...rows, ...this.#inBytes()];
    return { sealed: this.#sealed.size, opened };
  }

  #ofCohort(table: Table, row: Row): KeptRecord[] {
    const place = bindings[table.name]?.(row);
    if (place === undefined) return [];
    const sealed = text(row, 'content');
    this.#places.set(sealed, place);
    return this.#open(sealed, [place], `${table.take}: ${table.cluster} rows`);
  }

  /** In files a record has no row around it: where no row holds it, every place that is known is tried. */
  #inBytes(): KeptRecord[] {
    const places = [...this.#places.values()];
    const placesOf = (sealed: string) => {
      const own = this.#places.get(sealed);
      return own === undefined ? places : [own];
    };
    return this.#bundle.bytes.flatMap(({ take, name, files }) => {
      const found = files.flatMap((file) => readFileSync(file, 'latin1').match(recordForm) ?? []);
      return [...new Set(found)].flatMap((sealed) =>
        this.#open(sealed, placesOf(sealed), `${take}: ${name}`),
      );
    });
  }

  #open(sealed: string, places: readonly (readonly string[])[], store: string): KeptRecord[] {
    const record = parseRecord(sealed);
    if (record === undefined) return [];
    this.#sealed.add(sealed);
    for (const key of this.#ring.cohortKeys.get(record.cohort) ?? []) {
      for (const place of places) {
        const at = recordPlace(this.#bundle.region, record, place);
        const value = unwrap(record.data, key, at)?.toString('utf8');
        if (value === undefined) continue;
        return [{ store, column: place[0] ?? '', under: record.cohort, value }];
      }
    }
    return [];
  }

  #ofRequest({ name, take, cluster }: Table, row: Row): KeptRecord[] {
    const place = placesInRequest[name]?.(row);
    const sealed = bytesOf(row['sealed']);
    if (place === undefined || sealed === undefined) return [];
    this.#sealed.add(sealed.toString('base64'));
    const under = text(row, 'request_id');
    for (const key of this.#ring.requestKeys.get(under) ?? []) {
      const value = unwrap(sealed, key, `sealed|${under}|${place}`)?.toString('utf8');
      if (value === undefined) continue;
      return [{ store: `${take}: ${cluster} rows`, column: `${name}.sealed`, under, value }];
    }
    return [];
  }
}
