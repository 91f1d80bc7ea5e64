import { readFileSync } from 'node:fs';
import { url as inspectorUrl } from 'node:inspector';
import { nodeOptions } from '@entrepot/platform-config';

/** By what the memory of a process, keys and decrypted values in it, could get out of it. */
export interface MemoryFacts {
  readonly options: readonly string[];
  readonly isInspected: boolean;
  readonly writesReports: boolean;
  /** The soft limit of a core file in bytes; undefined where the system does not say. */
  readonly coreBytesMax: number | undefined;
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
    coreBytesMax: coreBytesIn(limitsOfProcess()),
  };
}

/** `Max core file size  <soft>  <hard>  bytes`, as Linux writes it. */
export function coreBytesIn(limits: string): number | undefined {
  const soft = /^Max core file size\s+(\S+)/m.exec(limits)?.[1];
  if (soft === 'unlimited') return Infinity;
  return soft === undefined ? undefined : Number(soft);
}

function limitsOfProcess(): string {
  try {
    return readFileSync('/proc/self/limits', 'utf8');
  } catch {
    // no Linux: nothing is known, which production does not take for a limit
    return '';
  }
}
