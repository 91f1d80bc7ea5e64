import { spawn } from 'node:child_process';

/** A verb in a process of its own, with its exit code: each cell is read by one that has that cell's login and no other. */
export function runApart(args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [...process.execArgv, process.argv[1] ?? '', ...args], {
    stdio: 'inherit',
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
