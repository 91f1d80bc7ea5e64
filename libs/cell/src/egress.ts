import { isIP } from 'node:net';
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
  const peers = parts.directory.peersOf(parts.cell).flatMap(({ id, cellOrigin }): EgressHost[] => {
    const host = new URL(cellOrigin).hostname;
    // an address is no name to be listed; on this machine it needs none
    if (isIP(host) !== 0) return [];
    return [{ purpose: 'cell', host, says: `border process of ${id}: stock, public keys, health` }];
  });
  return new EgressList({
    hosts: [...parts.region.egressHosts, ...peers],
    isLoopbackAllowed: parts.profile !== 'production',
  });
}

/** The doors of the other cells, by what they are called where one is wrong. */
export const peerEndpoints = (directory: CellDirectory, own: CellId): Record<string, string> =>
  Object.fromEntries(
    directory.peersOf(own).map(({ id, cellOrigin }) => [`cellOrigin of ${id}`, cellOrigin]),
  );

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
