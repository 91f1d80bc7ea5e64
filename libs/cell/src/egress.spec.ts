import type { CellId, RegionCode } from '@entrepot/kernel';
import type { CellDirectory } from '@entrepot/platform-config';
import { describe, expect, it } from '@jest/globals';
import { egressListOf, egressProblems, peerEndpoints } from './egress.ts';
import type { RegionProfile } from './region-profile.ts';

const own = 'in-1' as CellId;
const region = {
  region: 'in' as RegionCode,
  egressHosts: [{ purpose: 'kms', host: 'kms.example.com', says: 'keys' }],
} as unknown as RegionProfile;
const peersAt = (...origins: readonly string[]) =>
  ({
    peersOf: () => origins.map((cellOrigin, index) => ({ id: `eu-${index + 1}`, cellOrigin })),
  }) as unknown as CellDirectory;

const problemsAt = (profile: 'production' | 'development', ...origins: readonly string[]) => {
  const directory = peersAt(...origins);
  const list = egressListOf({ cell: own, region, directory, profile });
  return egressProblems(list, peerEndpoints(directory, own));
};

describe('T35 whom a cell may speak to', () => {
  it('are the hosts of its region and the doors of the other cells', () => {
    const directory = peersAt('https://cells.eu.example.com:8443');
    const list = egressListOf({ cell: own, region, directory, profile: 'production' });
    expect(list.hosts.map(({ host }) => host)).toEqual(['kms.example.com', 'cells.eu.example.com']);
    expect(problemsAt('production', 'https://cells.eu.example.com:8443')).toEqual([]);
  });

  it('is nobody who is named by an address, except this machine in development', () => {
    expect(problemsAt('development', 'https://127.0.0.1:8443')).toEqual([]);
    for (const origin of ['https://127.0.0.1:8443', 'https://10.0.0.8:8443', 'https://13.1.2.3']) {
      expect(problemsAt('production', origin)).toEqual([
        "cellOrigin of eu-1 names a host that the region's list of egress does not have.",
      ]);
    }
    expect(problemsAt('development', 'https://10.0.0.8:8443')).toHaveLength(1);
  });
});
