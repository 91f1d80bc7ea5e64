import { describe, expect, it } from '@jest/globals';

import { portNamesOf, StackPorts } from './cell-ports.ts';
import { crossingKinds, crossingName, crossingOf } from './crossings.ts';
import { findTopology, leaderOf, peersOf } from './topology.ts';

const topology = findTopology(['in-1', 'eu-1', 'eu-2']);

describe('The links over the border', () => {
  it('have a name for each ordered pair, from which the pair is read again', () => {
    const crossings = topology.flatMap(({ id: into }) =>
      peersOf(topology, into).flatMap((from) =>
        crossingKinds.map((kind) => ({ kind, into, from })),
      ),
    );
    expect(new Set(crossings.map(crossingName)).size).toBe(18);
    for (const crossing of crossings) expect(crossingOf(crossingName(crossing))).toEqual(crossing);
  });

  it.each(['in-1.payments', 'in-1.origin', 'in-1.cell-http', 'control', ''])(
    'are told from what is none: %s',
    (name) => {
      expect(crossingOf(name)).toBeUndefined();
    },
  );

  it('have a port each; the catalog leads from its followers to its leader only', () => {
    const names = portNamesOf(topology, 1);
    expect(new Set(names).size).toBe(names.length);
    const ports = new StackPorts(Object.fromEntries(names.map((name, at) => [name, 10_000 + at])));
    const leader = leaderOf(topology).id;
    const given = topology.flatMap(({ id: into }) =>
      peersOf(topology, into).flatMap((from) =>
        crossingKinds
          .filter((kind) => kind !== 'catalog-replication' || into === leader)
          .map((kind) => ports.crossing({ kind, into, from })),
      ),
    );
    expect(new Set(given).size).toBe(6 + 6 + 2);
    expect(() =>
      ports.crossing({ kind: 'catalog-replication', into: 'eu-1', from: 'in-1' }),
    ).toThrow('No port is planned');
  });
});
