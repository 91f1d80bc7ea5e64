import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import type { ConsentText } from '@entrepot/consents';
import type { EgressHost } from '@entrepot/platform-egress';
import type { DataProcessor, PeopleLaw, RetentionLaw } from '@entrepot/privacy';
import { repositoryRoot } from '@entrepot/stack';

/** What the pages say of a region, out of its profile. */
export interface RegionLaw {
  readonly region: string;
  readonly timeZone: string;
  readonly retentionLaw: RetentionLaw;
  readonly peopleLaw: PeopleLaw;
  readonly processors: readonly DataProcessor[];
  readonly egressHosts: readonly EgressHost[];
  readonly consentTexts: readonly ConsentText[];
}

const isRegionLaw = (value: unknown): value is RegionLaw =>
  typeof value === 'object' && value !== null && 'retentionLaw' in value && 'region' in value;

/**
 * The profiles of all regions, found by their folders: a region that is added is rendered, and no tool holds
 * code of a region.
 */
export async function loadRegions(): Promise<RegionLaw[]> {
  const folder = join(repositoryRoot, 'libs', 'regions');
  const profiles: RegionLaw[] = [];
  for (const name of readdirSync(folder).toSorted()) {
    const door = join(folder, name, 'src', 'index.ts');
    if (!existsSync(door)) continue;
    const module = (await import(pathToFileURL(door).href)) as Record<string, unknown>;
    profiles.push(...Object.values(module).filter(isRegionLaw));
  }
  return profiles;
}
