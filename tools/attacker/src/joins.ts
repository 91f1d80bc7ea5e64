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

/** An id, or a reference that begins with one: a letter is known by `<id of its request>.done`. */
const idForm = /^[a-z]{3}_[a-z]{2}-\d+_[0-9a-z]{26}(?=$|[.:])/;
const instantForm = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+/;
/** When a request has to be answered, by law or after an extension. */
const statutoryEnds: ReadonlySet<string> = new Set(
  ['privacy.erasure_request', 'rights.request'].flatMap((table) => [
    `${table}.due_at`,
    `${table}.extended_to`,
  ]),
);
/** The last millisecond of a day of some zone: all of them are whole quarters of an hour from UTC. */
const endOfDay = /T\d\d:(?:14|29|44|59):59\.999/;
/** Everybody's rows meet at those who work here: an id of staff leads to no one person. */
const isOfStaff = (id: string): boolean => id.startsWith('stf_');
/** Another person is where a trail ends: the record names the two who decided. */
const isPerson = (id: string): boolean => id.startsWith('sub_');

interface Located {
  readonly table: string;
  readonly row: Row;
  readonly ids: readonly string[];
}

/** An instant in a row, and its `table.column`. */
interface Dated {
  readonly column: string;
  readonly instant: string;
  readonly located: Located;
}

/** Two orders of nobody between which ids lead, in one take alone. */
export interface Siblings {
  readonly take: string;
  readonly orders: readonly [string, string];
}

/** Follows ids and equal instants from everybody who is fenced or erased. */
export function followTrails(bundle: Bundle): Trail[] {
  return takesOf(bundle).flatMap(({ take, rows }) =>
    rows.fenced().map((subject) => {
      const { reached } = rows.reach(subject);
      const tables = [...new Set([...reached].map(({ table }) => table))].toSorted();
      return { subject, take, tables, sameInstants: rows.sameInstants(reached) };
    }),
  );
}

/** Whether what was somebody's can still be told to be of one person: ids between orders without a subject. */
export function findSiblings(bundle: Bundle): Siblings[] {
  return takesOf(bundle).flatMap(({ take, rows }) => {
    const orders = rows.ordersOfNobody();
    const later = new Set(orders);
    return orders.flatMap((order) => {
      later.delete(order);
      return [...rows.reach(order).known]
        .filter((id) => later.has(id))
        .map((other) => ({ take, orders: [order, other] as const }));
    });
  });
}

function takesOf({ tables }: Bundle): { readonly take: string; readonly rows: TakenRows }[] {
  const takes = [...new Set(tables.map(({ take }) => take))];
  return takes.map((take) => {
    const rows = new TakenRows(tables.filter((table) => table.take === take));
    return { take, rows };
  });
}

/** The rows of all tables of one take, found by the ids and the instants that they hold. */
class TakenRows {
  readonly #rows: readonly Located[];
  readonly #byId = new Map<string, Located[]>();
  readonly #byInstant = new Map<string, Dated[]>();

  constructor(tables: readonly Table[]) {
    this.#rows = tables.flatMap(locate);
    for (const located of this.#rows) {
      for (const id of new Set(located.ids)) add(this.#byId, id, located);
      for (const dated of instantsOf(located)) add(this.#byInstant, dated.instant, dated);
    }
  }

  fenced(): string[] {
    return this.#texts('vault.fence', 'subject_id');
  }

  ordersOfNobody(): string[] {
    return this.#texts('orders.order', 'order_id', (row) => row['subject_id'] === null);
  }

  /** All rows to which ids lead from one, and all ids in them. */
  reach(start: string): { readonly reached: Set<Located>; readonly known: Set<string> } {
    const known = new Set([start]);
    const reached = new Set<Located>();
    // a set that grows while it is walked is walked to its end
    for (const id of known) {
      const rows = this.#byId.get(id) ?? [];
      for (const located of rows) reached.add(located);
      for (const next of rows.flatMap(({ ids }) => ids)) if (!isPerson(next)) known.add(next);
    }
    return { reached, known };
  }

  /**
   * Instants of these rows that others have as well. The law ends the time for an answer with a day, so that
   * all who asked on one day share the end: between two such ends it tells nobody from another.
   */
  sameInstants(reached: ReadonlySet<Located>): string[] {
    const equal = [...reached]
      .flatMap(instantsOf)
      .flatMap(({ column, instant }) =>
        (this.#byInstant.get(instant) ?? []).flatMap((other) =>
          reached.has(other.located) || areEndsByLaw(instant, [column, other.column])
            ? []
            : [`${column} = ${other.column}`],
        ),
      );
    return [...new Set(equal)].toSorted();
  }

  #texts(table: string, column: string, isMeant: (row: Row) => boolean = () => true): string[] {
    return this.#rows.flatMap((located) => {
      const text = located.row[column];
      const isOne = located.table === table && isMeant(located.row);
      return isOne && typeof text === 'string' ? [text] : [];
    });
  }
}

const areEndsByLaw = (instant: string, columns: readonly string[]): boolean =>
  endOfDay.test(instant) && columns.every((column) => statutoryEnds.has(column));

const locate = ({ name, rows }: Table): Located[] =>
  rows.map((row) => ({ table: name, row, ids: idsIn(row) }));

function idsIn(value: unknown): string[] {
  if (typeof value === 'string') {
    const [id] = idForm.exec(value) ?? [];
    return id === undefined || isOfStaff(id) ? [] : [id];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(idsIn);
}

const instantsOf = (located: Located): Dated[] =>
  Object.entries(located.row).flatMap(([column, instant]) =>
    typeof instant === 'string' && instantForm.test(instant)
      ? [{ column: `${located.table}.${column}`, instant, located }]
      : [],
  );

function add<T>(map: Map<string, T[]>, name: string, item: T): void {
  const items = map.get(name);
  if (items === undefined) map.set(name, [item]);
  else items.push(item);
}
