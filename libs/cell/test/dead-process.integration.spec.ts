import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

/** Holds the text that comes on its standard input, and says so. */
const holder = `
  const chunks = [];
  process.stdin.on('data', (chunk) => chunks.push(chunk));
  process.stdin.on('end', () => {
    globalThis.held = { text: Buffer.concat(chunks).toString() };
    process.stdout.write('holding');
    setInterval(() => globalThis.held.text.length, 1000);
  });
`;

const filesWith = (folder: string, text: string): string[] =>
  readdirSync(folder).filter((file) => readFileSync(join(folder, file), 'latin1').includes(text));

describe('A process that held personal data and was killed', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'dead-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  async function killHolder(signal: NodeJS.Signals, options: readonly string[]): Promise<string[]> {
    const canary = `canary${randomBytes(16).toString('hex')}`;
    // the shell sets the limit that production asks for, then becomes the process
    const command = 'ulimit -c 0; exec "$0" "$@"';
    const child = spawn('sh', ['-c', command, process.execPath, ...options, '-e', holder], {
      cwd: folder,
      env: { PATH: process.env.PATH ?? '' },
    });
    child.stdin.end(canary);
    await once(child.stdout, 'data');
    const ended = once(child, 'exit');
    child.kill(signal);
    if (signal === 'SIGUSR2') {
      while (filesWith(folder, canary).length === 0)
        await new Promise((tick) => setTimeout(tick, 50));
      child.kill('SIGINT');
    }
    await ended;
    return filesWith(folder, canary);
  }

  it.each<NodeJS.Signals>(['SIGABRT', 'SIGSEGV', 'SIGQUIT', 'SIGKILL'])(
    'leaves nothing of it behind after %s',
    async (signal) => {
      expect(await killHolder(signal, ['--disable-sigusr1'])).toEqual([]);
      expect(readdirSync(folder)).toEqual([]);
    },
  );

  it('would leave it behind with an option that production refuses', async () => {
    expect(await killHolder('SIGUSR2', ['--heapsnapshot-signal=SIGUSR2'])).toHaveLength(1);
  }, 30_000);
});
