import type { CellDirectory, Profile } from '@entrepot/platform-config';
import { EgressList, EgressRefusedError } from '@entrepot/platform-egress';
import type { EgressHost } from '@entrepot/platform-egress';
import type { CellId } from '@entrepot/kernel';
import type { RegionProfile } from './region-profile.ts';

/**
 * Whom a process of a cell may speak to: its region's hosts, and the border processes of the other cells.
 * Stores of the cell itself are no egress. This machine counts as listed except in production.
 */
export function egressListOf(parts: {
  readonly cell: CellId;
  readonly region: RegionProfile;
  readonly directory: CellDirectory;
  readonly profile: Profile;
}): EgressList {
  const peers = parts.directory.peersOf(parts.cell).map(({ id, cellOrigin }): EgressHost => ({
    purpose: 'cell',
    host: new URL(cellOrigin).hostname,
    says: `border process of ${id}: stock, public keys, health`,
  }));
  return new EgressList({
    hosts: [...parts.region.egressHosts, ...peers],
    isLoopbackAllowed: parts.profile !== 'production',
  });
}

/** One sentence for each endpoint of the configuration that the region's list does not have. */
export function egressProblems(
  list: EgressList,
  endpoints: Readonly<Record<string, string>>,
): string[] {
  return Object.entries(endpoints).flatMap(([name, url]) => {
    try {
      list.assertHost(new URL(url).hostname);
      return [];
    } catch (error) {
      if (!(error instanceof EgressRefusedError)) throw error;
      return [`${name} names a host that the region's list of egress does not have.`];
    }
  });
}
