import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { repositoryRoot } from '@entrepot/stack';
import { expect, it } from '@jest/globals';

it.each(['rules', 'leak-checklist'])('every row of %s names a spec that exists', (name) => {
  const page = readFileSync(join(repositoryRoot, `docs/reference/${name}.md`), 'utf8');
  const named = [...page.matchAll(/`([^`]+\.spec\.ts)`/g)].map(([, path = '']) => path);
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter((path) => !existsSync(join(repositoryRoot, path)))).toEqual([]);
});
