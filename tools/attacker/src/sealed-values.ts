import { readFileSync } from 'node:fs';
import type { Bundle, ByteStore, Row, Table } from './bundle.ts';
import type { Place } from './formats.ts';
import { columnKey, openSealed, parseSealed, sealedForm, sealedStart } from './formats.ts';
import type { KeyRing } from './key-hunt.ts';

/** A sealed value and where it may belong: in a row that is known, in the bytes of a file that is not. */
interface FoundValue {
  readonly text: string;
  readonly places: readonly Place[];
}

export interface OpenedValue {
  readonly store: string;
  readonly subject: string;
  readonly place: Place;
  readonly value: string;
}

type Opened = Omit<OpenedValue, 'store'>;

export interface StoreFinding {
  readonly store: string;
  /** Sealed values found, each once per store. */
  readonly sealed: number;
  readonly opened: readonly OpenedValue[];
}

const rowIdCharactersMax = 80;

/** Tries each key of the ring on each value, in every place where the value may belong. */
export class SealedValues {
  readonly #bundle: Bundle;
  readonly #ring: KeyRing;
  /** Of each subject, wherever a row of theirs was met: for values whose own row nobody knows. */
  readonly #places = new Map<string, Map<string, Place>>();
  readonly #opened = new Map<string, Opened>();
  readonly #columnKeys = new Map<Buffer, Map<string, Buffer>>();

  constructor(bundle: Bundle, ring: KeyRing) {
    this.#bundle = bundle;
    this.#ring = ring;
  }

  openAll(): StoreFinding[] {
    const inRows = this.#bundle.tables.map((table) => ({
      store: `${table.take}: ${table.cluster} rows`,
      values: table.rows.flatMap((row) => valuesOf(table, row)),
    }));
    for (const { values } of inRows) for (const value of values) this.#learn(value);
    const inBytes = this.#bundle.bytes.map((bytes) => ({
      store: `${bytes.take}: ${bytes.name}`,
      values: sealedIn(bytes).map((text) => ({ text, places: this.#placesOf(text) })),
    }));
    return byStore([...inRows, ...inBytes]).map(({ store, values }) => ({
      store,
      sealed: values.length,
      opened: values.flatMap((value) => this.#open(store, value)),
    }));
  }

  #learn({ text, places }: FoundValue): void {
    const subject = parseSealed(text)?.subject ?? '';
    const known = this.#places.get(subject) ?? new Map<string, Place>();
    for (const place of places) known.set(Object.values(place).join('|'), place);
    this.#places.set(subject, known);
  }

  #placesOf(text: string): readonly Place[] {
    return [...(this.#places.get(parseSealed(text)?.subject ?? '')?.values() ?? [])];
  }

  /** A value that was opened once is the same wherever else it lies. */
  #open(store: string, value: FoundValue): OpenedValue[] {
    const opened = this.#opened.get(value.text) ?? this.#tryPlaces(value);
    if (opened === undefined) return [];
    this.#opened.set(value.text, opened);
    return [{ store, ...opened }];
  }

  #tryPlaces({ text, places }: FoundValue): Opened | undefined {
    const sealed = parseSealed(text);
    if (sealed === undefined) return undefined;
    const { subject, version } = sealed;
    const { region } = this.#bundle;
    for (const dataKey of this.#ring.dataKeys.get(`${subject}|${version}`) ?? []) {
      for (const place of places) {
        const value = openSealed(sealed, this.#columnKey(dataKey, place, version), {
          region,
          place,
        });
        if (value !== undefined) return { subject, place, value };
      }
    }
    return undefined;
  }

  #columnKey(dataKey: Buffer, place: Place, version: number): Buffer {
    const keys = this.#columnKeys.get(dataKey) ?? new Map<string, Buffer>();
    this.#columnKeys.set(dataKey, keys);
    const column = `${place.table}|${place.column}|${version}`;
    const key = keys.get(column) ?? columnKey(dataKey, place, version);
    keys.set(column, key);
    return key;
  }
}

function byStore(found: readonly { store: string; values: readonly FoundValue[] }[]) {
  const stores = new Map<string, Map<string, FoundValue>>();
  for (const { store, values } of found) {
    const known = stores.get(store) ?? new Map<string, FoundValue>();
    for (const value of values) known.set(value.text, value);
    stores.set(store, known);
  }
  return [...stores].map(([store, values]) => ({ store, values: [...values.values()] }));
}

/** Sealed values of one row, in columns or within JSON; any short text of the row may be its id. */
function valuesOf({ name: table }: Table, row: Row): FoundValue[] {
  const rowIds = Object.values(row).filter(
    (value): value is string =>
      typeof value === 'string' && value.length <= rowIdCharactersMax && !value.includes('|'),
  );
  return Object.entries(row).flatMap(([column, value]) =>
    sealedWithin(value, column).map(({ text, column: at }) => ({
      text,
      places: rowIds.map((rowId) => ({ table, column: at, rowId })),
    })),
  );
}

function sealedWithin(value: unknown, column: string): { text: string; column: string }[] {
  if (typeof value === 'string')
    return value.startsWith(sealedStart) ? [{ text: value, column }] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => sealedWithin(member, name));
}

function sealedIn({ files }: ByteStore): string[] {
  const found = new Set<string>();
  for (const file of files) {
    const text = readFileSync(file, 'latin1');
    for (const [sealed] of text.matchAll(sealedForm)) found.add(sealed);
  }
  return [...found];
}
