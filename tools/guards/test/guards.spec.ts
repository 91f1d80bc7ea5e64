import { describe, expect, it } from '@jest/globals';
import { findBoundaryViolations, findCycles, readTags } from '../src/boundary-rules.ts';
import { findLayerViolations, layerRuleNames, readImports } from '../src/layer-rules.ts';
import { findUntidiness, tidyRuleNames } from '../src/tidy-rules.ts';

const project = (name: string, type: string, scope = 'shared', region = 'any') =>
  readTags(name, [`type:${type}`, `scope:${scope}`, `region:${region}`]);

describe('boundaries over the project graph', () => {
  const projects = [
    project('india', 'app', 'shared', 'in'),
    project('region-eu', 'region', 'shared', 'eu'),
    project('region-india', 'region', 'shared', 'in'),
    project('carts', 'domain', 'carts'),
    project('catalog', 'domain', 'catalog'),
    project('checkout', 'flow', 'checkout'),
    project('kernel', 'kernel'),
    project('stripe', 'vendor', 'payments', 'eu'),
    project('payments', 'domain', 'payments'),
  ];

  it.each([
    ['india', 'region-eu', 'region in must not contain code of region eu'],
    ['carts', 'catalog', 'a domain may import only'],
    ['kernel', 'carts', 'may import only nothing'],
    ['checkout', 'stripe', 'a flow may import only'],
    ['stripe', 'catalog', 'only flows name two domains'],
  ])('refuses %s → %s', (from, to, reason) => {
    expect(findBoundaryViolations(projects, [{ from, to }])).toEqual([
      expect.stringContaining(reason),
    ]);
  });

  it.each([
    ['india', 'region-india'],
    ['carts', 'kernel'],
    ['checkout', 'catalog'],
    ['stripe', 'payments'],
  ])('allows %s → %s', (from, to) => {
    expect(findBoundaryViolations(projects, [{ from, to }])).toEqual([]);
  });

  it('refuses a type without a rule and a project without tags', () => {
    const stray = [...projects, project('stray', 'sundry')];
    expect(findBoundaryViolations(stray, [{ from: 'stray', to: 'kernel' }])).toEqual([
      expect.stringContaining('has no rule'),
    ]);
    expect(() => readTags('untagged', [])).toThrow('needs exactly one "type:" tag');
  });

  it('names the projects along a cycle and nothing where there is none', () => {
    const line = [
      { from: 'a', to: 'b' },
      { from: 'b', to: 'c' },
    ];
    expect(findCycles(line)).toEqual([]);
    expect(findCycles([...line, { from: 'c', to: 'a' }])).toEqual([['a', 'b', 'c', 'a']]);
  });
});

describe('layers inside a project', () => {
  const samples: Record<string, { bad: [string, string]; good: [string, string] }> = {
    'pure-domain': {
      bad: ['libs/carts/src/domain/cart.ts', `import { z } from 'zod';`],
      good: ['libs/carts/src/domain/cart.ts', `import { Money } from '@entrepot/kernel';`],
    },
    'application-knows-no-adapter': {
      bad: ['libs/carts/src/application/open-cart.ts', `import x from '../adapters/pg-carts.ts';`],
      good: ['libs/carts/src/application/open-cart.ts', `import x from '../domain/cart.ts';`],
    },
    'attacker-stands-alone': {
      bad: ['tools/attacker/src/attack.ts', `import x from '@entrepot/platform-crypto';`],
      good: ['tools/attacker/src/attack.ts', `import x from 'node:crypto';`],
    },
    'kernel-stands-alone': {
      bad: ['libs/kernel/src/money.ts', `import x from 'lodash';`],
      good: ['libs/kernel/src/money.ts', `import x from 'node:crypto';`],
    },
    'no-relative-import-across-projects': {
      bad: ['libs/carts/src/a.ts', `import x from '../../catalog/src/b.ts';`],
      good: ['libs/carts/src/a.ts', `import x from './b.ts';`],
    },
    'no-deep-import': {
      bad: ['libs/carts/src/a.ts', `import x from '@entrepot/kernel/src/ids.ts';`],
      good: ['libs/carts/src/a.ts', `import x from '@entrepot/contracts/api/errors';`],
    },
    'testing-only-in-tests': {
      bad: ['libs/carts/src/a.ts', `import x from '@entrepot/testing';`],
      good: ['libs/carts/test/a.integration.spec.ts', `import x from '@entrepot/testing';`],
    },
    'environment-has-one-door': {
      bad: ['libs/carts/src/a.ts', `import 'dotenv/config';`],
      good: ['libs/carts/src/a.ts', `import x from '@entrepot/platform-config';`],
    },
  };

  it('has a pair of samples for every rule', () => {
    expect(Object.keys(samples).sort()).toEqual([...layerRuleNames].sort());
  });

  it.each(Object.entries(samples))('%s bites on its sample only', (rule, { bad, good }) => {
    expect(findLayerViolations(readImports(...bad))).toEqual([expect.stringContaining(rule)]);
    expect(findLayerViolations(readImports(...good))).toEqual([]);
  });
});

