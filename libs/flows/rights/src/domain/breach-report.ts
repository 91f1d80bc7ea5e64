/** A table as the data map has it. */
export interface MappedTable {
  readonly cluster: string;
  readonly table: string;
  /** The column that names the subject; null where no column does. */
  readonly subject: string | null;
  readonly columns: readonly MappedColumn[];
}

export interface MappedColumn {
  readonly name: string;
  readonly class?:
    | { readonly kind: 'personal'; readonly category: string }
    | { readonly kind: 'kept'; readonly reason: string }
    | { readonly kind: 'link' };
}

export interface ExposedTable {
  readonly table: string;
  /** Opaque references of everybody with a row in it. */
  readonly subjects: readonly string[];
}

export interface BreachFacts {
  readonly cell: string;
  readonly region: string;
  /** From when on it was open, as far as is known. */
  readonly since: Date;
  /** When we learnt of it: from here the clocks run. */
  readonly discoveredAt: Date;
  /** Nobody outside can have had the keys: it has to be found out, no program knows it. */
  readonly areKeysSafe: boolean;
  readonly tables: readonly MappedTable[];
  readonly exposed: readonly ExposedTable[];
  /** Erased since it was open: they were exposed, and their rows say so no more. */
  readonly erasedSince: readonly string[];
}

export interface BreachDuty {
  readonly toWhom: string;
  readonly law: string;
  /** Null where the law says only "without delay". */
  readonly until: string | null;
}

export interface BreachReport {
  readonly cell: string;
  readonly since: string;
  readonly discoveredAt: string;
  readonly people: readonly string[];
  readonly erasedSince: readonly string[];
  readonly tables: readonly {
    readonly table: string;
    readonly people: number;
    readonly categories: readonly string[];
    readonly encrypted: readonly string[];
    /** Readable by whoever had the rows: references, states, amounts, instants. */
    readonly inTheClear: readonly string[];
  }[];
  readonly areKeysSafe: boolean;
  /** GDPR Article 34(3)(a): what was taken is unintelligible. Counsel decides whether it holds. */
  readonly mayNotHaveToTellPeople: boolean;
  readonly duties: readonly BreachDuty[];
}

const hourMs = 3_600_000;
const hoursToTell = 72;

interface DutyRule {
  readonly toWhom: string;
  readonly law: string;
  readonly isTimed: boolean;
}

/** Whom each region's law wants told, as drafted by engineers. */
const dutyRules: Readonly<Record<string, readonly DutyRule[]>> = {
  eu: [
    { toWhom: 'supervisory authority', law: 'GDPR Article 33(1)', isTimed: true },
    { toWhom: 'people at high risk', law: 'GDPR Article 34(1)', isTimed: false },
  ],
  in: [
    {
      toWhom: 'Data Protection Board, at once',
      law: 'DPDP Rules 2025, Rule 7(2)(a)',
      isTimed: false,
    },
    {
      toWhom: 'Data Protection Board, in detail',
      law: 'DPDP Rules 2025, Rule 7(2)(b)',
      isTimed: true,
    },
    { toWhom: 'each person concerned', law: 'DPDP Rules 2025, Rule 7(1)', isTimed: false },
  ],
};

/**
 * What a breach of these tables means. Throws TypeError where the region has no rules or no column of a
 * table names a person: a report that leaves something out is worse than none.
 */
export function breachReportOf(facts: BreachFacts): BreachReport {
  const rules = dutyRules[facts.region];
  if (rules === undefined) throw new TypeError(`nobody wrote down whom ${facts.region} wants told`);
  const until = new Date(facts.discoveredAt.getTime() + hoursToTell * hourMs).toISOString();
  const people = new Set(facts.exposed.flatMap(({ subjects }) => subjects));
  return {
    cell: facts.cell,
    since: facts.since.toISOString(),
    discoveredAt: facts.discoveredAt.toISOString(),
    people: [...people].toSorted(),
    erasedSince: facts.erasedSince.toSorted(),
    tables: facts.exposed.map((exposed) => exposureOf(exposed, facts.tables)),
    areKeysSafe: facts.areKeysSafe,
    mayNotHaveToTellPeople: facts.areKeysSafe,
    duties: rules.map(({ toWhom, law, isTimed }) => ({
      ...{ toWhom, law, until: isTimed ? until : null },
    })),
  };
}

function exposureOf({ table, subjects }: ExposedTable, tables: readonly MappedTable[]) {
  const { columns } = mappedTable(tables, table);
  const encrypted = columns.filter((column) => column.class?.kind === 'personal');
  const categories = encrypted.flatMap(({ class: of }) =>
    of?.kind === 'personal' ? [of.category] : [],
  );
  return {
    table,
    people: new Set(subjects).size,
    categories: [...new Set(categories)].toSorted(),
    encrypted: encrypted.map(({ name }) => name),
    inTheClear: columns.filter((of) => !encrypted.includes(of)).map(({ name }) => name),
  };
}

/** The entry of a table whose rows name persons by reference. Throws TypeError for any other. */
export function mappedTable(
  tables: readonly MappedTable[],
  name: string,
): MappedTable & {
  readonly subject: string;
} {
  const found = tables.find(({ table }) => table === name);
  if (found === undefined) throw new TypeError(`the data map has no table ${name}`);
  if (found.subject === null) throw new TypeError(`no column of ${name} names a person`);
  return { ...found, subject: found.subject };
}
