import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { filesBelow, NeedleMatcher, scanFiles } from '@entrepot/border-scan';
import type { Needle } from '@entrepot/border-scan';
import { StackPaths } from '@entrepot/stack';
import type { DescribedCell } from '@entrepot/stack';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { processesOf } from '@entrepot/residency';
import { ShopFloor } from '../src/shop-floor.ts';

const secretCharactersMin = 16;

/** What a name in the cells file says to everybody: who somebody is, and not how to be them. */
const isPublic = (name: string): boolean =>
  /(^kafka\/cluster-id|certificate\.pem|key-arn|access-key-id)$/.test(name) &&
  !name.includes('secret');

/** Every secret of a cell by its name; of a key or a URL the whole text. */
function secretsOf({ id, secrets }: DescribedCell): Needle[] {
  return filesBelow(secrets).flatMap((file) => {
    const text = readFileSync(file, 'utf8').trim();
    const name = relative(secrets, file);
    if (text.length < secretCharactersMin || isPublic(name)) return [];
    return [{ label: `${id}/${name}`, bytes: Buffer.from(text) }];
  });
}

describe('T36 the credentials of a cell', () => {
  let floor: ShopFloor;
  beforeAll(() => {
    floor = new ShopFloor();
  });
  afterAll(() => floor.close());

  /** Secrets that lie in any file of a cell, stores included, or in what its processes were started with. */
  function heldAt(cell: DescribedCell, secrets: readonly Needle[]): Set<string> {
    const matcher = new NeedleMatcher(secrets);
    const files = [...filesBelow(cell.secrets), ...filesBelow(cell.data), ...filesBelow(cell.logs)];
    const inFiles = scanFiles(files, matcher).finds;
    const inProcesses = processesOf(new StackPaths(), cell.id).flatMap(({ environment, argv }) =>
      matcher.search(Buffer.concat([environment, argv])),
    );
    return new Set([...inFiles, ...inProcesses].map(({ label }) => label));
  }

  it.each([
    ['in-1', 'eu-1'],
    ['eu-1', 'in-1'],
  ])(
    'of %s exist at %s only as the two that may cross',
    (home, elsewhere) => {
      const foreign = secretsOf(floor.cell(home));
      expect(foreign.length).toBeGreaterThan(10);
      // the reader of the topics that cross, and the replication role of whoever leads the catalog
      const leads = home === 'in-1';
      const mayCross = [
        `${home}/kafka/mirror-reader-${elsewhere}`,
        ...(leads ? [`${home}/postgres/catalog_replication`] : []),
      ];
      expect([...heldAt(floor.cell(elsewhere), foreign)].toSorted()).toEqual(mayCross);
    },
    120_000,
  );

  it('are found at home, so that a search which finds nothing elsewhere has looked', () => {
    for (const id of ['in-1', 'eu-1']) {
      const cell = floor.cell(id);
      const held = heldAt(cell, secretsOf(cell));
      expect([...held].some((label) => label.includes('/kms/'))).toBe(true);
      expect([...held].some((label) => label.includes('/postgres/'))).toBe(true);
    }
  }, 120_000);
});
