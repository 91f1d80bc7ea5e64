import { readFileSync } from 'node:fs';
import { url as inspectorUrl } from 'node:inspector';
import { join } from 'node:path';
import { nodeOptions } from '@entrepot/platform-config';

/** By what the memory of a process, keys and decrypted values in it, could get out of it. */
export interface MemoryFacts {
  readonly options: readonly string[];
  readonly isInspected: boolean;
  readonly writesReports: boolean;
  /** The soft limit of a core file in bytes; undefined where the system does not say. */
  readonly coreBytesMax: number | undefined;
  /** Devices to which the system writes pages that it takes out of memory; undefined where it does not say. */
  readonly swapDevices: number | undefined;
  /** Bytes of swap that the process's control group may fill; undefined where it has no such limit. */
  readonly groupSwapBytesMax: number | undefined;
}

/** Options that write memory, or what is on its stack, to a file or open it to a debugger. */
const refusedOption =
  /^--(?:inspect|debug|heapsnapshot|heap-prof|cpu-prof|prof|report|abort-on-uncaught-exception|diagnostic-dir)/;
/** Without it the signal USR1 opens the inspector of a running process. */
const requiredOption = '--disable-sigusr1';

/** One sentence for each way out of the memory that is open. */
export function memoryProblems(facts: MemoryFacts): string[] {
  const problems = facts.options
    .filter((option) => refusedOption.test(option))
    .map((option) => `Node was started with ${option.replace(/=.*/, '')}, which shows its memory.`);
  if (facts.isInspected) problems.push('The inspector is open.');
  if (facts.writesReports) problems.push('Node writes diagnostic reports.');
  if (!facts.options.includes(requiredOption)) {
    problems.push(`Node was started without ${requiredOption}: a signal would open the inspector.`);
  }
  if (facts.coreBytesMax !== 0) problems.push('The size of a core file is not limited to 0.');
  if (facts.swapDevices !== 0 && facts.groupSwapBytesMax !== 0) {
    problems.push(
      'Memory may be swapped to a disk: turn swap off, or set memory.swap.max of the control group to 0.',
    );
  }
  return problems;
}

export function readMemoryFacts(): MemoryFacts {
  const { report } = process;
  return {
    options: nodeOptions(),
    isInspected: inspectorUrl() !== undefined,
    writesReports: [
      report.reportOnFatalError,
      report.reportOnSignal,
      report.reportOnUncaughtException,
    ].includes(true),
    coreBytesMax: coreBytesIn(readSystemFile('/proc/self/limits')),
    swapDevices: swapDevicesIn(readSystemFile('/proc/swaps')),
    groupSwapBytesMax: swapBytesIn(readGroupFile('memory.swap.max')),
  };
}

/** `Max core file size  <soft>  <hard>  bytes`, as Linux writes it. */
export function coreBytesIn(limits: string): number | undefined {
  const soft = /^Max core file size\s+(\S+)/m.exec(limits)?.[1];
  if (soft === 'unlimited') return Infinity;
  return soft === undefined ? undefined : Number(soft);
}

/** `/proc/swaps`: a line of headings, then a line for each device. */
export function swapDevicesIn(swaps: string): number | undefined {
  const lines = swaps.split('\n').filter((line) => line.trim() !== '');
  return lines[0]?.startsWith('Filename') === true ? lines.length - 1 : undefined;
}

/** `memory.swap.max` of a control group (cgroup v2): bytes, or `max`. */
export function swapBytesIn(limit: string): number | undefined {
  const text = limit.trim();
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

/** A file of the process's own control group; the entry with the number 0 is that of version 2. */
function readGroupFile(name: string): string {
  const path = /^0::(?<path>\/.*)$/m.exec(readSystemFile('/proc/self/cgroup'))?.groups?.['path'];
  return path === undefined ? '' : readSystemFile(join('/sys/fs/cgroup', path, name));
}

function readSystemFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // not on this system: nothing is known, which production does not take for a limit
    return '';
  }
}
