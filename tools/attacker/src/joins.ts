import type { Bundle, Row, Table } from './bundle.ts';

/** A row that leads from an erased subject on to something else, in one take alone. */
export interface Trail {
  readonly subject: string;
  readonly take: string;
  /** Tables with a row that can be reached from the subject over ids. */
  readonly tables: readonly string[];
  /** `table.column = table.column`: an instant of such a row, and of a row that no id leads to. */
  readonly sameInstants: readonly string[];
}

const idForm = /^[a-z]{3}_[a-z]{2}-\d+_[0-9a-z]{26}$/;
const instantForm = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+/;
/** Everybody's rows meet at those who work here: an id of staff leads to no one person. */
const isOfStaff = (id: string): boolean => id.startsWith('stf_');
/** Another person is where a trail ends: the record names the two who decided. */
const isPerson = (id: string): boolean => id.startsWith('sub_');

interface Located {
  readonly table: string;
  readonly row: Row;
  readonly ids: readonly string[];
}

/** Follows ids and equal instants from everybody who is fenced or erased. */
export function followTrails(bundle: Bundle): Trail[] {
  const takes = [...new Set(bundle.tables.map(({ take }) => take))];
  return takes.flatMap((take) => {
    const tables = bundle.tables.filter((table) => table.take === take);
    const rows = tables.flatMap(locate);
    return fencedIn(tables).map((subject) => ({ subject, take, ...follow(subject, rows) }));
  });
}

function fencedIn(tables: readonly Table[]): string[] {
  const fences = tables.filter(({ name }) => name === 'vault.fence').flatMap(({ rows }) => rows);
  return fences.flatMap(({ subject_id: id }) => (typeof id === 'string' ? [id] : []));
}

/** Two orders of nobody between which ids lead, in one take alone. */
export interface Siblings {
  readonly take: string;
  readonly orders: readonly [string, string];
}

/** Whether what was somebody's can still be told to be of one person: ids between orders without a subject. */
export function findSiblings(bundle: Bundle): Siblings[] {
  const takes = [...new Set(bundle.tables.map(({ take }) => take))];
  return takes.flatMap((take) => {
    const rows = bundle.tables.filter((table) => table.take === take).flatMap(locate);
    const orders = rows.flatMap(ordersOfNobody);
    return orders.flatMap((order, index) => {
      const reached = new Set(reach(order, rows).known);
      return orders
        .slice(index + 1)
        .filter((other) => reached.has(other))
        .map((other) => ({ take, orders: [order, other] as const }));
    });
  });
}

const ordersOfNobody = ({ table, row }: Located): string[] =>
  table === 'orders.order' && row['subject_id'] === null && typeof row['order_id'] === 'string'
    ? [row['order_id']]
    : [];

const locate = ({ name, rows }: Table): Located[] =>
  rows.map((row) => ({ table: name, row, ids: idsIn(row) }));

function idsIn(value: unknown): string[] {
  if (typeof value === 'string') return idForm.test(value) && !isOfStaff(value) ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(idsIn);
}

function follow(subject: string, rows: readonly Located[]): Omit<Trail, 'subject' | 'take'> {
  const { reached } = reach(subject, rows);
  const tables = [...new Set([...reached].map(({ table }) => table))].toSorted();
  return { tables, sameInstants: sameInstants(reached, rows) };
}

/** All rows to which ids lead from one, and all ids in them. */
function reach(start: string, rows: readonly Located[]) {
  const known = new Set([start]);
  const reached = new Set<Located>();
  for (let grew = true; grew;) {
    grew = false;
    for (const located of rows) {
      if (reached.has(located) || !located.ids.some((id) => known.has(id))) continue;
      reached.add(located);
      for (const id of located.ids.filter((each) => !isPerson(each))) known.add(id);
      grew = true;
    }
  }
  return { reached, known };
}

function sameInstants(reached: ReadonlySet<Located>, rows: readonly Located[]): string[] {
  const own = new Map<string, string>();
  for (const located of reached) {
    for (const [column, instant] of instantsOf(located)) own.set(instant, column);
  }
  const others = rows.filter((located) => !reached.has(located));
  const equal = others.flatMap((located) =>
    instantsOf(located).flatMap(([column, instant]) => {
      const mine = own.get(instant);
      return mine === undefined ? [] : [`${mine} = ${column}`];
    }),
  );
  return [...new Set(equal)].toSorted();
}

const instantsOf = ({ table, row }: Located): [string, string][] =>
  Object.entries(row).flatMap(([column, value]) =>
    typeof value === 'string' && instantForm.test(value)
      ? [[`${table}.${column}`, value] as [string, string]]
      : [],
  );
