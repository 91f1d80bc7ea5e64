import type { Catalogue, CatalogueColumn } from '@entrepot/stack';

import type { AnnotatedField, AnnotatedModel, ColumnClass } from './prisma-annotations.ts';

export interface ClassifiedColumn extends CatalogueColumn {
  readonly name: string;
  /** Undefined in a public table, where a column needs no class of its own. */
  readonly class: ColumnClass | undefined;
  /** The values a check allows, where it is a plain list. */
  readonly values: readonly string[] | undefined;
}

export interface ClassifiedTable {
  readonly cluster: string;
  readonly table: string;
  readonly model: string;
  /** The column that names the subject; undefined for a public table. */
  readonly subject: string | undefined;
  readonly columns: readonly ClassifiedColumn[];
}

export interface Classification {
  readonly tables: readonly ClassifiedTable[];
  /** One sentence each; empty when everything has a class. */
  readonly problems: readonly string[];
}

/** Types that can hold anybody's words. */
const freeTypes = /^(text|character|jsonb?|bytea|citext|xml|hstore)/;
const listCheck = /^CHECK \(\((\w+) = ANY \(\(?ARRAY\[(.*)\]\)?(?:::text\[\])?\)\)\)$/;

interface TableReading {
  readonly cluster: string;
  readonly catalogue: Catalogue;
  readonly table: string;
  readonly model: AnnotatedModel;
  /** Also outside subject tables every word must have a reason. */
  readonly isStrict: boolean;
}

const constraintsOf = ({ catalogue, table }: TableReading): string[] =>
  Object.entries(catalogue.constraints)
    .filter(([name]) => name.startsWith(`${table}.`))
    .map(([, text]) => text);

function listedValues(reading: TableReading, column: string): readonly string[] | undefined {
  for (const text of constraintsOf(reading)) {
    const [, name, list = ''] = listCheck.exec(text) ?? [];
    if (name !== column) continue;
    const values = [...list.matchAll(/'((?:[^']|'')*)'/g)].map(([, value = '']) => value);
    return values.map((value) => value.replaceAll("''", "'"));
  }
  return undefined;
}

/** Pins the values down: a pattern, a list, an equation. A length alone lets every word in. */
const pinningCheck = /~|= ANY|= /;

/** Text whose values a check pins down or another table's key supplies. Documents are never bounded. */
function isBounded(reading: TableReading, { name, type }: ClassifiedColumn): boolean {
  if (/^(json|bytea|xml)/.test(type)) return false;
  const word = new RegExp(`(?<![\\w'])${name}(?![\\w'])`);
  return constraintsOf(reading).some((text) =>
    text.startsWith('CHECK')
      ? word.test(text) && pinningCheck.test(text)
      : text.startsWith('FOREIGN KEY') && word.test(text.slice(0, text.indexOf('REFERENCES'))),
  );
}

function problemsOfPersonal(reading: TableReading, column: ClassifiedColumn): string[] {
  if (column.class?.kind !== 'personal') return [];
  const { category, purpose, retention } = column.class;
  const place = `${reading.table}.${column.name}`;
  const isEncrypted = constraintsOf(reading).some(
    (text) => text.includes(column.name) && text.includes("'v1|%'"),
  );
  return [
    ...(category !== '' && purpose !== '' && retention !== ''
      ? []
      : [`${place}: @personal needs (category, purpose, retention)`]),
    ...(column.type === 'text' ? [] : [`${place}: a personal column is stored as text`]),
    ...(isEncrypted
      ? []
      : [`${place}: a personal column needs CHECK (${column.name} LIKE 'v1|%')`]),
  ];
}

function problemsOfColumn(reading: TableReading, column: ClassifiedColumn): string[] {
  const place = `${reading.table}.${column.name}`;
  if (column.class?.kind === 'kept' && column.class.reason === '') {
    return [`${place}: @kept needs its reason`];
  }
  if (column.class !== undefined) return problemsOfPersonal(reading, column);
  if (reading.model.subject !== undefined) {
    return [`${place} has no class: write @personal(…), @kept(reason) or @link`];
  }
  const isFree = freeTypes.test(column.type) && column.labels === undefined;
  if (!reading.isStrict || !isFree || isBounded(reading, column)) return [];
  return [
    `${place} is ${column.type} without a bound: add a CHECK, or @kept(what it refers to), ` +
      'or make it @personal in a subject table',
  ];
}

function classOf(
  field: AnnotatedField | undefined,
  { comment }: CatalogueColumn,
): ColumnClass | undefined {
  // tables that Prisma cannot declare carry their classes in comments of the database
  const kept = /^@kept\(([^)]+)\)/.exec(comment ?? '')?.[1];
  return field?.classes[0] ?? (kept === undefined ? undefined : { kind: 'kept', reason: kept });
}

function classifyTable(reading: TableReading): { table: ClassifiedTable; problems: string[] } {
  const { cluster, catalogue, table, model } = reading;
  const columns = Object.entries(catalogue.columns[table] ?? {}).map(([name, column]) => ({
    ...column,
    name,
    class: classOf(
      model.fields.find((field) => field.column === name),
      column,
    ),
    values: column.labels ?? listedValues(reading, name),
  }));
  const named = model.fields.find(({ field }) => field === model.subject)?.column;
  const subject = named ?? model.subject;
  const problems = columns.flatMap((column) => problemsOfColumn(reading, column));
  if (model.isPublic === (subject !== undefined)) {
    problems.unshift(`${table} must be either @public or @subject(<column>)`);
  }
  if (subject !== undefined && !columns.some(({ name }) => name === subject)) {
    problems.unshift(`${table}: @subject names ${subject}, which is no column of it`);
  }
  if (model.isPublic && columns.some((column) => column.class?.kind === 'personal')) {
    problems.unshift(`${table} is @public and has a @personal column`);
  }
  return { table: { cluster, table, model: model.model, subject, columns }, problems };
}

/**
 * Gives every table and column of a database its class. The database's own list is what counts: a
 * table or column that the annotations do not reach is a problem, whatever its name or type.
 */
export function classify(
  cluster: string,
  catalogue: Catalogue,
  models: readonly AnnotatedModel[],
): Classification {
  const byTable = new Map(models.map((model) => [model.table, model]));
  const tables: ClassifiedTable[] = [];
  const problems: string[] = [];
  for (const table of Object.keys(catalogue.columns)) {
    const model = byTable.get(table);
    if (model === undefined) {
      problems.push(`${table} is not declared in prisma/${cluster}/schema`);
      continue;
    }
    const reading = { cluster, catalogue, table, model, isStrict: cluster === 'shop' };
    const classified = classifyTable(reading);
    tables.push(classified.table);
    problems.push(...classified.problems);
  }
  return { tables, problems };
}
