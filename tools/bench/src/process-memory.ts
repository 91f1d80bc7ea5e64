import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessMemory {
  readonly processes: number;
  /** Of those that ended while they were counted, or that another user owns. */
  readonly unread: number;
  readonly pssMebibytes: number;
  readonly byProgram: Readonly<Record<string, number>>;
}

/** PSS of a process and all it started, as Linux counts it: shared pages are divided among sharers. */
export function memoryOfTree(root: number): ProcessMemory {
  const parents = parentsOfAll();
  const tree = [...parents.keys()].filter((pid) => descends(pid, root, parents));
  const byProgram: Record<string, number> = {};
  let unread = 0;
  let kibibytes = 0;
  for (const pid of tree) {
    const pss = pssOf(pid);
    if (pss === undefined) unread += 1;
    else {
      kibibytes += pss;
      const program = programOf(pid);
      byProgram[program] = (byProgram[program] ?? 0) + pss / 1_024;
    }
  }
  return { processes: tree.length, unread, pssMebibytes: kibibytes / 1_024, byProgram };
}

function parentsOfAll(): Map<number, number> {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return new Map(
    pids.flatMap((pid): [number, number][] => {
      // the program's name, in brackets, may itself hold spaces and brackets
      const stat = readProc(pid, 'stat')
        ?.replace(/^.*\)\s/s, '')
        .split(' ');
      return stat === undefined ? [] : [[Number(pid), Number(stat[1])]];
    }),
  );
}

function descends(pid: number, root: number, parents: ReadonlyMap<number, number>): boolean {
  for (let at: number | undefined = pid; at !== undefined; at = parents.get(at)) {
    if (at === root) return true;
  }
  return false;
}

function pssOf(pid: number): number | undefined {
  const found = /^Pss:\s+(\d+) kB/m.exec(readProc(pid, 'smaps_rollup') ?? '');
  return found === null ? undefined : Number(found[1]);
}

/** `main.api.ts`, `postgres`, `java`: what an operator would call the process. */
function programOf(pid: number): string {
  const [program = '', ...args] = (readProc(pid, 'cmdline') ?? '').split('\0');
  if (program.startsWith('postgres')) return 'postgres';
  const entry = args.find((arg) => /\/main\.[a-z]+\.ts$|\/main\.ts$/.test(arg));
  return (entry ?? program).split(' ', 1)[0]?.split('/').slice(-1)[0] ?? program;
}

/** Undefined when the process has ended or is not ours to read. */
function readProc(pid: string | number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return undefined;
  }
}
