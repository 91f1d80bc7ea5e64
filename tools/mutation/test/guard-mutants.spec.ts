import { describe, expect, it } from '@jest/globals';
import { guardMutantsOf, partsOf, type Guard } from '../src/guard-mutants.ts';

const check = (definition: string): Guard => ({
  ...{ kind: 'check', table: 'escrow', name: 'is_in_order', definition },
});
const trigger = (definition: string): Guard => ({
  ...{ kind: 'trigger', table: 'escrow', name: 'stays', definition },
});
const changesOf = (guard: Guard) => guardMutantsOf(guard).map(({ change }) => change);

describe('the parts of a condition', () => {
  it.each([
    ['((a >= 0) AND (b <= c))', ' AND ', ['(a >= 0)', '(b <= c)']],
    ['(((a OR b) AND c) OR (d AND e))', ' OR ', ['((a OR b) AND c)', '(d AND e)']],
    [`(name = ' AND '::text) AND (b)`, ' AND ', [`(name = ' AND '::text)`, '(b)']],
    [
      `(kind = ANY (ARRAY['a'::text, 'b'::text]))`,
      ' AND ',
      [`kind = ANY (ARRAY['a'::text, 'b'::text])`],
    ],
  ])('of %s at%s', (condition, operator, parts) => {
    expect(partsOf(condition, operator)).toEqual(parts);
  });
});

describe('the weaker forms of a guard', () => {
  it('are, of a CHECK, none at all and each with one condition less', () => {
    const guard = check('CHECK (((a >= 0) AND (b >= 0)))');
    expect(changesOf(guard)).toEqual(['dropped', 'without (a >= 0)', 'without (b >= 0)']);
    const [, first] = guardMutantsOf(guard);
    expect(first?.weaken).toMatch(/ ADD CONSTRAINT is_in_order CHECK \(\(b >= 0\)\);$/);
    expect(first?.mend).toMatch(
      / ADD CONSTRAINT is_in_order CHECK \(\(\(a >= 0\) AND \(b >= 0\)\)\);$/,
    );
  });

  it('are, of a CHECK of one condition, none at all: what allows more than one thing is not taken apart', () => {
    expect(changesOf(check('CHECK (((a = 0) OR (b = 0)))'))).toEqual(['dropped']);
  });

  it('are, of a trigger, none at all and each with one condition or one event less', () => {
    const guard = trigger(
      'CREATE TRIGGER stays BEFORE DELETE OR UPDATE ON inventory.escrow FOR EACH ROW ' +
        'WHEN (((new.a < old.a) OR (new.b < old.b))) EXECUTE FUNCTION inventory.refuse_change()',
    );
    expect(changesOf(guard)).toEqual([
      ...['dropped', 'without (new.a < old.a)', 'without (new.b < old.b)'],
      ...['without DELETE', 'without UPDATE'],
    ]);
    const [, first, , , last] = guardMutantsOf(guard);
    expect(first?.weaken).toContain('WHEN ((new.b < old.b)) EXECUTE');
    expect(last?.weaken).toContain('BEFORE DELETE ON');
    expect(last?.mend).toContain('BEFORE DELETE OR UPDATE ON');
  });

  it('is, of a function, one that refuses nothing', () => {
    const [mutant] = guardMutantsOf({
      ...{ kind: 'function', table: '', name: 'refuse_change' },
      definition:
        'CREATE OR REPLACE FUNCTION f()\n RETURNS trigger\nAS $function$ BEGIN $function$\n',
    });
    expect(mutant?.weaken).toMatch(
      /RETURNS trigger\n AS \$\$ BEGIN RETURN coalesce\(NEW, OLD\); END \$\$;$/,
    );
  });
});
