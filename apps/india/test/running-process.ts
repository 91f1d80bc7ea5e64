import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const readyTimeoutMs = 60_000;

export type EntryFile = `apps/${'india' | 'eu'}/src/main.${'api' | 'worker' | 'border'}.ts`;

export interface RunningProcess {
  /** Standard output and error so far. */
  output(): string;
  stop(): Promise<number | null>;
}

const start = (entry: EntryFile, environment: Record<string, string>) => {
  const child = spawn(
    process.execPath,
    ['--import', `${root}tools/loader.mjs`, `${root}${entry}`],
    {
      cwd: root,
      env: { PATH: process.env['PATH'], ...environment },
    },
  );
  const chunks: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => chunks.push(chunk.toString()));
  }
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  return { child, exited, output: () => chunks.join('') };
};

/** Starts a program as the stack does and waits until it says that it is ready. */
export async function startProcess(
  entry: EntryFile,
  environment: Record<string, string>,
): Promise<RunningProcess> {
  const { child, exited, output } = start(entry, environment);
  const deadline = performance.now() + readyTimeoutMs;
  while (!output().includes('process.ready')) {
    if (child.exitCode !== null || performance.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(`${entry} did not get ready:\n${output()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const stop = (): Promise<number | null> => {
    child.kill('SIGTERM');
    return exited;
  };
  return { output, stop };
}

/** Runs a program that is expected to give up; resolves to its exit code and what it said. */
export async function runToEnd(
  entry: EntryFile,
  environment: Record<string, string>,
): Promise<{ readonly code: number | null; readonly output: string }> {
  const { child, exited, output } = start(entry, environment);
  const timer = setTimeout(() => child.kill('SIGKILL'), readyTimeoutMs);
  const code = await exited;
  clearTimeout(timer);
  return { code, output: output() };
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
