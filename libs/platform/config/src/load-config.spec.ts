import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { configSlice, variable } from './config-slice.ts';
import { ConfigError, loadConfig } from './load-config.ts';
import { secretText } from './schemas.ts';

const store = configSlice({
  title: 'Store',
  variables: {
    ENTREPOT_STORE_URL: variable({ schema: z.url(), description: 'where' }),
    ENTREPOT_STORE_SECRET: variable({ schema: secretText, description: 'why', secret: true }),
  },
  build: (values) => ({ url: values.ENTREPOT_STORE_URL, secret: values.ENTREPOT_STORE_SECRET }),
  problems: (values) =>
    values.ENTREPOT_STORE_URL.includes('localhost')
      ? [{ variable: 'ENTREPOT_STORE_URL', reason: 'must not be local' }]
      : [],
});
const border = configSlice({
  title: 'Border',
  variables: { ENTREPOT_KEY_FILE: variable({ schema: z.string(), description: 'key' }) },
  build: (values) => ({ keyFile: values.ENTREPOT_KEY_FILE }),
});
const good = {
  ENTREPOT_STORE_URL: 'https://store.example',
  ENTREPOT_STORE_SECRET: 'correct-horse-battery',
  PATH: '/bin',
};

function problemsOf(environment: Record<string, string>, forbid = false): string[] {
  try {
    loadConfig({
      environment,
      slices: { store },
      foreign: [border],
      forbidden: forbid ? [{ slice: border, reason: 'belongs to another process' }] : [],
    });
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ variable: name, reason }) => `${name}: ${reason}`);
  }
}

describe('loadConfig', () => {
  it('composes typed, deeply frozen values', () => {
    const config = loadConfig({ environment: good, slices: { store } });
    expect(config.store).toEqual({
      url: good.ENTREPOT_STORE_URL,
      secret: good.ENTREPOT_STORE_SECRET,
    });
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(config.store)).toBe(true);
  });

  it('reports every problem at once, by name and never by value', () => {
    const environment = {
      ENTREPOT_STORE_URL: 'no-url',
      ENTREPOT_STORE_SECRET: 'short',
      ENTREPOT_X: 'y',
    };
    const problems = problemsOf(environment);
    expect(problems).toHaveLength(3);
    expect(problems[0]).toContain('ENTREPOT_X: is not a setting');
    for (const value of Object.values(environment)) {
      expect(problems.join()).not.toContain(`${value} `);
      expect(problems.join()).not.toContain(`"${value}"`);
    }
  });

  it('takes an empty variable for a missing one', () => {
    expect(problemsOf({ ...good, ENTREPOT_STORE_SECRET: '' })).toEqual([
      'ENTREPOT_STORE_SECRET: is missing',
    ]);
  });

  it('refuses a misspelt setting of ours and nobody else’s', () => {
    expect(problemsOf({ ...good, ENTREPOT_STORE_URI: 'x', STORE_URI: 'x' })).toHaveLength(1);
  });

  it('ignores the settings of other processes, unless it must not hold them', () => {
    const environment = { ...good, ENTREPOT_KEY_FILE: '/key' };
    expect(problemsOf(environment)).toEqual([]);
    expect(problemsOf(environment, true)).toEqual([
      'ENTREPOT_KEY_FILE: belongs to another process',
    ]);
  });

  it('reports problems between variables', () => {
    expect(problemsOf({ ...good, ENTREPOT_STORE_URL: 'http://localhost' })).toEqual([
      'ENTREPOT_STORE_URL: must not be local',
    ]);
  });
});
