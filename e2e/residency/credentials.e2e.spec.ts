import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { NeedleMatcher } from '@entrepot/border-scan';
import type { Needle } from '@entrepot/border-scan';
import { StackPaths } from '@entrepot/stack';
import type { DescribedCell } from '@entrepot/stack';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { processesOf } from '@entrepot/residency';
import { ShopFloor } from '../src/shop-floor.ts';

const secretCharactersMin = 16;

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

/** Every secret of a cell by its name; of a key or a URL the whole text. */
function secretsOf({ id, secrets }: DescribedCell): Needle[] {
  return filesIn(secrets).flatMap((file) => {
    const text = readFileSync(file, 'utf8').trim();
    const label = `${id}/${relative(secrets, file)}`;
    return text.length < secretCharactersMin ? [] : [{ label, bytes: Buffer.from(text) }];
  });
}

/** Files by which processes are set up: what a store holds beside them is the matter of the scan. */
const isSetting = (file: string): boolean =>
  /\.(properties|conf|cnf|acl|json|pem|env|auto\.conf|password)$/.test(file);

describe('T36 the credentials of a cell', () => {
  let floor: ShopFloor;
  beforeAll(() => {
    floor = new ShopFloor();
  });
  afterAll(() => floor.close());

  const namesOf = (matcher: NeedleMatcher, bytes: Buffer): string[] =>
    matcher.search(bytes).map(({ label }) => label);

  function heldAt(cell: DescribedCell, foreign: readonly Needle[]): Set<string> {
    const matcher = new NeedleMatcher(foreign);
    const settings = [...filesIn(cell.secrets), ...filesIn(cell.data).filter(isSetting)];
    const inFiles = settings.flatMap((file) => namesOf(matcher, readFileSync(file)));
    const inProcesses = processesOf(new StackPaths(), cell.id).flatMap(({ environment, argv }) =>
      namesOf(matcher, Buffer.concat([environment, argv])),
    );
    return new Set([...inFiles, ...inProcesses]);
  }

  it.each([
    ['in-1', 'eu-1'],
    ['eu-1', 'in-1'],
  ])('of %s exist at %s only as the two that may cross', (home, elsewhere) => {
    const foreign = secretsOf(floor.cell(home));
    expect(foreign.length).toBeGreaterThan(10);
    const held = heldAt(floor.cell(elsewhere), foreign);
    // the reader of the crossing topics, and the replication role where the peer leads the catalog
    const allowed = [...held].filter((label) =>
      [`${home}/kafka/mirror-${elsewhere}`, `${home}/postgres/catalog_replication`].includes(label),
    );
    expect([...held].toSorted()).toEqual(allowed.toSorted());
  });

  it('are found at home, so that a search which finds nothing elsewhere has looked', () => {
    for (const id of ['in-1', 'eu-1']) {
      const cell = floor.cell(id);
      const held = heldAt(cell, secretsOf(cell));
      expect([...held].some((label) => label.includes('/kms/'))).toBe(true);
      expect([...held].some((label) => label.includes('/postgres/'))).toBe(true);
    }
  });
});
