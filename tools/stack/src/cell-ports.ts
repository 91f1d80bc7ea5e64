import { crossingKinds } from './crossings.ts';
import type { Crossing, CrossingKind } from './crossings.ts';
import type { PortNames } from './port-plan.ts';
import { StackError } from './stack-error.ts';
import type { CellTopology, Topology } from './topology.ts';

/** Where the mirror of one other cell logs in, behind its link. */
const listenerName = (peer: string): string => `kafka-border-listener ${peer}`;

const crossingPortName = (kind: CrossingKind, from: string): string => `${kind} ${from}`;

function namesOfPeer({ catalogLeader }: CellTopology, peer: string): readonly string[] {
  const kinds = crossingKinds.filter((kind) => catalogLeader || kind !== 'catalog-replication');
  return [listenerName(peer), ...kinds.map((kind) => crossingPortName(kind, peer))];
}

/** The names under which a cell's ports are remembered. */
function namesOfCell(
  cell: CellTopology,
  topology: Topology,
  apiProcesses: number,
): readonly string[] {
  const apis = Array.from({ length: apiProcesses }, (_, index) => index + 1);
  const peers = topology.map(({ id }) => id).filter((id) => id !== cell.id);
  const own = [
    'origin',
    'catalog',
    'shop',
    'shop-standby',
    'vault',
    'vault-standby',
    'redis',
    'kafka',
    'kafka-controller',
    'kms',
    'mail-smtp',
    'mail',
    'payments-link',
    'letters-link',
    'mail-erasure-link',
    'border',
    'border-internal',
    'worker-metrics',
    'border-metrics',
    'eraser-metrics',
    ...apis.map((index) => `api-${index}-metrics`),
    // One API process listens on the origin itself; several stand behind it.
    ...(apiProcesses > 1 ? apis.map((index) => `api-${index}`) : []),
    ...peers.flatMap((peer) => namesOfPeer(cell, peer)),
  ];
  return own.map((name) => `${cell.id} ${name}`);
}

/** Every port the stack listens on, in the order in which free ones are given out. */
export function portNamesOf(topology: Topology, apiProcesses: number): readonly string[] {
  const ofCells = topology.flatMap((cell) => namesOfCell(cell, topology, apiProcesses));
  return ['control', 'psp-sandbox', ...ofCells];
}

/** Looks ports up by name; asking for one that was not planned is a mistake of ours. */
export class StackPorts {
  constructor(private readonly ports: PortNames) {}

  shared(name: 'control' | 'psp-sandbox'): number {
    return this.find(name);
  }

  of(cell: string, name: string): number {
    return this.find(`${cell} ${name}`);
  }

  /** Where the cell that is let in connects to. */
  crossing({ kind, into, from }: Crossing): number {
    return this.of(into, crossingPortName(kind, from));
  }

  /** The broker's listener behind the link of a peer's mirror. */
  borderListener(cell: string, peer: string): number {
    return this.of(cell, listenerName(peer));
  }

  /** The ports of the API processes themselves. */
  apisOf(cell: string, apiProcesses: number): readonly number[] {
    if (apiProcesses === 1) return [this.of(cell, 'origin')];
    return Array.from({ length: apiProcesses }, (_, index) => this.of(cell, `api-${index + 1}`));
  }

  private find(name: string): number {
    const port = this.ports[name];
    if (port === undefined) throw new StackError(`No port is planned for ${name}.`);
    return port;
  }
}
