import type pg from 'pg';

/** A guard of the stock tables as the catalogue has it. */
export interface Guard {
  readonly kind: 'check' | 'trigger' | 'function';
  readonly table: string;
  readonly name: string;
  /** The statement that makes it, without what a constraint says before its CHECK. */
  readonly definition: string;
}

/** A guard that is gone, or that lacks one of its conditions or events. */
export interface GuardMutant {
  readonly guard: Guard;
  readonly change: string;
  readonly weaken: string;
  readonly mend: string;
}

const guardsSql = `
SELECT 'check' AS kind, c.relname AS "table", k.conname AS name, pg_get_constraintdef(k.oid) AS definition
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
WHERE k.connamespace = 'inventory'::regnamespace AND k.contype = 'c'
UNION ALL
SELECT 'trigger', c.relname, t.tgname, pg_get_triggerdef(t.oid)
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE c.relnamespace = 'inventory'::regnamespace AND NOT t.tgisinternal
UNION ALL
SELECT 'function', '', p.proname, pg_get_functiondef(p.oid)
FROM pg_proc p
WHERE p.pronamespace = 'inventory'::regnamespace AND p.prorettype = 'trigger'::regtype
ORDER BY 1, 2, 3`;

export async function readGuards(client: pg.Client): Promise<Guard[]> {
  return (await client.query<Guard>(guardsSql)).rows;
}

export function guardMutantsOf(guard: Guard): GuardMutant[] {
  const { table, name, definition } = guard;
  const of = `inventory.${table}`;
  switch (guard.kind) {
    case 'check': {
      const drop = `ALTER TABLE ${of} DROP CONSTRAINT IF EXISTS ${name};`;
      const add = (check: string) => `${drop} ALTER TABLE ${of} ADD CONSTRAINT ${name} ${check};`;
      const mend = add(definition);
      const condition = definition.slice('CHECK '.length);
      return [
        { guard, mend, change: 'dropped', weaken: drop },
        ...withoutOne(partsOf(condition, ' AND ')).map(({ left, gone }) => ({
          ...{ guard, mend, change: `without ${gone}` },
          weaken: add(`CHECK (${left.join(' AND ')})`),
        })),
      ];
    }
    case 'trigger': {
      const drop = `DROP TRIGGER IF EXISTS ${name} ON ${of};`;
      const mend = `${drop} ${definition};`;
      return [
        { guard, mend, change: 'dropped', weaken: drop },
        ...weakerTriggers(definition).map(({ weaker, gone }) => ({
          ...{ guard, mend, change: `without ${gone}` },
          weaken: `${drop} ${weaker};`,
        })),
      ];
    }
    case 'function': {
      const [head = ''] = definition.split('AS $');
      const weaken = `${head} AS $$ BEGIN RETURN coalesce(NEW, OLD); END $$;`;
      return [{ guard, mend: `${definition};`, change: 'refuses nothing', weaken }];
    }
  }
}

/** A trigger with one condition or one event less. */
function weakerTriggers(definition: string): { readonly weaker: string; readonly gone: string }[] {
  const when = / WHEN \((.*)\) EXECUTE /.exec(definition)?.[1];
  const conditions = when === undefined ? [] : withoutOne(partsOf(when, ' OR '));
  const events = / BEFORE (.*) ON /.exec(definition)?.[1] ?? '';
  return [
    ...conditions.map(({ left, gone }) => ({
      gone,
      weaker: definition.replace(` WHEN (${when ?? ''}) `, () => ` WHEN (${left.join(' OR ')}) `),
    })),
    ...withoutOne(events.split(' OR ')).map(({ left, gone }) => ({
      gone,
      weaker: definition.replace(events, left.join(' OR ')),
    })),
  ];
}

/** Each of several parts left out once; of a single one nothing would be left. */
const withoutOne = (parts: readonly string[]) =>
  parts.length < 2 ? [] : parts.map((gone, at) => ({ gone, left: parts.toSpliced(at, 1) }));

/** The operands of a condition as PostgreSQL writes it, with brackets around everything. */
export function partsOf(condition: string, operator: string): string[] {
  const bare = withoutBrackets(condition.trim());
  const parts: string[] = [];
  let begin = 0;
  for (const at of outermost(bare)) {
    if (at < begin || !bare.startsWith(operator, at)) continue;
    parts.push(bare.slice(begin, at));
    begin = at + operator.length;
  }
  return [...parts, bare.slice(begin)];
}

function withoutBrackets(text: string): string {
  const isEnclosed = text.startsWith('(') && [...outermost(text)].every((at) => at === 0);
  return isEnclosed ? withoutBrackets(text.slice(1, -1)) : text;
}

/** Where a text is inside of no brackets and no quotes. The place of a bracket that opens counts as outside. */
function* outermost(text: string): Generator<number> {
  let depth = 0;
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === "'") isQuoted = !isQuoted;
    if (isQuoted) continue;
    if (depth === 0) yield at;
    if (character === '(' || character === '[') depth += 1;
    if (character === ')' || character === ']') depth -= 1;
  }
}
