import type { PortNames } from './port-plan.ts';
import { StackError } from './stack-error.ts';
import type { CellTopology, Topology } from './topology.ts';

/** The names under which a cell's ports are remembered. */
function namesOfCell(cell: CellTopology, apiProcesses: number): readonly string[] {
  const apis = Array.from({ length: apiProcesses }, (_, index) => index + 1);
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
    'kafka-border-listener',
    'kafka-border',
    'kms',
    'mail-smtp',
    'mail',
    'payments-link',
    'letters-link',
    'mail-erasure-link',
    'border',
    'border-internal',
    'cell-http',
    'worker-metrics',
    'border-metrics',
    'eraser-metrics',
    ...apis.map((index) => `api-${index}-metrics`),
    // One API process listens on the origin itself; several stand behind it.
    ...(apiProcesses > 1 ? apis.map((index) => `api-${index}`) : []),
    ...(cell.catalogLeader ? ['catalog-replication'] : []),
  ];
  return own.map((name) => `${cell.id} ${name}`);
}

/** Every port the stack listens on, in the order in which free ones are given out. */
export function portNamesOf(topology: Topology, apiProcesses: number): readonly string[] {
  return ['control', 'psp-sandbox', ...topology.flatMap((cell) => namesOfCell(cell, apiProcesses))];
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
