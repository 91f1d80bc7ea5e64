import { describe, expect, it } from '@jest/globals';
import { environmentExample } from './environment-example.ts';
import { ConfigError } from './load-config.ts';
import { allSlices, loadApiConfig, loadBorderConfig } from './process-config.ts';

const settings = allSlices.flatMap(({ variables }) => Object.entries(variables));

describe('the settings of all processes', () => {
  it('belong to one slice each', () => {
    const names = settings.map(([name]) => name);
    expect(names).toEqual([...new Set(names)]);
    expect(names.every((name) => /^ENTREPOT_[A-Z_]+$/.test(name))).toBe(true);
  });

  it('give no secret a default or an example', () => {
    for (const [name, { schema, secret, example }] of settings) {
      if (secret !== true) continue;
      expect({ name, example }).toEqual({ name, example: undefined });
      expect({ name, hasDefault: schema.safeParse(undefined).success }).toEqual({
        name,
        hasDefault: false,
      });
    }
  });

  it('are called secret when their name says so', () => {
    const suspicious = settings.filter(
      ([name]) => /SECRET|PASSWORD|_KEY$|DATABASE_URL/.test(name) && !name.endsWith('_FILE'),
    );
    expect(suspicious.filter(([, { secret }]) => secret !== true).map(([name]) => name)).toEqual(
      [],
    );
  });

  it('have examples that are accepted', () => {
    for (const [name, { schema, example }] of settings) {
      if (example === undefined) continue;
      expect({ name, ok: schema.safeParse(example).success }).toEqual({ name, ok: true });
    }
  });

  it('all stand in .env.example', () => {
    const text = environmentExample(allSlices);
    for (const [name] of settings) expect(text).toContain(`\n${name}=`);
  });
});

describe('what a process may hold', () => {
  const refusals = (load: () => unknown): string => {
    try {
      load();
      return '';
    } catch (error) {
      return error instanceof ConfigError ? error.message : '';
    }
  };
  const borderKey = { ENTREPOT_ENVELOPE_KEY_FILE: '/key.pem' };

  it('keeps the keys of the border away from the API', () => {
    expect(refusals(() => loadApiConfig(borderKey))).toContain('border process alone');
    expect(refusals(() => loadBorderConfig(borderKey))).not.toContain('border process alone');
  });
});
