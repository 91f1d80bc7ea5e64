import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { keyStates, stateTable } from './key-states.ts';

const signs = { ok: '✓', DisabledException: 'D', KMSInvalidStateException: 'I' } as const;
const page = join(import.meta.dirname, '../../../../docs/reference/kms-conformance.md');

describe('the table of key states', () => {
  it('is printed in the docs as it is', () => {
    const rows = Object.entries(stateTable).map(
      ([operation, verdicts]) =>
        `| ${[operation, ...keyStates.map((state) => signs[verdicts[state]])].join(' | ')} |`,
    );
    const text = readFileSync(page, 'utf8');
    const from = text.indexOf('| operation | Enabled');
    const printed = text.slice(from, text.indexOf('\n\n', from)).split('\n');
    expect(printed).toEqual([
      `| operation | ${keyStates.join(' | ')} |`,
      '| --- | --- | --- | --- | --- |',
      ...rows,
    ]);
  });
});
