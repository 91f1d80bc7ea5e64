import type { StackPorts } from '../cell-ports.ts';
import { crossingName } from '../crossings.ts';
import type { Crossing } from '../crossings.ts';
import type { SecretStore } from '../secret-store.ts';
import { FaultProxy } from '../services/fault-proxy.ts';
import type { StackPaths } from '../stack-paths.ts';
import type { Supervisor } from '../supervisor.ts';
import { peersOf } from '../topology.ts';
import type { Topology } from '../topology.ts';
import type { KeyDriver } from './key-driver-mark.ts';

/** A module, and what it is told beside the process's own environment. */
export interface BorderPreload {
  readonly module: string;
  readonly env: Readonly<Record<string, string>>;
}

/** By how many seconds the clock of a cell's processes is ahead; behind, if fewer than none. Its stores keep the machine's. */
export type CellClocks = Readonly<Record<string, number>>;

/** What every part of the native stack is built from. */
export interface StackContext {
  readonly paths: StackPaths;
  readonly secrets: SecretStore;
  readonly ports: StackPorts;
  readonly topology: Topology;
  /** API processes per cell. */
  readonly apiProcesses: number;
  readonly keyDriver: KeyDriver;
  readonly supervisor: Supervisor;
  /** Loaded into each border process before its own code, by whoever looks at what it says. */
  readonly borderPreload?: BorderPreload | undefined;
  readonly clocks?: CellClocks | undefined;
  /** The links that can be cut, by name. */
  readonly proxies: Map<string, FaultProxy>;
}

/** Services stop from the highest rank down. */
export const ranks = {
  primary: 10,
  standby: 11,
  store: 12,
  mirror: 20,
  provider: 30,
  border: 40,
  worker: 41,
  api: 42,
} as const;

/** Opens a link under its name; it stays until the stack ends. */
export async function openLink(
  context: StackContext,
  link: { readonly name: string; readonly port: number; readonly targets: readonly number[] },
): Promise<void> {
  context.proxies.set(link.name, await FaultProxy.start(link));
}

/** Opens the links of one kind through which the other cells come into a cell, each with what is behind it. */
export async function openCrossings(
  context: StackContext,
  way: Omit<Crossing, 'from'>,
  targetFor: (peer: string) => number,
): Promise<void> {
  for (const from of peersOf(context.topology, way.into)) {
    const crossing = { ...way, from };
    await openLink(context, {
      name: crossingName(crossing),
      port: context.ports.crossing(crossing),
      targets: [targetFor(from)],
    });
  }
}