describe('tidiness of one file', () => {
  const samples: Record<string, { bad: [string, string]; good: [string, string] }> = {
    'no-star-export': {
      bad: ['libs/carts/src/index.ts', `export * from './a.ts';`],
      good: ['libs/carts/src/index.ts', `export { a } from './a.ts';`],
    },
    'no-ambient-environment': {
      bad: ['libs/carts/src/a.ts', 'const x = process.env.PORT;'],
      good: ['libs/platform/config/src/a.ts', 'const x = process.env.PORT;'],
    },
    'no-ambient-time-in-domain': {
      bad: ['libs/carts/src/domain/a.ts', 'const x = new Date();'],
      good: ['libs/carts/src/domain/a.ts', 'const x = new Date(command.at);'],
    },
    'no-console': {
      bad: ['libs/carts/src/a.ts', `console.log('x');`],
      good: ['tools/cli/src/a.ts', `console.log('x');`],
    },
    'no-region-literal': {
      bad: ['libs/carts/src/a.ts', `if (region === 'eu') x();`],
      good: ['libs/regions/eu/src/a.ts', `if (region === 'eu') x();`],
    },
    'no-mocked-module': {
      bad: ['libs/carts/src/a.spec.ts', `jest.mock('pg');`],
      good: ['libs/carts/src/a.spec.ts', `jest.useFakeTimers();`],
    },
    'no-skipped-test': {
      bad: ['libs/carts/src/a.spec.ts', `  it.skip('x', () => {});`],
      good: ['libs/carts/src/a.spec.ts', `  it('x', () => {});`],
    },
    'no-forward-reference': {
      bad: ['libs/carts/src/a.ts', 'inject(forwardRef(() => B));'],
      good: ['libs/carts/src/a.ts', 'inject(B);'],
    },
    'no-unfinished-mark': {
      bad: ['libs/carts/src/a.ts', '// TODO later'],
      good: ['libs/carts/src/a.ts', '// later'],
    },
    'no-switched-off-check': {
      bad: ['libs/carts/src/a.ts', '// @ts-ignore'],
      good: ['libs/carts/src/a.ts', '// a reason'],
    },
    'telling-name': {
      bad: ['libs/carts/src/utils.ts', ''],
      good: ['libs/carts/src/cart-limits.ts', ''],
    },
    'one-door': {
      bad: ['libs/carts/src/domain/index.ts', ''],
      good: ['libs/carts/src/index.ts', ''],
    },
  };

  it('has a pair of samples for every rule', () => {
    expect(Object.keys(samples).sort()).toEqual([...tidyRuleNames].sort());
  });

  it.each(Object.entries(samples))('%s bites on its sample only', (rule, { bad, good }) => {
    expect(findUntidiness(...bad)).toEqual([expect.stringContaining(rule)]);
    expect(findUntidiness(...good)).toEqual([]);
  });
});
