import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { erasureActions, ruleOf, statesAfterFence, statesBeforeFence } from './transition-table.ts';

const sqlFile = '../../../../privacy/src/adapters/sql/shop/10-privacy.sql';

/** The changes of status that the machine knows, as the database lists them: `from>to`. */
function changesOfStatus(): string[] {
  const changes = new Set<string>();
  for (const action of erasureActions) {
    const { from, to } = ruleOf(action);
    for (const state of from) {
      if (to === 'same') continue;
      const resumed =
        state === 'on_hold' ? statesBeforeFence : ['cooling_off', ...statesAfterFence];
      for (const target of to === 'resumed' ? resumed : [to]) changes.add(`${state}>${target}`);
    }
  }
  return [...changes].toSorted();
}

describe('the machine in the database', () => {
  it('allows the same changes of status as the one in code', () => {
    const sql = readFileSync(new URL(sqlFile, import.meta.url), 'utf8');
    const listed = /allowed CONSTANT text\[\] := string_to_array\(([^;]*), ' '\);/.exec(sql)?.[1];
    const pairs = [...(listed ?? '').matchAll(/[a-z_]+>[a-z_]+/g)].map(([pair]) => pair);
    expect(pairs.toSorted()).toEqual(changesOfStatus());
  });
});
