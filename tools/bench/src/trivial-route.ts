import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Baseline } from './figure.ts';
import { median } from './figure.ts';
import { loadFor, measureHttp } from './http-load.ts';

/** A Fastify route of a process of its own that does nothing but answer. */
export class TrivialRoute {
  private constructor(
    private readonly child: ChildProcess,
    private readonly url: string,
  ) {}

  static async start(): Promise<TrivialRoute> {
    const child = fork(fileURLToPath(new URL('trivial-server.ts', import.meta.url)), {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const [{ port }] = (await once(child, 'message')) as [{ readonly port: number }];
    return new TrivialRoute(child, `http://127.0.0.1:${port}`);
  }

  async measure(
    bytes: number,
    extent: { readonly rounds: number; readonly seconds: number; readonly connections: number },
  ): Promise<Baseline> {
    const ready = once(this.child, 'message');
    this.child.send({ bytes });
    await ready;
    const load = { url: this.url, connections: extent.connections, nextPath: () => '/' };
    await loadFor(1, load);
    const rounds = await measureHttp(load, extent);
    const perSecond = median(rounds.map((round) => round.perSecond));
    return { name: `Fastify alone, ${bytes} bytes`, perSecond };
  }

  async stop(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.kill();
    await ended;
  }
}
